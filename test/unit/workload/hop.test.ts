/** The hop's one loop against its definition, draw by draw. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MEMBER } from '../../../src/kernel/rss-stat.ts';
import { validateTopology } from '../../../src/topology/read-document.ts';
import { createUpdateColumns } from '../../../src/update/columns.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { below, seedRandom } from '../../../src/workload/contract/random.ts';
import { generateUpdates } from '../../../src/workload/generate.ts';
import type { Workload } from '../../../src/workload/workload.ts';
import { PRESETS } from '../../../src/workload/workload.ts';

const machine = validateTopology({
  name: 'gaps',
  cpus: { possible: '0-63', online: '4-30,40-63' },
  cores: Array.from({ length: 64 }, (_, cpu) => `${cpu}`),
  numaNodes: [{ id: 0, cpus: '0-63' }],
});

/** Rows as [thread, CPU, pages]. */
function byDefinition({ seed, threads, cpus, pattern, mappingPages, operations }: Workload) {
  const random = seedRandom(seed);
  const slots = new Array(pattern.name === 'slots' ? pattern.slots : 0).fill(0);
  const { min, max } = mappingPages;
  return Array.from({ length: operations }, () => {
    const thread = below(random, threads);
    const cpu = cpus[below(random, cpus.length)]!;
    const slot = below(random, slots.length);
    const mapped = slots[slot];
    slots[slot] = mapped === 0 ? min + below(random, max - min + 1) : 0;
    return [thread, cpu, slots[slot] - mapped];
  });
}

function generated(workload: Workload) {
  const source = generateUpdates(machine, workload, 4096);
  const columns = createUpdateColumns();
  const rows: number[][] = [];
  for (;;) {
    source.fill(columns);
    if (columns.length === 0) return rows;
    for (let u = 0; u < columns.length; u++) {
      const pages = columns.pages[u]!;
      rows.push([columns.thread[u]!, columns.cpu[u]!, pages]);
      const isPlain = columns.member[u] === MEMBER.anon && columns.operationEnd[u] === 1;
      if (columns.kind[u] !== (pages > 0 ? KIND.fault : KIND.bulk) || !isPlain) {
        expect.fail(`row ${rows.length} is of kind ${columns.kind[u]}, ${pages} pages`);
      }
    }
  }
}

describe('uniform CPUs and an array of slots', () => {
  it('draw thread, CPU, slot, and the size of a new mapping, with and without gaps in the CPUs', () => {
    const hop = fc.record({
      seed: fc.nat(),
      threads: fc.integer({ min: 1, max: 9 }),
      cpus: fc.constantFrom(
        machine.online,
        machine.online.slice(3, 20),
        machine.online.slice(5, 6),
      ),
      slots: fc.integer({ min: 1, max: 3000 }),
      min: fc.integer({ min: 1, max: 512 }),
      more: fc.integer({ min: 0, max: 511 }),
      operations: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(4095, 4096, 9000)),
    });
    fc.assert(
      fc.property(hop, ({ slots, min, more, ...rest }) => {
        const workload: Workload = {
          ...PRESETS.hop,
          ...rest,
          pattern: { name: 'slots', slots },
          mappingPages: { min, max: Math.min(512, min + more) },
        };
        expect(generated(workload)).toEqual(byDefinition(workload));
      }),
      { numRuns: 30 },
    );
  });

  it('unmap mappings of several page tables one by one, and huge pages at once', () => {
    const rowsOf = (changes: Partial<Workload>) => {
      const workload = { ...PRESETS.hop, seed: 1, cpus: machine.online.slice(0, 9), ...changes };
      const columns = createUpdateColumns();
      generateUpdates(machine, { ...workload, operations: 1000 }, 4096).fill(columns);
      return Array.from(columns.pages.subarray(0, columns.length), (pages, u) => ({
        pages,
        kind: columns.kind[u],
      }));
    };
    const large = rowsOf({ mappingPages: { min: 600, max: 1000 } });
    expect(Math.min(...large.map(({ pages }) => pages))).toBe(-512);
    const huge = rowsOf({ hugePerMillion: 1_000_000 });
    expect(new Set(huge.map(({ kind }) => kind))).toEqual(new Set([KIND.huge, KIND.remote]));
  });
});
