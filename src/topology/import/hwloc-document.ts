/** hwloc XML as a list of objects: versions, elements and attributes, before anything is concluded. */

import { InputError, quote, within } from '../../errors.ts';
import { readXml, type XmlAttributes } from '../../input/xml.ts';
import { HIGHEST_NODE_ID } from '../../kernel/nr-cpus.ts';
import { type CpuIds, cpusOfWords } from '../cpulist.ts';

interface HwlocBitmap {
  /** The bits that are written out, ascending. */
  readonly ids: CpuIds;
  /** "0xf...f": all bits above those written out are set too. */
  readonly endless: boolean;
}

const ENDLESS = '0xf...f';

const WORD = /^(?:0x[0-9a-f]{1,8})?$/i;

/**
 * The bits of a bitmap as hwloc writes it (hwloc_bitmap_snprintf): words of "0x" and up to eight
 * digits with commas between them; a word of zeroes may be empty, leading ones are left out.
 * @throws InputError that quotes the text; a bit beyond CPU 1,048,575 is a fault too.
 */
export function parseHwlocBitmap(text: string): HwlocBitmap {
  const words = text.split(',');
  const endless = words[0] === ENDLESS;
  if (endless) words.shift();
  const stray = words.find((word) => word !== '' && !WORD.test(word));
  if (stray !== undefined) {
    throw new InputError(
      `${quote(text)} is no hwloc bitmap; expected 32-bit words such as "0x00000001,,0xffffffff"`,
    );
  }
  const ids = cpusOfWords(
    words,
    (bit) =>
      new InputError(
        `${quote(text)}: bit ${bit} is beyond 1,048,575, the highest CPU there can be`,
      ),
  );
  return { ids, endless };
}

export interface HwlocObject {
  readonly type: string;
  readonly line: number;
  /** The number that Linux gives; null where hwloc knows none. */
  readonly osIndex: number | null;
  /** hwloc's own number of the object, which matrices of distances may refer to; null before 2.0. */
  readonly gpIndex: number | null;
  /** Without CPUs that are off-line or forbidden; null for devices. */
  readonly cpuset: HwlocBitmap | null;
  /** With them. */
  readonly completeCpuset: HwlocBitmap | null;
  /** hwloc 1.x alone. */
  readonly onlineCpuset: HwlocBitmap | null;
  /** Level of a cache that holds data, null for other objects and instruction caches. */
  readonly cacheLevel: number | null;
  readonly memoryBytes: number | null;
  /**
   * The nodes near to it, those too that are hidden from the job that wrote the file; only read where
   * some are, and of a CPU that has none of its own that of the object around it.
   */
  readonly nodes: CpuIds | null;
  /** The package that the object is in; null where it is in none. */
  readonly within: HwlocObject | null;
}

/** HWLOC_UNKNOWN_INDEX as hwloc 1.x wrote it: (unsigned) −1. */
const UNKNOWN = new Set(['-1', '4294967295', '18446744073709551615']);

/** Instruction caches have the value 2 (hwloc_obj_cache_type_t), or an "i" in their type. */
const INSTRUCTION = '2';

const LONGEST_TYPE = 40;

/** Where an object stands, for messages. */
export function placeOf({ type, line }: Pick<HwlocObject, 'type' | 'line'>): string {
  return `line ${line}, ${type.slice(0, LONGEST_TYPE)}`;
}

type Place = Pick<HwlocObject, 'type' | 'line'>;

function wholeNumber(place: Place, attributes: XmlAttributes, key: string): number | null {
  const text = attributes[key];
  if (text === undefined || UNKNOWN.has(text)) return null;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InputError(`${placeOf(place)}: ${key} is ${quote(text)}; expected a whole number`);
}

function bitmap(place: Place, attributes: XmlAttributes, key: string): HwlocBitmap | null {
  const text = attributes[key];
  if (text === undefined) return null;
  return within(`${placeOf(place)}, ${key}`, () => parseHwlocBitmap(text));
}

/** "L3Cache" since hwloc 2.0; "Cache" with a depth before; "L1iCache", and type 2, hold instructions. */
function cacheLevel(place: Place, attributes: XmlAttributes): number | null {
  if (attributes.cache_type === INSTRUCTION) return null;
  const named = /^L([1-5])Cache$/.exec(place.type)?.[1];
  if (named !== undefined) return Number(named);
  if (place.type !== 'Cache') return null;
  const depth = wholeNumber(place, attributes, 'depth');
  if (depth !== null && depth >= 1 && depth <= 5) return depth;
  throw new InputError(
    `${placeOf(place)}: depth is ${quote(attributes.depth ?? '')}; expected 1 to 5`,
  );
}

/** Types whose sets are of no use here, the most frequent of all among them. */
const WITHOUT_SETS = new Set(['PU', 'Misc', 'Bridge', 'PCIDev', 'OSDev', 'Group', 'MemCache']);

/** @throws InputError that names line, attribute and value of what cannot be read. */
function hwlocObject(
  attributes: XmlAttributes,
  line: number,
  within: HwlocObject | null,
  around: CpuIds | null,
): HwlocObject {
  const type = attributes.type;
  if (type === undefined) throw new InputError(`line ${line}: an object without a type`);
  const place = { type, line };
  const set = (key: string) => (WITHOUT_SETS.has(type) ? null : bitmap(place, attributes, key));
  // "obj12" is hwloc 3's form of gp_index="12".
  const id = /^obj(\d{1,15})$/.exec(attributes.id ?? '')?.[1];
  return {
    type,
    line,
    osIndex: wholeNumber(place, attributes, 'os_index'),
    gpIndex: id === undefined ? wholeNumber(place, attributes, 'gp_index') : Number(id),
    cpuset: set('cpuset'),
    completeCpuset: set('complete_cpuset'),
    onlineCpuset: set('online_cpuset'),
    cacheLevel: cacheLevel(place, attributes),
    nodes:
      around === null ? null : (finite(bitmap(place, attributes, 'complete_nodeset')) ?? around),
    memoryBytes: type === 'NUMANode' ? wholeNumber(place, attributes, 'local_memory') : null,
    within,
  };
}

/** The set where it is written out in full; null where it is absent or has no end. */
export function finite(bitmap: HwlocBitmap | null): CpuIds | null {
  return bitmap === null || bitmap.endless ? null : bitmap.ids;
}

/** The CPUs of an object, those off-line or forbidden too. */
export function membersOf({ cpuset, completeCpuset }: HwlocObject): CpuIds {
  return finite(completeCpuset) ?? finite(cpuset) ?? new Int32Array(0);
}

/** A square matrix, row after row, between objects in the order given. */
export interface HwlocMatrix {
  readonly line: number;
  /** What the rows stand for: os or gp indexes; null in hwloc 1.x: the nodes in the order of the file. */
  readonly indexes: readonly number[] | null;
  readonly indexing: 'os' | 'gp';
  readonly values: readonly number[];
}

/** A matrix whose elements are still being read. */
interface OpenMatrix {
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

function sizeOf(attributes: XmlAttributes): number | null {
  const size = Number(attributes.nbobjs);
  return Number.isInteger(size) && size >= 1 && size <= MOST_NODES ? size : null;
}

/** A <distances2> that can be the SLIT: of NUMA nodes, from the system, latencies. Null: another. */
function openMatrix(attributes: XmlAttributes, line: number): OpenMatrix | null {
  const kind = Number(attributes.kind);
  const size = sizeOf(attributes);
  if (attributes.type !== 'NUMANode' || size === null) return null;
  if ((kind & FROM_OS) === 0 || (kind & LATENCY) === 0) return null;
  const indexing = attributes.indexing === 'gp' ? 'gp' : 'os';
  return { line, size, base: 1, indexing, indexes: [], values: [] };
}

/** A <distances> of hwloc 1.x: it tells neither the type of its objects nor where it is from. */
function openOldMatrix(attributes: XmlAttributes, line: number): OpenMatrix | null {
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
function closeMatrix(matrix: OpenMatrix): HwlocMatrix {
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

export interface HwlocDocument {
  /** As the user knows it: "1.x", "2.0", "3.0". */
  readonly version: string;
  /** The outermost object; its sets are those of the machine. */
  readonly machine: HwlocObject;
  /** All others, and the outermost where it is a part itself, in the order of the file. */
  readonly objects: readonly HwlocObject[];
  /** NUMA nodes that are there and that the job may not use: without an object. */
  readonly hiddenNodes: CpuIds;
  /** Sizes of pages in bytes that memory is said to have; none in hwloc 3. */
  readonly pageSizes: readonly number[];
  readonly matrices: readonly HwlocMatrix[];
}

/** hwloc 1.x has no version in the file; 0.9 called the element <root>. */
const ROOTS = new Set(['topology', 'root']);

/** Of virsh dumpxml, capabilities and nodedev-dumpxml. */
const LIBVIRT = new Set(['domain', 'domstatus', 'domainsnapshot', 'capabilities', 'device']);

/** Of CPUs in sets, all objects together: a machine of 8,192 CPUs has some 100,000. */
const MOST_MEMBERS = 2_000_000;

const ROOT_TYPES = new Set(['Machine', 'System']);

const PACKAGES = new Set(['Package', 'Socket']);

function versionOf(name: string, attributes: XmlAttributes, line: number): string {
  if (LIBVIRT.has(name)) {
    throw new InputError(
      `line ${line}: ${quote(name)} is libvirt's XML, which is not read: give QEMU's command line (virsh domxml-to-native qemu-argv), or lscpu -e -J of the guest`,
    );
  }
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
    `line ${line}, page_type: size is ${quote(attributes.size ?? '')}; expected a number of bytes`,
  );
}

/** The nodes of the machine's complete_nodeset that are not in its nodeset. */
function hiddenOf(attributes: XmlAttributes, line: number): CpuIds {
  const place = { type: attributes.type ?? '', line };
  const complete = finite(bitmap(place, attributes, 'complete_nodeset'));
  const own = finite(bitmap(place, attributes, 'nodeset'));
  if (complete === null || own === null) return new Int32Array(0);
  const isOwn = new Set(own);
  return complete.filter((node) => node <= HIGHEST_NODE_ID && !isOwn.has(node));
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
  let hiddenNodes: CpuIds = new Int32Array(0);
  let version: string | null = null;
  let matrix: OpenMatrix | null = null;
  let words: string[] | null = null;

  const openObject = (attributes: XmlAttributes, line: number): void => {
    const parent = open.at(-1);
    const within = parent === undefined || PACKAGES.has(parent.type) ? parent : parent.within;
    if (parent === undefined) hiddenNodes = hiddenOf(attributes, line);
    const around = hiddenNodes.length === 0 ? null : (parent?.nodes ?? new Int32Array(0));
    const object = hwlocObject(attributes, line, within ?? null, around);
    members += (object.cpuset?.ids.length ?? 0) + (object.completeCpuset?.ids.length ?? 0);
    members += object.nodes?.length ?? 0;
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
    if (name === 'latency') {
      const { value } = attributes;
      if (value === undefined) throw new InputError(`line ${line}: a latency without a value`);
      matrix?.values.push(`${value} `);
    }
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
  // hwloc 1.x leaves a Machine out that would hold one node alone.
  const parts = ROOT_TYPES.has(machine.type) ? others : objects;
  return { version, machine, objects: parts, hiddenNodes, pageSizes, matrices };
}
