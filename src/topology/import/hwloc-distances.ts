/** Matrices of distances between NUMA nodes in hwloc XML, and which of them is the kernel's SLIT. */
import { InputError, quote } from '../../errors.ts';
import type { XmlAttributes } from '../../input/bounded-xml.ts';
import { HIGHEST_NODE_ID } from '../../kernel/nr-cpus.ts';

/** A square matrix, row after row, between objects in the order given. */
export interface HwlocMatrix {
  readonly line: number;
  /** What the rows stand for: os or gp indexes; null in hwloc 1.x: the nodes in the order of the file. */
  readonly indexes: readonly number[] | null;
  readonly indexing: 'os' | 'gp';
  readonly values: readonly number[];
}

/** A matrix whose elements are still being read. */
export interface OpenMatrix {
  readonly line: number;
  readonly size: number;
  readonly base: number;
  readonly indexing: 'os' | 'gp' | 'order';
  readonly indexes: string[];
  readonly values: string[];
}

const MOST_NODES = HIGHEST_NODE_ID + 1;

/** HWLOC_DISTANCES_KIND_FROM_OS and _MEANS_LATENCY, VALUE_LATENCY since 3.0 (hwloc/distances.h). */
const FROM_OS = 1;
const LATENCY = 4;

/** The kernel's distance of a node to itself (include/linux/topology.h, LOCAL_DISTANCE). */
const LOCAL_DISTANCE = 10;

/** The farthest: a byte of ACPI's table. */
const LONGEST_DISTANCE = 255;

function sizeOf(attributes: XmlAttributes): number | null {
  const size = Number(attributes.nbobjs);
  return Number.isInteger(size) && size >= 1 && size <= MOST_NODES ? size : null;
}

/** A <distances2> that can be the SLIT: of NUMA nodes, from the system, latencies. Null: another. */
export function openMatrix(attributes: XmlAttributes, line: number): OpenMatrix | null {
  const kind = Number(attributes.kind);
  const size = sizeOf(attributes);
  if (attributes.type !== 'NUMANode' || size === null) return null;
  if ((kind & FROM_OS) === 0 || (kind & LATENCY) === 0) return null;
  const indexing = attributes.indexing === 'gp' ? 'gp' : 'os';
  return { line, size, base: 1, indexing, indexes: [], values: [] };
}

/** A <distances> of hwloc 1.x: it tells neither the type of its objects nor where it is from. */
export function openOldMatrix(attributes: XmlAttributes, line: number): OpenMatrix | null {
  const base = Number(attributes.latency_base);
  const size = sizeOf(attributes);
  if (size === null || !(base > 0)) return null;
  return { line, size, base, indexing: 'order', indexes: [], values: [] };
}

/** More digits and blanks than a value of 64 bits has. */
const LONGEST_VALUE = 24;

function numbersOf(matrix: OpenMatrix, pieces: readonly string[], count: number, what: string) {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length > (count + 1) * LONGEST_VALUE) {
    throw new InputError(
      `line ${matrix.line}, distances: too much text for ${matrix.size} objects; expected ${count} numbers`,
    );
  }
  const words = pieces
    .join('')
    .split(/\s+/)
    .filter((word) => word !== '');
  const stray = words.find((word) => !/^\d+(?:\.\d+)?$/.test(word));
  if (stray !== undefined) {
    throw new InputError(
      `line ${matrix.line}, distances: ${quote(stray)} among the ${what}; expected whole numbers`,
    );
  }
  if (words.length !== count) {
    throw new InputError(
      `line ${matrix.line}, distances: ${words.length} ${what} for ${matrix.size} objects; expected ${count}`,
    );
  }
  return words.map(Number);
}

/** @throws InputError that names the line of the matrix where its numbers do not fit its size. */
export function closeMatrix(matrix: OpenMatrix): HwlocMatrix {
  const { line, size, base, indexing } = matrix;
  const values = numbersOf(matrix, matrix.values, size * size, 'values');
  return {
    line,
    indexes: indexing === 'order' ? null : numbersOf(matrix, matrix.indexes, size, 'indexes'),
    indexing: indexing === 'gp' ? 'gp' : 'os',
    // hwloc 1.x wrote values divided by a base, as decimal fractions.
    values: values.map((value) => Math.round(value * base * 1e4) / 1e4),
  };
}

export interface ChosenDistances {
  readonly distances: readonly (readonly number[])[];
  readonly resolved: readonly string[];
}

/** A node as a matrix may name it. */
export interface NamedNode {
  readonly osIndex: number | null;
  readonly gpIndex: number | null;
}

/** For each node the row of the matrix; null where the matrix is not about these very nodes. */
function rowsOf(matrix: HwlocMatrix, nodes: readonly NamedNode[], fileOrder: readonly NamedNode[]) {
  const { indexes, indexing } = matrix;
  if (matrix.values.length !== nodes.length ** 2) return null;
  const rows = nodes.map((node) =>
    indexes === null
      ? fileOrder.indexOf(node)
      : indexes.indexOf((indexing === 'gp' ? node.gpIndex : node.osIndex) ?? -1),
  );
  return rows.includes(-1) || new Set(rows).size < rows.length ? null : rows;
}

/**
 * The SLIT, a row and a column for each of `nodes`. In hwloc 1.x, which does not say what a matrix is
 * between, it is the one of that size with the kernel's distance 10 on its diagonal.
 */
export function chooseDistances<Node extends NamedNode>(
  matrices: readonly HwlocMatrix[],
  nodes: readonly Node[],
  fileOrder: readonly Node[],
): ChosenDistances {
  const resolved: string[] = [];
  for (const matrix of matrices) {
    const rows = rowsOf(matrix, nodes, fileOrder);
    if (rows === null) {
      if (matrix.indexes !== null) {
        resolved.push(
          `NUMA distances on line ${matrix.line} are left out: they are between other nodes`,
        );
      }
      continue;
    }
    const at = (row: number, column: number) => matrix.values[row * nodes.length + column]!;
    if (matrix.indexes === null && rows.some((row) => at(row, row) !== LOCAL_DISTANCE)) continue;
    const odd = matrix.values.find((value) => !Number.isInteger(value) || value > LONGEST_DISTANCE);
    if (odd === undefined) {
      return { distances: rows.map((row) => rows.map((column) => at(row, column))), resolved };
    }
    resolved.push(
      `NUMA distances on line ${matrix.line} are left out: ${odd} is not a whole number up to ${LONGEST_DISTANCE}`,
    );
  }
  return { distances: [], resolved };
}
