/** A machine from the rows of a table of lscpu: what `lscpu -p` and `lscpu -e -J` have in common. */
import { InputError } from '../../errors.ts';
import { formatCpulist } from '../cpulist.ts';
import type { MachineDescription } from './description.ts';
import { cachesMissing, cachesOf, coresOf, nodesOf, packagesOf } from './lscpu-groups.ts';
import { cacheNames, type LscpuRow, type LscpuTable, readLscpuRows } from './lscpu-row.ts';

interface SplitRows {
  readonly online: readonly LscpuRow[];
  readonly offline: readonly LscpuRow[];
  readonly resolved: readonly string[];
}

const cpusOf = (rows: readonly LscpuRow[]) => Int32Array.from(rows, ({ cpu }) => cpu).sort();

const hasPlace = ({ core, socket, caches }: LscpuRow) =>
  [core, socket, ...caches].some((id) => id !== null);

const hasNode = ({ node }: LscpuRow) => node !== null;

/** Linux tells no core, socket or cache of a CPU that is off-line, and seldom a node. */
function splitRows(rows: readonly LscpuRow[]): SplitRows {
  if (rows.some(({ online }) => online !== null)) {
    const online = rows.filter((row) => row.online === true);
    return { online, offline: rows.filter((row) => row.online !== true), resolved: [] };
  }
  const [isKnown, what] = rows.some(hasPlace)
    ? [hasPlace, 'core, socket and cache']
    : [hasNode, 'a node'];
  const online = rows.filter(isKnown);
  if (online.length === 0 || online.length === rows.length) {
    return { online: rows, offline: [], resolved: [] };
  }
  const offline = rows.filter((row) => !isKnown(row));
  return {
    online,
    offline,
    resolved: [`CPUs without ${what} are taken as off-line: ${formatCpulist(cpusOf(offline))}`],
  };
}

function demandEachOnce(rows: readonly LscpuRow[]): void {
  const seen = new Map<number, string>();
  for (const { cpu, place } of rows) {
    const other = seen.get(cpu);
    if (other !== undefined) {
      throw new InputError(`${place}: CPU ${cpu} has been on ${other} already`);
    }
    seen.set(cpu, place);
  }
}

/**
 * What a table tells of the machine. `listsAll`: off-line CPUs would be in it (`lscpu -e`, not `-p`).
 * Possible CPUs, dies, distances, memory and page size are in no table of lscpu.
 * @throws InputError "PLACE: …" where a row cannot be read, and where no CPU is on-line.
 */
export function describeLscpuRows(
  form: string,
  table: LscpuTable,
  listsAll: boolean,
): MachineDescription {
  const rows = readLscpuRows(table);
  demandEachOnce(rows);
  const { online, offline, resolved } = splitRows(rows);
  if (online.length === 0) {
    throw new InputError('no row of an on-line CPU; expected at least one');
  }
  const names = cacheNames(table.header);
  const cores = coresOf(online, names);
  const packages = packagesOf(online);
  const caches = cachesOf(online, names);
  const nodes = nodesOf(rows);
  const present = listsAll || offline.length > 0 ? cpusOf(rows) : null;
  const missing = (found: readonly unknown[], what: string) => (found.length === 0 ? [what] : []);
  return {
    form,
    name: null,
    possible: null,
    present,
    online: cpusOf(online),
    cores: cores.found,
    dies: [],
    caches,
    packages: packages.found,
    numaNodes: nodes,
    distances: [],
    pageSize: null,
    untold: [
      ...(present === null ? ['off-line CPUs'] : []),
      ...missing(cores.found, 'cores'),
      ...missing(packages.found, 'packages'),
      'dies',
      ...missing(caches, 'caches'),
      ...(nodes === null
        ? ['NUMA nodes and their CPUs']
        : ['NUMA nodes without CPUs', 'memory of NUMA nodes']),
      ...((nodes?.length ?? 0) > 1 ? ['NUMA distances'] : []),
    ],
    resolved: [
      ...resolved,
      ...cores.resolved,
      ...packages.resolved,
      ...(caches.length === 0 ? [] : cachesMissing(online)),
    ],
  };
}
