/*
 * Hides a known number of pages from the approximate sums of the kernel that it runs on, says how many, and
 * then sleeps.
 *
 *   hide under BATCH   per-CPU counting: on each CPU a few pages are touched and stay in its count
 *   hide over BATCH    per-CPU counting: all is touched on one CPU, a few pages are released on each
 *   hide threads       per-thread counting: in each of as many threads as CPUs a few pages are touched
 *
 * Program start leaves pages in counts as well. So each count is emptied first, of each member on each CPU: twice
 * a batch is mapped and unmapped in one add, which goes over the batch whatever the count held before. Per thread
 * an unmap does the same.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PAGE = 4096, TABLE = 512 * PAGE, MOST_PER_THREAD = 65 };

static char *aligned; /* one page table's worth of addresses */

static void on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(2, "sched_setaffinity %d", cpu);
}

static char *map(void *at, size_t bytes, int flags, int file)
{
	int prot = file < 0 ? PROT_READ | PROT_WRITE : PROT_READ;
	char *p = mmap(at, bytes, prot, flags, file, 0);

	if (p == MAP_FAILED)
		err(2, "mmap");
	return p;
}

static void touch(char *at, int pages, int writes)
{
	for (int i = 0; i < pages; i++) {
		if (writes)
			*(volatile char *)(at + (size_t)i * PAGE) = 1;
		else
			(void)*(volatile char *)(at + (size_t)i * PAGE);
	}
}

/* A file of so many pages, all of them in the page cache. */
static int file_of(const char *path, int pages)
{
	static char zeros[PAGE];
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (file < 0)
		err(2, "%s", path);
	for (int i = 0; i < pages; i++)
		if (write(file, zeros, PAGE) != PAGE)
			err(2, "%s", path);
	return file;
}

static long interruptions(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage))
		err(2, "getrusage");
	return usage.ru_nivcsw;
}

/*
 * Empties this CPU's count of a member: one add of -pages. Where another task wanted the CPU meanwhile it may
 * have been two, of which the second stays: again.
 */
static void empty(int file, int pages)
{
	size_t bytes = (size_t)pages * PAGE;
	int flags = MAP_FIXED | (file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED);
	long before;

	do {
		before = interruptions();
		touch(map(aligned, bytes, flags, file), pages, file < 0);
		if (munmap(aligned, bytes))
			err(2, "munmap");
	} while (interruptions() != before);
}

static void sleep_for_good(long error)
{
	static char line[64];
	int length = snprintf(line, sizeof(line), "%ld\n", error);

	(void)!write(1, line, length);
	for (;;)
		pause();
}

/* A few pages for each CPU, below the batch, and not the same for all. */
static int share(int cpu, int batch)
{
	return batch - 1 - cpu % 7;
}

static void per_cpu(int over, int batch)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int files[] = { -1, file_of("/ram/file", 2 * batch), file_of("/shm/file", 2 * batch) };
	char *held = map(NULL, (size_t)cpus * TABLE + TABLE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	long error = 0;

	/* A page table for each CPU, so that what is released there is one add. */
	held = (char *)(((unsigned long)held + TABLE - 1) & -(unsigned long)TABLE);
	for (int cpu = 0; cpu < cpus; cpu++) {
		on_cpu(cpu);
		for (int i = 0; i < 3; i++)
			empty(files[i], 2 * batch);
	}
	on_cpu(0);
	for (int cpu = 0; over && cpu < cpus; cpu++)
		/* A whole batch leaves nothing behind in the count of CPU 0. */
		touch(held + (size_t)cpu * TABLE, batch, 1);
	for (int cpu = 0; cpu < cpus; cpu++) {
		size_t pages = share(cpu, batch);

		on_cpu(cpu);
		if (!over)
			touch(held + (size_t)cpu * TABLE, pages, 1);
		else if (madvise(held + (size_t)cpu * TABLE, pages * PAGE, MADV_DONTNEED))
			err(2, "madvise");
		error += over ? (long)pages : -(long)pages;
	}
	sleep_for_good(error);
}

static pthread_barrier_t begun, done;

/* Faults in what the thread's stack will need. */
static __attribute__((noinline)) void grow_stack(void)
{
	char room[4 * PAGE];

	touch(room, 4, 1);
}

struct thread {
	int number;
	char *held;
};

static void *hide_in_thread(void *argument)
{
	struct thread *thread = argument;
	char *page = map(NULL, PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	on_cpu(thread->number);
	grow_stack();
	pthread_barrier_wait(&begun);
	touch(page, 1, 1);
	if (munmap(page, PAGE))
		err(2, "munmap");
	touch(thread->held, 1 + thread->number % MOST_PER_THREAD, 1);
	pthread_barrier_wait(&done);
	for (;;)
		pause();
}

static void per_thread(void)
{
	int threads = sysconf(_SC_NPROCESSORS_ONLN);
	size_t bytes = (size_t)threads * TABLE;
	char *held = map(NULL, bytes, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	struct thread *all = calloc(threads, sizeof(*all));
	long error = 0;

	pthread_barrier_init(&begun, NULL, threads + 1);
	pthread_barrier_init(&done, NULL, threads + 1);
	for (int i = 0; i < threads; i++) {
		pthread_t id;

		all[i] = (struct thread){ i, held + (size_t)i * TABLE };
		error -= 1 + i % MOST_PER_THREAD;
		if (pthread_create(&id, NULL, hide_in_thread, &all[i]))
			err(2, "pthread_create");
	}
	pthread_barrier_wait(&begun);
	pthread_barrier_wait(&done);
	/* The first thread holds back what it has faulted in itself, until it unmaps. */
	touch(map(aligned, PAGE, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1), 1, 1);
	if (munmap(aligned, PAGE))
		err(2, "munmap");
	sleep_for_good(error);
}

int main(int argc, char **argv)
{
	struct sched_param first = { .sched_priority = 10 };

	if (argc < 2)
		errx(2, "hide under BATCH | hide over BATCH | hide threads");
	/* What the program needs of itself is faulted in now. */
	if (mlockall(MCL_CURRENT) || munlockall())
		err(2, "mlockall");
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	/* A walk that stops early because the CPU is wanted makes two adds of one. */
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		err(2, "sched_setscheduler");
	aligned = map(NULL, 2 * TABLE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	aligned = (char *)(((unsigned long)aligned + TABLE - 1) & -(unsigned long)TABLE);
	if (!strcmp(argv[1], "threads"))
		per_thread();
	per_cpu(!strcmp(argv[1], "over"), atoi(argv[2]));
}
