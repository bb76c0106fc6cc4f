/** Writes a machine as lscpu and numactl print it. */
import type { CpuIds } from '../../src/topology/cpulist.ts';
import type { Topology } from '../../src/topology/topology.ts';

interface Row {
  readonly cpu: number;
  readonly online: boolean;
  readonly node: number | null;
  readonly socket: number | null;
  readonly core: number | null;
  /** A number for each level of cache that the machine has, lowest level first. */
  readonly caches: readonly (number | null)[];
}

/** The number of the group that a CPU is in, in the order in which CPUs bring groups up, as lscpu counts. */
function numberOf(groups: readonly CpuIds[], online: CpuIds, cpu: number): number | null {
  const group = groups.find((cpus) => cpus.includes(cpu));
  if (group === undefined) return null;
  const firsts = groups
    .map((cpus) => online.find((other) => cpus.includes(other)) ?? Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b);
  return firsts.indexOf(online.find((other) => group.includes(other)) ?? -1);
}

function levelsOf(machine: Topology): readonly number[] {
  return [...new Set(machine.caches.map(({ level }) => level))];
}

function rowsOf(machine: Topology, all: boolean): readonly Row[] {
  const online = new Set(machine.online);
  return [...(all ? machine.present : machine.online)].map((cpu) => {
    const told = (groups: readonly CpuIds[]) =>
      online.has(cpu) ? numberOf(groups, machine.online, cpu) : null;
    const node = machine.numaNodes.find(({ cpus }) => cpus.includes(cpu));
    return {
      cpu,
      online: online.has(cpu),
      node: online.has(cpu) ? (node?.id ?? null) : null,
      socket: told(machine.packages.map(({ cpus }) => cpus)),
      core: told([...machine.cores]),
      caches: levelsOf(machine).map((level) =>
        told(machine.caches.filter((cache) => cache.level === level).map(({ cpus }) => cpus)),
      ),
    };
  });
}

const cacheName = (level: number) => (level === 1 ? 'L1d' : `L${level}`);

/** `lscpu -p`: on-line CPUs, an empty fifth column before the caches. */
export function lscpuParsable(machine: Topology): string {
  const caches = levelsOf(machine).map(cacheName);
  const text = (value: number | null) => (value === null ? '' : String(value));
  const rows = rowsOf(machine, false).map(({ cpu, core, socket, node, caches: ids }) =>
    [cpu, core, socket, node, ...(caches.length === 0 ? [] : [null, ...ids])].map(text).join(','),
  );
  return [
    '# The following is the parsable format, which can be fed to other',
    '# programs. Each different item in every column has an unique ID',
    '# starting usually from zero.',
    `# ${['CPU', 'Core', 'Socket', 'Node', ...(caches.length === 0 ? [] : ['', ...caches])].join(',')}`,
    ...rows,
    '',
  ].join('\n');
}

/** How versions of lscpu write a value that is missing; the first is no JSON. */
export const MISSING = ['-', '"-"', 'null'] as const;

/** `lscpu -e -J`: all CPUs that are present, the caches in one column. */
export function lscpuTable(machine: Topology, missing: (typeof MISSING)[number]): string {
  const key = levelsOf(machine).map((level) => cacheName(level).toLowerCase());
  const value = (id: number | null) => (id === null ? missing : String(id));
  const rows = rowsOf(machine, true).map(({ cpu, core, socket, node, caches, online }) => {
    const shared = caches.some((id) => id === null) ? missing : `"${caches.join(':')}"`;
    return [
      `"cpu": ${cpu}`,
      `"node": ${value(node)}`,
      `"socket": ${value(socket)}`,
      `"core": ${value(core)}`,
      ...(key.length === 0 ? [] : [`"${key.join(':')}": ${shared}`]),
      `"online": ${online}`,
    ].join(',\n         ');
  });
  return `{\n   "cpus": [\n      {\n         ${rows.join('\n      },{\n         ')}\n      }\n   ]\n}\n`;
}

/** `numactl --hardware`: each node's on-line CPUs, memory and distances. */
export function numactlHardware(machine: Topology): string {
  const { numaNodes, distances } = machine;
  const online = new Set(machine.online);
  const ids = numaNodes.map(({ id }) => id);
  const nodes = numaNodes.flatMap(({ id, cpus, memoryMiB }) => [
    `node ${id} cpus: ${cpus.filter((cpu) => online.has(cpu)).join(' ')}`.trimEnd(),
    ...(memoryMiB === undefined
      ? []
      : [`node ${id} size: ${memoryMiB} MB`, `node ${id} free: 1 MB`]),
  ]);
  const matrix = distances.map(
    (row, i) =>
      `${String(ids[i]).padStart(3)}: ${row.map((d) => String(d).padStart(3)).join(' ')} `,
  );
  return [
    `available: ${ids.length} nodes (${ids.join(',')})`,
    ...nodes,
    ...(distances.length === 0
      ? []
      : [
          'node distances:',
          `node ${ids.map((id) => String(id).padStart(3)).join(' ')} `,
          ...matrix,
        ]),
    '',
  ].join('\n');
}
