/** Places in a JSON document, as messages name them. */

export type Path = readonly PropertyKey[];

/** A JSON path as people write it: numaNodes[1].cpus; the document itself is $. */
export function formatPath(path: Path): string {
  if (path.length === 0) return '$';
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}
