/** Memory of one process's counters, against layouts worked out by hand. */
import { describe, expect, it } from 'vitest';
import {
  MM_PERNUMA_COUNTER,
  PERCPU_COUNTER,
  structBytes,
  TASK_RSS_STAT,
  TREE_LAYOUT,
} from '../../../src/kernel/counter-layout.ts';
import { denseMachine, type MachineSize, machineSize } from '../../../src/schemes/bound.ts';
import { parseScheme, schemeOf } from '../../../src/schemes/registry.ts';
import { validateTopology } from '../../../src/topology/read-document.ts';

const size = denseMachine(250, 2);

function memoryPerMm(scheme: string, machine: MachineSize, threads: number) {
  const spec = parseScheme(scheme);
  return schemeOf(spec).memory(spec, machine, threads);
}

describe('a structure', () => {
  it('pads before a field to its size, and at the end to its largest', () => {
    expect(structBytes([4, 8])).toBe(16);
    expect(structBytes([8, 4])).toBe(16);
    expect(structBytes([4, 4, 8])).toBe(16);
    expect(structBytes([4, 4, 4])).toBe(12);
  });

  it('is as large as the kernel says', () => {
    // lock 0-4, count 8-16, list 16-32, counters 32-40
    expect(PERCPU_COUNTER).toBe(40);
    // events and four counts
    expect(TASK_RSS_STAT).toBe(20);
    // global and 32 slots
    expect(MM_PERNUMA_COUNTER).toBe(264);
    // level0 0-8, mask 8-12, approx_sum 16-24, bias 24-28, items 32-40, batch 40-44, inaccuracy 44-48
    expect(TREE_LAYOUT[4].counter).toBe(48);
    // and nr_levels, nr_cpus
    expect(TREE_LAYOUT[2].counter).toBe(56);
    // six longs and two of the range
    expect(TREE_LAYOUT[17].counter).toBe(64);
  });
});

describe('four counters of a process of 5 threads on 250 CPUs', () => {
  it.each([
    ['atomic', 4 * 8],
    ['per-thread', 4 * 8 + 5 * 20],
    ['per-cpu', 4 * 40 + 250 * 4 * 4],
    ['per-numa', 4 * 33 * 8],
    ['tree', 4 * 48 + 250 * 4 * 4 + 4 * 37 * 64],
    ['tree:version=17', 4 * 64 + 250 * 4 * 8 + 4 * 37 * 64],
    ['tree:version=2', 4 * 56 + 250 * 4 * 4 + 4 * 255 * 64],
    ['tree:arity=256', 4 * 48 + 250 * 4 * 4 + 4 * 1 * 64],
  ])('%s: %i bytes', (name, total) => {
    const { mmStruct, perCpu, items, threads, ...memory } = memoryPerMm(name, size, 5);
    expect(memory.total).toBe(total);
    expect(mmStruct + perCpu + items + threads).toBe(total);
  });

  it('follow the possible CPUs, not those on-line', () => {
    const topology = validateTopology({
      name: 'half',
      cpus: { possible: '0-15', online: '0-7' },
      numaNodes: [{ id: 0, cpus: '0-7' }],
    });
    expect(memoryPerMm('per-cpu', machineSize(topology), 1).perCpu).toBe(16 * 16);
  });

  it('have no tree on one CPU', () => {
    expect(memoryPerMm('tree', denseMachine(1, 1), 1).items).toBe(0);
  });
});
