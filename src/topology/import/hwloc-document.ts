/** hwloc XML as a list of objects: versions, elements and attributes, before anything is concluded. */
import { InputError, quote } from '../../errors.ts';
import { readXml, type XmlAttributes } from '../../input/bounded-xml.ts';
import {
  closeMatrix,
  type HwlocMatrix,
  type OpenMatrix,
  openMatrix,
  openOldMatrix,
} from './hwloc-distances.ts';
import { type HwlocObject, hwlocObject } from './hwloc-object.ts';

export interface HwlocDocument {
  /** As the user knows it: "1.x", "2.0", "3.0". */
  readonly version: string;
  /** The outermost object; its sets are those of the machine. */
  readonly machine: HwlocObject;
  /** All others, in the order of the file. */
  readonly objects: readonly HwlocObject[];
  /** Sizes of pages in bytes that memory is said to have; none in hwloc 3. */
  readonly pageSizes: readonly number[];
  readonly matrices: readonly HwlocMatrix[];
}

/** hwloc 1.x has no version in the file; 0.9 called the element <root>. */
const ROOTS = new Set(['topology', 'root']);

/** Of CPUs in sets, all objects together: a machine of 8,192 CPUs has some 100,000. */
const MOST_MEMBERS = 2_000_000;

const PACKAGES = new Set(['Package', 'Socket']);

function versionOf(name: string, attributes: XmlAttributes, line: number): string {
  if (!ROOTS.has(name)) {
    throw new InputError(
      `line ${line}: the root element is ${quote(name)}; expected "topology", as lstopo writes it`,
    );
  }
  const version = attributes.version;
  if (version === undefined) return '1.x';
  if (/^[1-3]\.\d+$/.test(version)) return version;
  throw new InputError(
    `line ${line}: version is ${quote(version)}; hwloc XML 1.x, 2.x and 3.x are read`,
  );
}

function pageSizeOf(attributes: XmlAttributes, line: number): number {
  const size = Number(attributes.size);
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new InputError(
    `line ${line}, page_type: size is ${quote(attributes.size)}; expected a number of bytes`,
  );
}

/**
 * The objects of an hwloc XML text. Names and values of <info> are not looked at: serial numbers and
 * host names are among them.
 * @throws InputError with the line of what is malformed, or no hwloc XML.
 */
export function readHwlocDocument(text: string): HwlocDocument {
  const objects: HwlocObject[] = [];
  const pageSizes: number[] = [];
  const matrices: HwlocMatrix[] = [];
  /** The objects that are open, outermost first. */
  const open: HwlocObject[] = [];
  let members = 0;
  let version: string | null = null;
  let matrix: OpenMatrix | null = null;
  let words: string[] | null = null;

  const openObject = (attributes: XmlAttributes, line: number): void => {
    const parent = open.at(-1);
    const within = parent === undefined || PACKAGES.has(parent.type) ? parent : parent.within;
    const object = hwlocObject(attributes, line, within ?? null);
    members += (object.cpuset?.ids.length ?? 0) + (object.completeCpuset?.ids.length ?? 0);
    if (members > MOST_MEMBERS) {
      throw new InputError(`line ${line}: more than 2,000,000 CPUs in the sets of all objects`);
    }
    objects.push(object);
    open.push(object);
  };
  const openOther = (name: string, attributes: XmlAttributes, line: number): void => {
    if (name === 'page_type') pageSizes.push(pageSizeOf(attributes, line));
    if (name === 'distances2') matrix = openMatrix(attributes, line);
    if (name === 'distances' && open.length === 1) matrix = openOldMatrix(attributes, line);
    if (name === 'latency') matrix?.values.push(`${attributes.value} `);
    words = name === 'indexes' ? (matrix?.indexes ?? null) : null;
    if (name === 'u64values') words = matrix?.values ?? null;
  };

  readXml(text, {
    open(name, attributes, line) {
      if (version === null) version = versionOf(name, attributes, line);
      else if (name === 'object') openObject(attributes, line);
      else openOther(name, attributes, line);
    },
    text: (piece) => void words?.push(piece),
    close(name) {
      if (name === 'object') open.pop();
      if ((name === 'distances2' || name === 'distances') && matrix !== null) {
        matrices.push(closeMatrix(matrix));
        matrix = null;
      }
      // Numbers of two elements do not join.
      words?.push(' ');
      words = null;
    },
  });

  const [machine, ...others] = objects;
  if (version === null || machine === undefined) {
    throw new InputError('no object in the topology: not even a Machine');
  }
  return { version, machine, objects: others, pageSizes, matrices };
}
