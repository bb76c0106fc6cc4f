/** One object of an hwloc topology: the attributes of its XML element that describe CPUs and memory. */
import { InputError, quote } from '../../errors.ts';
import type { XmlAttributes } from '../../input/bounded-xml.ts';
import type { CpuIds } from '../cpulist.ts';
import { type HwlocBitmap, parseHwlocBitmap } from './hwloc-bitmap.ts';

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
  /** The package that the object is in; null where it is in none. */
  readonly within: HwlocObject | null;
}

/** HWLOC_UNKNOWN_INDEX as hwloc 1.x wrote it: (unsigned) −1. */
const UNKNOWN = new Set(['-1', '4294967295', '18446744073709551615']);

/** Instruction caches have the value 2 (hwloc_obj_cache_type_t), or an "i" in their type. */
const INSTRUCTION = '2';

/** Where an object stands, for messages. */
export function placeOf({ type, line }: Pick<HwlocObject, 'type' | 'line'>): string {
  return `line ${line}, ${type}`;
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
  try {
    return parseHwlocBitmap(text);
  } catch (error) {
    if (error instanceof InputError) {
      throw new InputError(`${placeOf(place)}, ${key}: ${error.message}`);
    }
    throw error;
  }
}

/** "L3Cache" since hwloc 2.0; "Cache" with a depth before; "L1iCache", and type 2, hold instructions. */
function cacheLevel(place: Place, attributes: XmlAttributes): number | null {
  if (attributes.cache_type === INSTRUCTION) return null;
  const named = /^L([1-5])Cache$/.exec(place.type)?.[1];
  if (named !== undefined) return Number(named);
  if (place.type !== 'Cache') return null;
  const depth = wholeNumber(place, attributes, 'depth');
  if (depth !== null && depth >= 1 && depth <= 5) return depth;
  throw new InputError(`${placeOf(place)}: depth is ${quote(attributes.depth)}; expected 1 to 5`);
}

/** Types whose sets are of no use here, the most frequent of all among them. */
const WITHOUT_SETS = new Set(['PU', 'Misc', 'Bridge', 'PCIDev', 'OSDev', 'Group', 'MemCache']);

/** @throws InputError that names line, attribute and value of what cannot be read. */
export function hwlocObject(
  attributes: XmlAttributes,
  line: number,
  within: HwlocObject | null,
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
