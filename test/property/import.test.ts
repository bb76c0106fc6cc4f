/** Machines written in every form are read back, as far as the form tells; as JSON, whole. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Imported, reportedDocument } from '../../src/topology/import/assemble.ts';
import { assembleAs, importBytes, NO_OPTIONS } from '../../src/topology/import/import-bytes.ts';
import { describeSysfs } from '../../src/topology/import/sysfs.ts';
import { topologyDocument } from '../../src/topology/normal-form.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { DEFAULT_PAGE_SIZE } from '../../src/units.ts';
import { hwlocXml } from '../support/hwloc-writer.ts';
import { lscpuParsable, lscpuTable, MISSING, numactlHardware } from '../support/lscpu-writer.ts';
import { listed } from '../support/machine-files.ts';
import { randomMachine } from '../support/random-machines.ts';
import { memoryTree, tarOfFiles } from '../support/sysfs-files.ts';
import { sysfsFiles } from '../support/sysfs-writer.ts';

const RUNS = { numRuns: 60 };

const importText = (text: string) => importBytes(Buffer.from(text), NO_OPTIONS, 'random');

/** All facts of a topology, without its prose. */
function facts(topology: Topology) {
  const { description: _d, source: _s, ...document } = topologyDocument(topology);
  return document;
}

/** What is read back is `expected`, and once written as JSON is read back the same. */
async function demand(imported: Imported, expected: Topology): Promise<void> {
  expect(facts(imported.topology)).toEqual(facts(expected));
  const document = reportedDocument(imported.topology, imported.reported);
  const again = await importText(JSON.stringify(document));
  expect(listed(again.topology)).toEqual(listed(imported.topology));
  expect(reportedDocument(again.topology, again.reported)).toEqual(document);
  expect(again.remarks).toEqual([]);
}

/** The machine as if `possible` were told to be the CPUs that are there. */
function withPossible(machine: Topology, possible: Topology['possible']): Topology {
  return { ...machine, possible, nrCpuIds: (possible.at(-1) ?? -1) + 1 };
}

/** Nodes with their on-line CPUs only. */
function runningNodes({ numaNodes, online }: Topology): Topology['numaNodes'] {
  const running = new Set(online);
  return numaNodes.map((node) => ({ ...node, cpus: node.cpus.filter((cpu) => running.has(cpu)) }));
}

/** What the columns of lscpu hold: sockets numbered by lscpu, nodes that have CPUs. */
function inColumns(machine: Topology): Topology {
  const byCpu = [...machine.packages].sort((a, b) => a.cpus[0]! - b.cpus[0]!);
  return {
    ...machine,
    pageSize: DEFAULT_PAGE_SIZE,
    packages: byCpu.map(({ cpus }, id) => ({ id, cpus })),
    dies: [],
    numaNodes: runningNodes(machine)
      .filter(({ cpus }) => cpus.length > 0)
      .map(({ id, cpus }) => ({ id, cpus })),
    distances: [],
  };
}

describe('a random machine is read back', () => {
  it.each([{ old: false }, { old: true }])(
    'from sysfs, all of it but its page size: %j',
    (kernel) =>
      fc.assert(
        fc.asyncProperty(randomMachine, async (machine) => {
          const description = describeSysfs(memoryTree(sysfsFiles(machine, kernel)));
          const imported = assembleAs(description, NO_OPTIONS, 'random');
          await demand(imported, { ...machine, pageSize: DEFAULT_PAGE_SIZE });
        }),
        RUNS,
      ),
  );

  it('from a tar of sysfs', async () => {
    await fc.assert(
      fc.asyncProperty(randomMachine, async (machine) => {
        const tar = tarOfFiles(sysfsFiles(machine), 'sys/devices/system/');
        const imported = await importBytes(tar, NO_OPTIONS, 'random');
        await demand(imported, { ...machine, pageSize: DEFAULT_PAGE_SIZE });
      }),
      { numRuns: 50 },
    );
  });

  it('from hwloc XML, but for CPUs that are possible only and the nodes of those off-line', async () => {
    await fc.assert(
      fc.asyncProperty(randomMachine, async (machine) => {
        const told = { ...machine, numaNodes: runningNodes(machine) };
        // hwloc gives page sizes node by node.
        const pageSize = told.numaNodes.length === 0 ? DEFAULT_PAGE_SIZE : told.pageSize;
        const imported = await importText(hwlocXml(machine));
        await demand(imported, { ...withPossible(told, machine.present), pageSize });
      }),
      RUNS,
    );
  });

  it('from lscpu -e -J, however missing values are written, as far as its columns go', async () => {
    await fc.assert(
      fc.asyncProperty(randomMachine, fc.constantFrom(...MISSING), async (machine, missing) => {
        const imported = await importText(lscpuTable(machine, missing));
        await demand(imported, withPossible(inColumns(machine), machine.present));
      }),
      RUNS,
    );
  });

  it('from lscpu -p, its on-line CPUs alone, as far as its columns go', async () => {
    await fc.assert(
      fc.asyncProperty(randomMachine, async (machine) => {
        const { online } = machine;
        const expected = { ...withPossible(inColumns(machine), online), present: online };
        await demand(await importText(lscpuParsable(machine)), expected);
      }),
      RUNS,
    );
  });

  it('from numactl --hardware, its nodes', async () => {
    await fc.assert(
      fc.asyncProperty(randomMachine, async (machine) => {
        fc.pre(machine.numaNodes.length > 0);
        const { online } = machine;
        await demand(await importText(numactlHardware(machine)), {
          ...withPossible(machine, online),
          present: online,
          pageSize: DEFAULT_PAGE_SIZE,
          cores: [],
          caches: [],
          packages: [],
          dies: [],
          numaNodes: runningNodes(machine),
        });
      }),
      RUNS,
    );
  });

  it('from its own JSON, all of it', async () => {
    await fc.assert(
      fc.asyncProperty(randomMachine, async (machine) => {
        await demand(await importText(JSON.stringify(topologyDocument(machine))), machine);
      }),
      RUNS,
    );
  });
});
