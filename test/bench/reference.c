// SPDX-License-Identifier: MIT
//
// The five-thread hop in plain C, page by page: what the replay is measured against.
//
//   cc -O2 -o reference reference.c && ./reference CPUS OPERATIONS SEED PAGES
//
// Each operation: a thread, a CPU and one of 1,024 slots are drawn. An empty slot is mapped and its
// 1 to PAGES pages (at most 512, one page table) are faulted in one by one; a mapped one is unmapped
// by one update. Every update goes through the four schemes, and after each the raw error of each is
// looked at. Draws are those of src/workload/random.ts in the order of the generator: the same seed
// gives the same operations, and so the same extremes.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define THREADS 5
#define SLOTS 1024
#define BATCH_ORDER 5
#define NODE_BATCH 32
#define SYNC_AFTER 64
#define MOST_LEVELS 6
#define MOST_CPUS (1u << 20)

typedef int32_t pages_t;

// xoshiro128**, seeded by splitmix64 (Blackman and Vigna)
static uint32_t state[4];

static uint32_t turn(uint32_t x, int by)
{
	return x << by | x >> (32 - by);
}

static uint32_t draw(uint32_t n)
{
	const uint32_t word = turn(state[1] * 5, 7) * 9;
	const uint32_t shifted = state[1] << 9;

	state[2] ^= state[0];
	state[3] ^= state[1];
	state[1] ^= state[2];
	state[0] ^= state[3];
	state[2] ^= shifted;
	state[3] = turn(state[3], 11);
	return (uint32_t)((uint64_t)word * n >> 32);
}

static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void set_seed(uint64_t seed)
{
	const uint64_t gamma = 0x9e3779b97f4a7c15u;

	for (int i = 0; i < 2; i++) {
		const uint64_t word = mix(seed + gamma * (uint64_t)(i + 1));

		state[2 * i] = (uint32_t)word;
		state[2 * i + 1] = (uint32_t)(word >> 32);
	}
}

// Arity orders of the tree, a digit a level, by the order of nr_cpu_ids (percpu_counter_tree.c, v4)
static const char *const arity_orders[] = {
	"", "1", "11", "111", "211", "221", "222", "322", "332", "333", "3322",
	"3332", "3333", "33322", "33332", "33333", "43333", "44333", "44433", "44443", "44444",
};

struct level {
	uint32_t first; // of its items
	uint32_t mask;
	int order; // of its batch
};

static pages_t own[MOST_CPUS], items[MOST_CPUS], local[MOST_CPUS];

struct counters {
	pages_t precise;
	// tree
	int levels;
	struct level level[MOST_LEVELS];
	pages_t tree_sum;
	// per CPU
	pages_t cpu_batch, cpu_sum;
	// per node
	pages_t node[2], node_sum;
	// per thread
	pages_t cached[THREADS], thread_sum;
	int events[THREADS];
	// largest |error|: tree, per CPU, per node, per thread
	pages_t worst[4];
};

static void make(struct counters *c, uint32_t cpus)
{
	int order = 0, batch = BATCH_ORDER;
	uint32_t first = 0;

	while (1u << order < cpus)
		order++;
	c->cpu_batch = 2 * cpus > 32 ? (pages_t)(2 * cpus) : 32;
	for (const char *digit = arity_orders[order]; *digit; digit++) {
		struct level *level = &c->level[c->levels++];

		order -= *digit - '0';
		batch += *digit - '0';
		level->first = first;
		first += 1u << order;
		level->mask = (1u << order) - 1;
		level->order = batch;
	}
}

static inline pages_t carry_of(pages_t before, pages_t after, int order)
{
	return (pages_t)((uint32_t)((after >> order) - (before >> order)) << order);
}

static inline void add_tree(struct counters *c, uint32_t cpu, pages_t pages)
{
	pages_t before = own[cpu], after = before + pages;
	pages_t carry = carry_of(before, after, BATCH_ORDER);

	own[cpu] = after;
	for (int l = 0; carry != 0 && l < c->levels - 1; l++) {
		struct level *level = &c->level[l];
		pages_t *item = &items[level->first + (cpu & level->mask)];

		before = *item;
		*item = after = before + carry;
		carry = carry_of(before, after, level->order);
	}
	c->tree_sum += carry;
}

static inline void add_batched(pages_t *cell, pages_t *sum, pages_t batch, pages_t pages)
{
	const pages_t held = *cell + pages;

	if (abs(held) < batch) {
		*cell = held;
	} else {
		*cell = 0;
		*sum += held;
	}
}

static inline void sync_thread(struct counters *c, uint32_t thread)
{
	c->thread_sum += c->cached[thread];
	c->cached[thread] = 0;
	c->events[thread] = 0;
}

static inline void note(pages_t *worst, pages_t reading, pages_t precise)
{
	const pages_t error = abs(reading - precise);

	if (error > *worst)
		*worst = error;
}

static inline void look(struct counters *c)
{
	note(&c->worst[0], c->tree_sum, c->precise);
	note(&c->worst[1], c->cpu_sum, c->precise);
	note(&c->worst[2], c->node_sum, c->precise);
	note(&c->worst[3], c->thread_sum, c->precise);
}

static inline void add(struct counters *c, uint32_t cpu, uint32_t node, pages_t pages)
{
	c->precise += pages;
	add_tree(c, cpu, pages);
	add_batched(&local[cpu], &c->cpu_sum, c->cpu_batch, pages);
	add_batched(&c->node[node], &c->node_sum, NODE_BATCH, pages);
}

static inline void fault(struct counters *c, uint32_t thread, uint32_t cpu, uint32_t node)
{
	add(c, cpu, node, 1);
	if (c->events[thread]++ > SYNC_AFTER)
		sync_thread(c, thread);
	c->cached[thread]++;
	look(c);
}

static inline void unmap(struct counters *c, uint32_t thread, uint32_t cpu, uint32_t node, pages_t pages)
{
	add(c, cpu, node, -pages);
	sync_thread(c, thread);
	c->thread_sum -= pages;
	look(c);
}

int main(int argc, char **argv)
{
	static uint16_t slots[SLOTS];
	static struct counters c;
	struct timespec start, end;

	if (argc != 5) {
		fputs("usage: reference CPUS OPERATIONS SEED PAGES\n", stderr);
		return 2;
	}
	const uint32_t cpus = (uint32_t)atol(argv[1]), most = (uint32_t)atol(argv[4]);
	const long operations = atol(argv[2]);

	if (cpus < 2 || cpus > MOST_CPUS || operations < 1 || most < 1 || most > 512) {
		fputs("reference: 2 to 1048576 CPUs, 1 operation or more, 1 to 512 pages\n", stderr);
		return 2;
	}
	make(&c, cpus);
	set_seed(strtoull(argv[3], NULL, 10));
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (long i = 0; i < operations; i++) {
		const uint32_t thread = draw(THREADS), cpu = draw(cpus), node = cpu >= cpus / 2;
		uint16_t *slot = &slots[draw(SLOTS)];

		if (*slot != 0) {
			unmap(&c, thread, cpu, node, *slot);
			*slot = 0;
		} else {
			*slot = (uint16_t)(1 + draw(most));
			for (int page = 0; page < *slot; page++)
				fault(&c, thread, cpu, node);
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("{\"seconds\":%.6f,\"worst\":[%d,%d,%d,%d],\"rss\":%d}\n",
	       (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9,
	       c.worst[0], c.worst[1], c.worst[2], c.worst[3], c.precise);
	return 0;
}
