/** Copies of sysfs, and what hwloc 2.9 and lscpu 2.38 say of the same trees. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CpuIds, formatCpulist } from '../../../../src/topology/cpulist.ts';
import type { MachineDescription } from '../../../../src/topology/import/description.ts';
import { describeSysfs } from '../../../../src/topology/import/sysfs.ts';
import { openSysfsTar } from '../../../../src/topology/import/sysfs-tar.ts';

const machines = new URL('../../../machines/', import.meta.url);

const described = async (name: string): Promise<MachineDescription> =>
  describeSysfs(await openSysfsTar(readFileSync(new URL(`sysfs/${name}.tar.gz`, machines))));

/** As test/machines/hwloc/README.md has it: from hwloc-calc, hwloc-info and lstopo. */
interface Expected {
  readonly present: string;
  readonly online: string;
  readonly cores: readonly string[];
  readonly packages: readonly (readonly [id: number, cpus: string])[];
  readonly dies: readonly (readonly [packageId: number, id: number, cpus: string])[];
  readonly caches: Readonly<Record<string, readonly string[]>>;
  /** With their memory in bytes. */
  readonly numaNodes: readonly (readonly [id: number, cpus: string, memory: number])[];
  readonly distances: readonly (readonly number[])[];
}

const list = (cpus: CpuIds | null) => (cpus === null ? null : formatCpulist(cpus));

describe('a copy of sysfs tells what hwloc does', () => {
  it.each([
    '10cpu-smt-and-lp-cores',
    '16cpu-3off-2dies',
    '250cpu-guest',
    '2cpu-guest',
    '4cpu-1off-no-numa',
    '8cpu-sparse-ids',
    'arm-4little-2big',
  ])('of %s', async (name) => {
    const expected = JSON.parse(
      readFileSync(new URL(`hwloc/${name}.expected.json`, machines), 'utf8'),
    ) as Expected;
    const { present, online, cores, packages, dies, caches, numaNodes, distances, remarks } =
      await described(name);
    expect(list(present)).toBe(expected.present);
    expect(list(online)).toBe(expected.online);
    expect(cores.map(list)).toEqual(expected.cores);
    expect(packages.map(({ id, cpus }) => [id, list(cpus)])).toEqual(expected.packages);
    const levels = new Set(caches.map(({ level }) => level));
    const byLevel = [...levels].map((level) => [
      level,
      caches.filter((cache) => cache.level === level).map(({ cpus }) => list(cpus)),
    ]);
    expect(Object.fromEntries(byLevel)).toEqual(expected.caches);
    // hwloc leaves out dies that are packages, and makes a node where Linux has none.
    if (expected.dies.length > 0) {
      expect(dies.map(({ packageId, id, cpus }) => [packageId, id, list(cpus)])).toEqual(
        expected.dies,
      );
    } else expect(dies.length).toBeLessThanOrEqual(packages.length);
    if (name.endsWith('no-numa') || numaNodes === null) expect(numaNodes).toBeNull();
    else {
      const running = new Set(online);
      const ofNodes = numaNodes.map(({ id, cpus, memoryMiB = 0 }) => [
        id,
        list(cpus.filter((cpu) => running.has(cpu))),
        memoryMiB,
      ]);
      expect(ofNodes).toEqual(
        expected.numaNodes.map(([id, cpus, bytes]) => [id, cpus, Math.floor(bytes / 2 ** 20)]),
      );
      if (numaNodes.length > 1) expect(distances).toEqual(expected.distances);
    }
    expect(remarks).toEqual([]);
  });
});

describe('a copy of sysfs tells', () => {
  it('which CPUs are possible, which hwloc and lscpu do not', async () => {
    const names = ['250cpu-guest', '16cpu-3off-2dies', '8cpu-sparse-ids', '4cpu-1off-no-numa'];
    const possible = await Promise.all(names.map(async (name) => (await described(name)).possible));
    expect(possible.map(list)).toEqual(['0-249', '0-23', '0-127', '0-3']);
  });

  it('which nodes off-line CPUs are on, by links that hwloc and lscpu do not read', async () => {
    const { numaNodes } = await described('16cpu-3off-2dies');
    expect(numaNodes?.map(({ id, cpus }) => `${id}: ${list(cpus)}`)).toEqual([
      '0: 0-3,8-11',
      '8: 4-7,12-15',
      '9: ',
    ]);
  });

  it('a guest whose own lscpu counts two nodes of 125 CPUs', async () => {
    const text = readFileSync(new URL('lscpu/250cpu-guest/summary.txt', machines), 'utf8');
    const lists = [...text.matchAll(/NUMA node\d+ CPU\(s\):\s*(\S+)/g)].map(([, cpus]) => cpus);
    const { numaNodes } = await described('250cpu-guest');
    expect(numaNodes?.map(({ cpus }) => list(cpus))).toEqual(lists);
    expect(lists).toHaveLength(2);
  });
});
