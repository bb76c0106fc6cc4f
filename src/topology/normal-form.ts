/** The normalised form of a topology, and the hash that names it in results. */
import { createHash } from 'node:crypto';
import { formatCpulist } from './cpulist.ts';
import type { TopologyDocument } from './schema.ts';
import type { Topology } from './topology.ts';

/** The document that describes a topology canonically: every list in sysfs form, defaults spelled out. */
export function topologyDocument(topology: Topology): TopologyDocument {
  const { name, description, source, pageSize, possible, present, online } = topology;
  return {
    name,
    ...(description === '' ? {} : { description }),
    ...(source === '' ? {} : { source }),
    pageSize,
    cpus: {
      possible: formatCpulist(possible),
      present: formatCpulist(present),
      online: formatCpulist(online),
    },
    cores: topology.cores.map(formatCpulist),
    caches: topology.caches.map(({ level, cpus }) => ({ level, cpus: formatCpulist(cpus) })),
    packages: topology.packages.map(({ id, cpus }) => ({ id, cpus: formatCpulist(cpus) })),
    // Parts that came later than the hash are left out where there are none.
    ...(topology.dies.length === 0
      ? {}
      : {
          // Without spreading, of a million: an object then takes a microsecond less.
          dies: topology.dies.map(({ packageId, id, cpus }) =>
            packageId === null
              ? { id, cpus: formatCpulist(cpus) }
              : { package: packageId, id, cpus: formatCpulist(cpus) },
          ),
        }),
    ...(topology.numaNodes.length === 0
      ? {}
      : {
          numaNodes: topology.numaNodes.map(({ id, cpus, memoryMiB }) => ({
            id,
            cpus: formatCpulist(cpus),
            ...(memoryMiB === undefined ? {} : { memoryMiB }),
          })),
        }),
    ...(topology.distances.length === 0
      ? {}
      : { distances: topology.distances.map((row) => [...row]) }),
  };
}

/** So many entries of a list are hashed at a time: a list of a million is never text as a whole. */
const CHUNK = 4096;

const LISTS = ['cores', 'caches', 'packages', 'dies', 'numaNodes'] as const;

type ListName = (typeof LISTS)[number];

const isList = (key: string): key is ListName => LISTS.some((list) => list === key);

/** Entries of one list, as the document has them. */
function entriesOf(topology: Topology, list: ListName, from: number, to: number): unknown {
  const none = new Int32Array(0);
  const empty = { possible: none, present: none, online: none, distances: [] };
  const only = { [list]: topology[list].slice(from, to) };
  return topologyDocument({ ...topology, ...empty, ...listsUpTo(topology, 0), ...only })[list];
}

/** At most so many entries of each list. */
function listsUpTo({ cores, caches, packages, dies, numaNodes }: Topology, most: number) {
  return {
    cores: cores.slice(0, most),
    caches: caches.slice(0, most),
    packages: packages.slice(0, most),
    dies: dies.slice(0, most),
    numaNodes: numaNodes.slice(0, most),
  };
}

/** The topology with one entry of each list that has any: its document has all keys. */
const outlineOf = (topology: Topology): Topology => ({ ...topology, ...listsUpTo(topology, 1) });

/** JSON without blanks, or as renderJson() writes it. */
interface Layout {
  readonly indent: number;
  readonly colon: string;
  /** Before a key, and before the end of the document. */
  readonly line: string;
  readonly lastLine: string;
}

const COMPACT: Layout = { indent: 0, colon: ':', line: '', lastLine: '' };

const INDENTED: Layout = { indent: 2, colon: ': ', line: '\n  ', lastLine: '\n' };

/** The JSON of a document, piece by piece; its lists are all of the topology's. */
function* jsonPieces(topology: Topology, document: object, layout: Layout): Generator<string> {
  const { indent, colon, line, lastLine } = layout;
  const textOf = (value: unknown) => JSON.stringify(value, null, indent).replaceAll('\n', '\n  ');
  let before = '{';
  for (const [key, value] of Object.entries(document)) {
    yield `${before}${line}${JSON.stringify(key)}${colon}`;
    before = ',';
    if (!isList(key) || topology[key].length === 0) yield textOf(value);
    else {
      const end = `${line}]`;
      for (let at = 0; at < topology[key].length; at += CHUNK) {
        const entries = textOf(entriesOf(topology, key, at, at + CHUNK)).slice(1, -end.length);
        yield `${at === 0 ? '[' : ','}${entries}`;
      }
      yield end;
    }
  }
  yield `${lastLine}}`;
}

/** The JSON of the document that `documentOf` makes of a topology, a line's end behind it, piece by piece. */
export function* documentJson(
  topology: Topology,
  documentOf: (topology: Topology) => TopologyDocument = topologyDocument,
): Generator<string> {
  yield* jsonPieces(topology, documentOf(outlineOf(topology)), INDENTED);
  yield '\n';
}

/** SHA-256 of the normalised form without its prose, in hexadecimal: of its name and every fact, lists in their order. */
export function topologySha256(topology: Topology): string {
  const hash = createHash('sha256');
  const { description: _, source: __, ...facts } = topologyDocument(outlineOf(topology));
  for (const piece of jsonPieces(topology, facts, COMPACT)) hash.update(piece);
  return hash.digest('hex');
}
