/** Descriptions of machines under test/machines, and what hwloc's and util-linux's tools say of them. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { formatCpulist } from '../../src/topology/cpulist.ts';
import type { MachineDescription } from '../../src/topology/import/description.ts';
import type { Topology } from '../../src/topology/topology.ts';

const folder = new URL('../machines/', import.meta.url);

/** The text of a file below test/machines, of "NAME.gz" where that is the one there is. */
export function machineFile(path: string): string {
  const bytes = readFileSync(new URL(path, folder));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** What the tools say: README.md there tells how each figure was asked for. */
export interface ToolsSay {
  readonly online: string;
  readonly present: string;
  readonly cores: readonly string[];
  /** Id and CPUs. */
  readonly packages: readonly (readonly [id: number, cpus: string])[];
  readonly dies: readonly (readonly [packageId: number, id: number, cpus: string])[];
  readonly caches: Readonly<Record<string, readonly string[]>>;
  readonly numaNodes: readonly (readonly [id: number, cpus: string, bytes: number | null])[];
  readonly distances: readonly (readonly number[])[];
}

export function toolsSay(machine: string): ToolsSay {
  return JSON.parse(machineFile(`hwloc/${machine}.expected.json`)) as ToolsSay;
}

export const MIB = 1024 * 1024;

/** A description with cpulists in place of arrays, in the shape of ToolsSay. */
export function told(description: MachineDescription) {
  const { present, online, cores, caches, packages, dies, numaNodes } = description;
  const levels = [...new Set(caches.map(({ level }) => level))];
  const ofLevel = (wanted: number) =>
    caches.filter(({ level }) => level === wanted).map(({ cpus }) => formatCpulist(cpus));
  return {
    online: formatCpulist(online),
    present: present === null ? null : formatCpulist(present),
    cores: cores.map(formatCpulist),
    packages: packages.map(({ id, cpus }) => [id, formatCpulist(cpus)]),
    dies: dies.map(({ packageId, id, cpus }) => [packageId, id, formatCpulist(cpus)]),
    caches: Object.fromEntries(levels.map((level) => [level, ofLevel(level)])),
    numaNodes:
      numaNodes?.map(({ id, cpus, memoryMiB }) => [id, formatCpulist(cpus), memoryMiB ?? null]) ??
      null,
    distances: description.distances,
  };
}

/** A machine whose parts are arrays: those of a large one are made when they are asked for. */
export function listed(machine: Topology): Topology {
  const { cores, caches, packages, dies } = machine;
  return {
    ...machine,
    ...{ cores: [...cores], caches: [...caches], packages: [...packages], dies: [...dies] },
  };
}
