/** Counts of a machine against those that lscpu printed of it. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { summariseTopology } from '../../../../src/commands/topology/topology-summary.ts';
import { formatCpulist, parseCpulist } from '../../../../src/topology/cpulist.ts';
import { importBytes, NO_OPTIONS } from '../../../../src/topology/import/import-bytes.ts';
import { validateTopology } from '../../../../src/topology/read-document.ts';
import { machineFile } from '../../../support/machine-files.ts';

const folder = new URL('../../../machines/', import.meta.url);

const machines = readdirSync(new URL('lscpu/', folder)).filter((name) => !name.includes('.'));

/** "Core(s) per socket:   3" of `lscpu`; several where it prints one for each model of CPU. */
function lscpuSays(machine: string) {
  const lines = machineFile(`lscpu/${machine}/summary.txt`).split('\n');
  const field = (label: string) =>
    lines.filter((line) => line.startsWith(`${label}:`)).map((line) => line.split(':')[1]!.trim());
  const only = (label: string) => (field(label).length === 1 ? Number(field(label)[0]) : null);
  const instances = (label: string) => {
    const [, count] = /\((\d+) instances?\)/.exec(field(label)[0] ?? '') ?? [];
    return count === undefined ? null : Number(count);
  };
  return {
    present: only('CPU(s)'),
    online: field('On-line CPU(s) list')[0]!,
    offline: field('Off-line CPU(s) list')[0] ?? '',
    threadsPerCore: only('Thread(s) per core'),
    coresPerSocket: only('Core(s) per socket'),
    sockets: only('Socket(s)'),
    l1: instances('L1d cache'),
    l2: instances('L2 cache'),
    l3: instances('L3 cache'),
    nodes: lines.flatMap((line) => {
      const match = /^NUMA node(\d+) CPU\(s\): *(.*)$/.exec(line);
      return match === null ? [] : [[Number(match[1]), match[2]!.trim()] as const];
    }),
  };
}

/** lscpu writes "0,1" where sysfs writes "0-1". */
const canonical = (list: string) => formatCpulist(parseCpulist(list));

/** The machine as lstopo wrote it, which is another tool's reading of the same files. */
async function summaryOf(machine: string) {
  const name = readdirSync(new URL('hwloc/', folder)).find((file) =>
    [`${machine}.xml`, `${machine}.xml.gz`].includes(file),
  );
  const text = machineFile(`hwloc/${name}`);
  const imported = await importBytes(Buffer.from(text), NO_OPTIONS, machine);
  return summariseTopology(imported.topology);
}

describe('the counts that topology show prints', () => {
  it.each(machines)('of %s are those of lscpu', async (machine) => {
    const said = lscpuSays(machine);
    const summary = await summaryOf(machine);
    const instances = (level: number) =>
      summary.caches.find((cache) => cache.level === level)?.instances ?? null;

    expect(summary.presentCpus).toBe(said.present);
    expect(summary.onlineCpus).toBe(parseCpulist(said.online).length);
    expect(summary.offlineCpus).toBe(canonical(said.offline));
    // A machine of several models has a line of these for each.
    if (said.threadsPerCore !== null) {
      expect(summary.threadsPerCore).toBe(said.threadsPerCore);
      expect(summary.packages).toBe(said.sockets);
      expect(summary.coresPerPackage?.average).toBe(said.coresPerSocket);
    }
    if (said.l1 !== null) expect(instances(1)).toBe(said.l1);
    if (said.l2 !== null) expect(instances(2)).toBe(said.l2);
    // The guest gives each CPU a cache id of its own, which lscpu's summary alone goes by.
    if (said.l3 !== null && machine !== '250cpu-guest') expect(instances(3)).toBe(said.l3);
    const nodes = said.nodes.map(([id, cpus]) => [id, canonical(cpus)]);
    if (nodes.length > 0) {
      expect(summary.numaNodes.map(({ id, onlineCpus }) => [id, onlineCpus])).toEqual(nodes);
    }
  });

  it('are those of lscpu where packages differ and CPUs are off-line', () => {
    // `lscpu --sysroot` (util-linux 2.38.1) of a tree with these parts: 2 threads per core, 2 cores
    // per socket, 2 sockets, 5 L1d and L2, 2 L3, node1 "3,4,11", off-line 5-7,12,13.
    const summary = summariseTopology(
      validateTopology({
        name: 'uneven',
        cpus: { possible: '0-15', present: '0-13', online: '0-4,8-11' },
        cores: ['0,8', '1,9', '2,10', '3,11', '4,12', '5,13'],
        caches: ['0-2,8-10', '3-4,11', '5,13'].map((cpus) => ({ level: 3, cpus })),
        packages: [
          { id: 0, cpus: '0-2,8-10' },
          { id: 1, cpus: '3-4,11-12' },
          { id: 2, cpus: '5,13' },
        ],
        numaNodes: [
          { id: 0, cpus: '0-2,8-10' },
          { id: 1, cpus: '3-4,11-12' },
          { id: 8, cpus: '' },
        ],
      }),
    );
    expect(summary).toMatchObject({
      presentCpus: 14,
      offlineCpus: '5-7,12-13',
      threadsPerCore: 2,
      cores: 5,
      coresPerPackage: { average: 2, min: 2, max: 3 },
      packages: 2,
      dies: null,
      caches: [{ level: 3, instances: 2 }],
      numaNodes: [
        { id: 0, cpus: '0-2,8-10', onlineCpus: '0-2,8-10' },
        { id: 1, cpus: '3-4,11-12', onlineCpus: '3-4,11' },
        { id: 8, cpus: '', onlineCpus: '' },
      ],
    });
  });

  it('are not told where the parts are not described', () => {
    const summary = summariseTopology(
      validateTopology({ name: 'bare', cpus: { possible: '0-3' } }),
    );
    expect(summary).toMatchObject({
      cores: null,
      threadsPerCore: null,
      coresPerPackage: null,
      packages: null,
      dies: null,
      caches: [],
      numaNodes: [],
    });
  });
});
