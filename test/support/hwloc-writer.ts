/** Writes a machine as hwloc XML 2.x, as lstopo exports it: objects nest, memory hangs beside CPUs. */
import type { CpuIds } from '../../src/topology/cpulist.ts';
import type { Topology } from '../../src/topology/topology.ts';

const WORD = 32;

/** hwloc_bitmap_snprintf: words with 0x, the highest first, those of zeroes empty but the last. */
export function formatHwlocBitmap(cpus: CpuIds): string {
  const highest = cpus.at(-1);
  if (highest === undefined) return '0x0';
  const words = Array.from({ length: Math.floor(highest / WORD) + 1 }, (_, i) => {
    const bits = [...cpus].reduce(
      (sum, cpu) => (Math.floor(cpu / WORD) === i ? sum + 2 ** (cpu % WORD) : sum),
      0,
    );
    if (bits === 0) return i === 0 ? '0x0' : '';
    return `0x${bits.toString(16).padStart(8, '0')}`;
  });
  return words.reverse().join(',');
}

/** One object of the tree, before what is in it. */
interface Part {
  readonly type: string;
  readonly osIndex: number | null;
  readonly cpus: CpuIds;
}

const unionOf = (lists: readonly CpuIds[]) =>
  Int32Array.from(new Set(lists.flatMap((list) => [...list]))).sort();

function setsOf(cpus: CpuIds): string {
  const set = formatHwlocBitmap(cpus);
  return ` cpuset="${set}" complete_cpuset="${set}"`;
}

/** Objects that contain others before those, and of equal ones the outer type first. */
function partsOf(machine: Topology): Part[] {
  const caches = (level: number) =>
    machine.caches
      .filter((cache) => cache.level === level)
      .map(({ cpus }) => ({ type: `L${level}Cache`, osIndex: null, cpus }));
  return [
    ...machine.packages.map(({ id, cpus }) => ({ type: 'Package', osIndex: id, cpus })),
    ...caches(4),
    ...machine.dies.map(({ id, cpus }) => ({ type: 'Die', osIndex: id, cpus })),
    ...caches(3),
    ...caches(2),
    ...caches(1),
    ...machine.cores.map((cpus, id) => ({ type: 'Core', osIndex: id, cpus })),
    ...[...machine.online].map((cpu) => ({ type: 'PU', osIndex: cpu, cpus: Int32Array.of(cpu) })),
  ];
}

/** A node's memory child, with the CPUs near to it where it has none itself. */
function memoryChildren(machine: Topology): string[] {
  const online = new Set(machine.online);
  return machine.numaNodes.map(({ id, cpus, memoryMiB }) => {
    const near = cpus.filter((cpu) => online.has(cpu));
    const memory = memoryMiB === undefined ? '' : ` local_memory="${memoryMiB * 1_048_576 + 4096}"`;
    const sets = setsOf(near.length === 0 ? machine.online : near);
    return `<object type="NUMANode" os_index="${id}"${sets} nodeset="0x00000001"${memory}><page_type size="${machine.pageSize}" count="7"/></object>`;
  });
}

/** The parts that lie in `within`, each with those in it; `rest` is in the order of partsOf(). */
function nested(rest: readonly Part[], within: CpuIds): string {
  const [first, ...others] = rest.filter((part) => part.cpus.every((cpu) => within.includes(cpu)));
  if (first === undefined) return '';
  const beside = others.filter((part) => !part.cpus.every((cpu) => first.cpus.includes(cpu)));
  const inside = nested(others, first.cpus);
  const index = first.osIndex === null ? '' : ` os_index="${first.osIndex}"`;
  const besides = unionOf(beside.map(({ cpus }) => cpus));
  return `<object type="${first.type}"${index}${setsOf(first.cpus)}>${inside}</object>\n${nested(beside, besides)}`;
}

function distances({ numaNodes, distances: rows }: Topology): string {
  if (rows.length === 0) return '';
  const indexes = numaNodes.map(({ id }) => id).join(' ');
  return [
    `<distances2 type="NUMANode" nbobjs="${rows.length}" kind="5" name="NUMALatency" indexing="os">`,
    `<indexes length="${indexes.length}">${indexes} </indexes>`,
    ...rows.map((row) => `<u64values length="9">${row.join(' ')} </u64values>`),
    '</distances2>',
  ].join('\n');
}

/** The machine as `lstopo --of xml` writes it; off-line CPUs are in its complete_cpuset. */
export function hwlocXml(machine: Topology): string {
  const online = formatHwlocBitmap(machine.online);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE topology SYSTEM "hwloc2.dtd">
<topology version="2.0">
<object type="Machine" os_index="0" cpuset="${online}" complete_cpuset="${formatHwlocBitmap(machine.present)}" allowed_cpuset="${online}" gp_index="1">
<info name="HostName" value="a &lt;host&gt;"/>
${memoryChildren(machine).join('\n')}
${nested(partsOf(machine), machine.online)}</object>
${distances(machine)}
<support name="discovery.pu"/>
</topology>
`;
}
