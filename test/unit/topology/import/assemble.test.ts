/** What is made of a description that leaves things out or contradicts itself. */
import { describe, expect, it } from 'vitest';
import { parseCpulist } from '../../../../src/topology/cpulist.ts';
import { assemble, reportedDocument } from '../../../../src/topology/import/assemble.ts';
import {
  describe as describeMachine,
  type MachineDescription,
} from '../../../../src/topology/import/description.ts';
import { topologySha256 } from '../../../../src/topology/normal-form.ts';
import { validateTopology } from '../../../../src/topology/read-document.ts';

const cpus = parseCpulist;

/** Of a form that reports four on-line CPUs, and whatever else a test says. */
function made(changes: Partial<MachineDescription>, nrCpuIds: number | null = null) {
  const reported = describeMachine({ form: 'a form', online: cpus('0-3'), ...changes });
  const imported = assemble(reported, { name: 'm', nrCpuIds });
  return { ...imported, document: reportedDocument(imported.topology, imported.reported) };
}

describe('a description', () => {
  it('that tells on-line CPUs alone is a machine of them, and no more is written than is told', () => {
    const { topology, document, remarks } = made({});
    expect(document).toEqual({
      name: 'm',
      source: 'imported from a form',
      cpus: { possible: '0-3', online: '0-3' },
    });
    expect(topology).toMatchObject({ nrCpuIds: 4, numaNodes: [], cores: [], pageSize: 4096 });
    expect(remarks).toEqual([
      'a form, which does not tell which CPUs are possible or the page size; taken: possible CPUs as those named (nr_cpu_ids 4; topology import --nr-cpu-ids sets it), pages as 4 KiB',
    ]);
  });

  it('that tells all is written whole, without a remark', () => {
    const { document, remarks } = made({
      possible: cpus('0-7'),
      present: cpus('0-5'),
      pageSize: 65536,
      cores: [cpus('0,2'), cpus('1,3')],
      caches: [{ level: 3, cpus: cpus('0-3') }],
      packages: [{ id: 2, cpus: cpus('0-3') }],
      dies: [{ packageId: 2, id: 1, cpus: cpus('0-3') }],
      numaNodes: [
        { id: 0, cpus: cpus('0-3'), memoryMiB: 16 },
        { id: 4, cpus: cpus('') },
      ],
      distances: [
        [10, 20],
        [20, 10],
      ],
    });
    expect(remarks).toEqual([]);
    expect(document).toEqual({
      name: 'm',
      source: 'imported from a form',
      pageSize: 65536,
      cpus: { possible: '0-7', present: '0-5', online: '0-3' },
      cores: ['0,2', '1,3'],
      caches: [{ level: 3, cpus: '0-3' }],
      packages: [{ id: 2, cpus: '0-3' }],
      dies: [{ package: 2, id: 1, cpus: '0-3' }],
      numaNodes: [
        { id: 0, cpus: '0-3', memoryMiB: 16 },
        { id: 4, cpus: '' },
      ],
      distances: [
        [10, 20],
        [20, 10],
      ],
    });
  });

  it('is the machine that its document is', () => {
    const { topology, document } = made({
      possible: cpus('0-7'),
      numaNodes: [{ id: 3, cpus: cpus('0-3') }],
    });
    expect(topologySha256(validateTopology(document))).toBe(topologySha256(topology));
  });

  it('that names off-line CPUs in its groups makes them possible', () => {
    expect(made({ numaNodes: [{ id: 0, cpus: cpus('0-5') }] }).topology.nrCpuIds).toBe(6);
    expect(made({ cores: [cpus('0-3'), cpus('9')] }).topology.nrCpuIds).toBe(10);
  });

  it.each([
    [
      'cores',
      { cores: [cpus('0-1'), cpus('2')] },
      'cores are told for some on-line CPUs only (not for 3): left out',
    ],
    [
      'packages',
      { packages: [{ id: 0, cpus: cpus('0') }] },
      'packages are told for some on-line CPUs only (not for 1-3): left out',
    ],
  ] as const)('that tells %s for some CPUs only has none', (key, changes, remark) => {
    const { topology, remarks } = made(changes);
    expect(topology[key]).toEqual([]);
    expect(remarks).toContain(remark);
  });

  it('that contradicts itself is refused in the words of the JSON form', () => {
    expect(() => made({ cores: [cpus('0-2'), cpus('2-3')] })).toThrow(
      'cores[1] is "2-3": CPU 2 is in cores[0] too; a CPU is in one core at most',
    );
    expect(() =>
      made({ possible: cpus('0-3'), numaNodes: [{ id: 0, cpus: cpus('0-4') }] }),
    ).toThrow('numaNodes[0].cpus is "0-4": CPU 4 is not in cpus.possible, "0-3"');
    expect(() => made({ possible: cpus('0-2') })).toThrow(
      /^cpus\.online is "0-3": CPU 3 is not in/,
    );
  });
});

describe('NUMA nodes', () => {
  const nodesOf = (lists: Readonly<Record<number, string>>) =>
    made({
      numaNodes: Object.entries(lists).map(([id, list]) => ({ id: Number(id), cpus: cpus(list) })),
    });

  it('that overlap are settled for the lowest id, as hwloc has memory-only nodes', () => {
    const { document, remarks } = nodesOf({ 0: '0-1', 2: '0-3', 5: '2-3' });
    expect(document.numaNodes).toEqual([
      { id: 0, cpus: '0-1' },
      { id: 2, cpus: '2-3' },
      { id: 5, cpus: '' },
    ]);
    expect(remarks.slice(1)).toEqual([
      'CPUs 0-1 of node 2 are in node 0 too: counted there, the lowest id',
      'CPUs 2-3 of node 5 are in node 2 too: counted there, the lowest id',
    ]);
  });

  it('without an on-line CPU leave it to the first of them', () => {
    const { document, remarks } = nodesOf({ 3: '0', 1: '2-3' });
    expect(document.numaNodes).toEqual([
      { id: 1, cpus: '1-3' },
      { id: 3, cpus: '0' },
    ]);
    expect(remarks).toContain(
      'on-line CPU 1 is in no NUMA node: counted on node 1, the first, as the kernel does',
    );
  });

  it('that are none are not described', () => {
    expect(made({ numaNodes: [] }).document).not.toHaveProperty('numaNodes');
  });
});

describe('nr_cpu_ids', () => {
  it('adds possible CPUs, of which a form tells nothing', () => {
    const { document, topology, remarks } = made({ pageSize: 4096 }, 8);
    expect(document.cpus).toEqual({ possible: '0-7', online: '0-3' });
    expect(topology.nrCpuIds).toBe(8);
    expect(remarks).toEqual([]);
  });

  it('adds to those that are told, and takes from them', () => {
    const told = { possible: cpus('0-3,6-9'), present: cpus('0-3,6') };
    expect(made(told, 12).document.cpus.possible).toBe('0-3,6-11');
    expect(made(told, 8).document.cpus.possible).toBe('0-3,6-7');
  });

  it('takes CPUs that it cuts off from their groups', () => {
    const { document } = made(
      {
        possible: cpus('0-7'),
        present: cpus('0-3'),
        cores: [cpus('0-3'), cpus('4-7')],
        numaNodes: [{ id: 0, cpus: cpus('0-7') }],
      },
      5,
    );
    expect(document.cores).toEqual(['0-3', '4']);
    expect(document.numaNodes).toEqual([{ id: 0, cpus: '0-4' }]);
  });

  it('is refused where a CPU that is there would be cut off', () => {
    const message = '--nr-cpu-ids 3: CPU 3 is there; expected 4 to 1048576';
    expect(() => made({}, 3)).toThrow(expect.objectContaining({ name: 'InputError', message }));
  });
});
