/** From a parsed JSON document to a Topology: its form by the schema, then the rules between its parts. */
import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';
import { InputError, quote } from '../input-error.ts';
import { DEFAULT_PAGE_SIZE } from '../units/pages.ts';
import { type CpuIds, formatCpulist, parseCpulist } from './cpulist.ts';
import { type TopologyDocument, topologySchema } from './schema.ts';
import type { Topology } from './topology.ts';

type Path = readonly PropertyKey[];

/** A JSON path as people write it: numaNodes[1].cpus; the document itself is $. */
function formatPath(path: Path): string {
  if (path.length === 0) return '$';
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    document,
  );
}

/** The keys that the schema knows where an unknown one was found, for "did you mean". */
function knownKeys(path: Path): readonly string[] {
  let schema: unknown = topologySchema;
  for (const key of path) {
    while (isOptional(schema)) schema = schema.unwrap();
    schema =
      typeof key === 'number' ? (schema as z.ZodArray).element : shapeOf(schema)[String(key)];
  }
  while (isOptional(schema)) schema = schema.unwrap();
  return Object.keys(shapeOf(schema));
}

function isOptional(schema: unknown): schema is z.ZodOptional {
  return (schema as z.ZodType).def?.type === 'optional';
}

function shapeOf(schema: unknown): Record<string, unknown> {
  return (schema as z.ZodObject).shape ?? {};
}

function describeIssue(document: unknown, issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = knownKeys(issue.path);
    return `${formatPath([...issue.path, key])} is an unknown key: did you mean ${quote(closest(key, [...known]))}?`;
  }
  const value = valueAt(document, issue.path);
  return value === undefined
    ? `${formatPath(issue.path)} is missing: ${issue.message}`
    : `${formatPath(issue.path)} is ${quote(value)}: ${issue.message}`;
}

function conform(document: unknown): TopologyDocument {
  const result = topologySchema.safeParse(document);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  const more = result.error.issues.length - 1;
  const rest = more === 0 ? '' : ` (and ${more} more ${more === 1 ? 'fault' : 'faults'})`;
  throw new InputError(`${first ? describeIssue(document, first) : 'not a topology'}${rest}`);
}

function cpusAt(path: Path, text: string): CpuIds {
  try {
    return parseCpulist(text);
  } catch (error) {
    if (error instanceof InputError)
      throw new InputError(`${formatPath(path)} is ${error.message}`);
    throw error;
  }
}

/** A list of CPUs that others must stay within, with a mark for each CPU in it. */
interface Whole {
  readonly path: Path;
  readonly cpus: CpuIds;
  readonly marks: Uint8Array;
}

function wholeOf(path: Path, cpus: CpuIds): Whole {
  const marks = new Uint8Array((cpus.at(-1) ?? -1) + 1);
  for (const cpu of cpus) marks[cpu] = 1;
  return { path, cpus, marks };
}

/** @throws InputError that names the first CPU of `part` outside `whole`. */
function demandWithin(path: Path, part: CpuIds, whole: Whole): void {
  const stray = part.find((cpu) => whole.marks[cpu] !== 1);
  if (stray === undefined) return;
  throw new InputError(
    `${formatPath(path)} is ${quote(formatCpulist(part))}: CPU ${stray} is not in ${formatPath(whole.path)}, ${quote(formatCpulist(whole.cpus))}`,
  );
}

interface Group {
  readonly path: Path;
  readonly cpus: CpuIds;
}

/**
 * Each CPU at most once over the groups; `what` names the kind in "in one NUMA node at most".
 * Returns for each CPU below `nrCpuIds` the index of its group, −1 where it is in none.
 */
function demandDisjoint(groups: readonly Group[], what: string, nrCpuIds: number): Int32Array {
  const groupOf = new Int32Array(nrCpuIds).fill(-1);
  groups.forEach(({ path, cpus }, index) => {
    for (const cpu of cpus) {
      const other = groups[groupOf[cpu]!];
      if (other !== undefined) {
        throw new InputError(
          `${formatPath(path)} is ${quote(formatCpulist(cpus))}: CPU ${cpu} is in ${formatPath(other.path)} too; a CPU is in one ${what} at most`,
        );
      }
      groupOf[cpu] = index;
    }
  });
  return groupOf;
}

/** Each on-line CPU exactly once over the groups. */
function demandPartition(
  groups: readonly Group[],
  online: CpuIds,
  key: string,
  what: string,
  nrCpuIds: number,
): void {
  const groupOf = demandDisjoint(groups, what, nrCpuIds);
  const homeless = online.find((cpu) => groupOf[cpu] === -1);
  if (homeless !== undefined) {
    throw new InputError(
      `${key}: on-line CPU ${homeless} is in no ${what}; it must be in exactly one`,
    );
  }
}

function demandUniqueIds(items: readonly { readonly id: number }[], key: string): void {
  const seen = new Map<number, number>();
  items.forEach(({ id }, index) => {
    const other = seen.get(id);
    if (other !== undefined) {
      throw new InputError(`${key}[${index}].id is ${id}: ${key}[${other}] has that id already`);
    }
    seen.set(id, index);
  });
}

function demandSquare(distances: readonly (readonly number[])[], nodes: number): void {
  if (distances.length !== nodes) {
    throw new InputError(
      `distances has ${distances.length} rows: expected one for each of the ${nodes} nodes`,
    );
  }
  distances.forEach((row, index) => {
    if (row.length !== nodes) {
      throw new InputError(
        `distances[${index}] has ${row.length} entries: expected one for each of the ${nodes} nodes`,
      );
    }
  });
}

/**
 * The Topology that a JSON document describes.
 * @throws InputError naming the first fault: JSON path, value and rule.
 */
export function validateTopology(document: unknown): Topology {
  const { cpus, ...rest } = conform(document);
  const possible = cpusAt(['cpus', 'possible'], cpus.possible);
  const nrCpuIds = (possible.at(-1) ?? -1) + 1;
  if (possible.length === 0) throw new InputError('cpus.possible is "": expected at least one CPU');
  const present = cpus.present === undefined ? possible : cpusAt(['cpus', 'present'], cpus.present);
  const possibleWhole = wholeOf(['cpus', 'possible'], possible);
  demandWithin(['cpus', 'present'], present, possibleWhole);
  const online = cpus.online === undefined ? present : cpusAt(['cpus', 'online'], cpus.online);
  demandWithin(['cpus', 'online'], online, wholeOf(['cpus', 'present'], present));
  if (online.length === 0) throw new InputError('cpus.online is "": expected at least one CPU');

  const group = (path: Path, text: string): Group => {
    const groupCpus = cpusAt(path, text);
    demandWithin(path, groupCpus, possibleWhole);
    return { path, cpus: groupCpus };
  };
  const cores = (rest.cores ?? []).map((list, i) => group(['cores', i], list));
  const caches = (rest.caches ?? []).map((cache, i) => group(['caches', i, 'cpus'], cache.cpus));
  const packages = (rest.packages ?? []).map((p, i) => group(['packages', i, 'cpus'], p.cpus));
  const nodes = rest.numaNodes.map((node, i) => group(['numaNodes', i, 'cpus'], node.cpus));

  if (cores.length > 0) demandPartition(cores, online, 'cores', 'core', nrCpuIds);
  if (packages.length > 0) demandPartition(packages, online, 'packages', 'package', nrCpuIds);
  demandPartition(nodes, online, 'numaNodes', 'NUMA node', nrCpuIds);
  for (const level of new Set((rest.caches ?? []).map((cache) => cache.level))) {
    const ofLevel = caches.filter((_, i) => rest.caches?.[i]?.level === level);
    demandDisjoint(ofLevel, `level-${level} cache`, nrCpuIds);
  }
  demandUniqueIds(rest.packages ?? [], 'packages');
  demandUniqueIds(rest.numaNodes, 'numaNodes');
  if (rest.distances !== undefined) demandSquare(rest.distances, nodes.length);

  return {
    name: rest.name,
    description: rest.description ?? '',
    source: rest.source ?? '',
    pageSize: rest.pageSize ?? DEFAULT_PAGE_SIZE,
    nrCpuIds,
    possible,
    present,
    online,
    cores: cores.map((core) => core.cpus),
    caches: (rest.caches ?? []).map(({ level }, i) => ({ level, cpus: caches[i]!.cpus })),
    packages: (rest.packages ?? []).map(({ id }, i) => ({ id, cpus: packages[i]!.cpus })),
    numaNodes: rest.numaNodes.map(({ id, memoryMiB }, i) => ({
      id,
      cpus: nodes[i]!.cpus,
      ...(memoryMiB === undefined ? {} : { memoryMiB }),
    })),
    distances: rest.distances ?? [],
  };
}
