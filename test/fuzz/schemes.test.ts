/**
 * Every scheme beside its oracle on one long stream: all kinds of updates, all members, CPUs that come and
 * go. UPDATES=1000000 makes it so long; the seed is the place of the scheme in the list.
 */
import { describe, expect, it } from 'vitest';
import { createCounters, formatScheme, parseScheme } from '../../src/schemes/registry.ts';
import { validateTopology } from '../../src/topology/read-document.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../../src/update/kinds.ts';
import { below, type RandomState, seedRandom } from '../../src/workload/contract/random.ts';
import { addsOfUpdate, createReference } from '../support/reference.ts';
import { columnsOf, readingsOf, type Update } from '../support/updates.ts';

const UPDATES = Number(process.env.UPDATES ?? 4000);

const SCHEMES = [
  'atomic',
  'per-thread',
  ...['per-cpu', 'per-cpu:batch=7'],
  ...['per-numa', 'per-numa:batch=100'],
  ...['tree', 'tree:version=2', 'tree:version=17', 'tree:version=17-fixed,batch=4'],
  ...['tree:version=mm-tree,mapping=logical', 'tree:batch=2,arity=4x8'],
  ...['two-level', 'two-level:group=cache,batch=7,middle=50', 'two-level:batch=40,middle=9'],
  ...['lazy', 'lazy:batch=9', 'atomic-until-threaded'],
  ...['stash', 'stash:cap=5', 'stash:read=shared', 'stash:read=shared,cap=40'],
];

/** 24 CPUs in three nodes, and in six caches. */
const machine: Topology = validateTopology({
  name: 'caches',
  cpus: { possible: '0-23' },
  numaNodes: [0, 1, 2].map((id) => ({ id, cpus: `${8 * id}-${8 * id + 7}` })),
  caches: Array.from({ length: 6 }, (_, i) => ({ level: 3, cpus: `${4 * i}-${4 * i + 3}` })),
});

const KINDS = Object.values(KIND);

/** One update that the machine can make as it stands, by one of so many threads; `online` follows it. */
function drawUpdate(random: RandomState, online: Set<number>, threads: number): Update {
  const cpus = Array.from(machine.online);
  const running = cpus.filter((cpu) => online.has(cpu));
  const update = { thread: below(random, threads), member: below(random, 4) };
  const any = cpus[below(random, cpus.length)]!;
  // One update in 64 is a CPU's coming or going.
  if (below(random, 64) === 0) {
    if (!online.has(any)) {
      online.add(any);
      return { ...update, kind: KIND.cpuOnline, cpu: any, pages: 0 };
    }
    if (online.size > 1) {
      online.delete(any);
      return { ...update, kind: KIND.cpuOffline, cpu: any, pages: 0 };
    }
  }
  const kinds = KINDS.filter((kind) => kind !== KIND.cpuOnline && kind !== KIND.cpuOffline);
  const kind = kinds[below(random, kinds.length)]!;
  const cpu = running[below(random, running.length)]!;
  const most = kind === KIND.faultAround ? 16 : 1 << below(random, 10);
  const pages = (below(random, 2) === 0 ? 1 : -1) * below(random, most + 1);
  return { ...update, kind, cpu, pages: kind < FIRST_KIND_WITHOUT_PAGES ? pages : 0 };
}

describe.each(SCHEMES)('%s', (text) => {
  it(`reads what its oracle reads over ${UPDATES} updates`, () => {
    const spec = parseScheme(text);
    const random = seedRandom(SCHEMES.indexOf(text));
    const counters = createCounters(machine, spec);
    const reference = createReference(machine, spec);
    const online = new Set(machine.online);
    for (let done = 0; done < UPDATES; done += 100) {
      // A process has one thread for a third of its life.
      const threads = 3 * done < UPDATES ? 1 : 4;
      const updates = Array.from({ length: 100 }, () => drawUpdate(random, online, threads));
      const columns = columnsOf(updates);
      const { after } = readingsOf(counters, columns);
      updates.forEach((update, u) => {
        for (const add of addsOfUpdate(update)) reference.add(add);
        const reading = Number(reference.reading(update.member!));
        if (after[u] !== reading) {
          expect.fail(
            `${formatScheme(spec)}: update ${done + u} reads ${after[u]}, not ${reading}`,
          );
        }
      });
    }
    for (const member of [0, 1, 2, 3]) {
      expect(counters.preciseSum(member)).toBe(Number(reference.precise(member)));
    }
  });
});
