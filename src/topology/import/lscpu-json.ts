/** A machine from `lscpu -J`: the summary as JSON, flat or in sections. */
import { InputError, quote } from '../../errors.ts';
import type { MachineDescription } from './description.ts';
import { objectsAt, parseLscpuJson } from './lscpu-json-text.ts';
import { describeLscpuSummary, type LscpuField } from './lscpu-summary.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Sections stand within sections (--hierarchic, util-linux after 2.38), a few deep. */
const DEEPEST = 16;

function textOf(data: unknown, path: string): string {
  if (data === null || data === undefined) return '';
  if (typeof data === 'string' || typeof data === 'number') return String(data);
  throw new InputError(`${path}.data is ${quote(data)}; expected a string`);
}

function fieldsOf(objects: readonly JsonObject[], path: string, depth: number): LscpuField[] {
  if (depth > DEEPEST) throw new InputError(`${path}: sections nested deeper than ${DEEPEST}`);
  return objects.flatMap((object, i) => {
    const place = `${path}[${i}]`;
    const { field, data, children } = object;
    if (typeof field !== 'string') {
      throw new InputError(`${place}.field is ${quote(field ?? null)}; expected a string`);
    }
    const own = { label: field.trim().replace(/:$/, ''), value: textOf(data, place), place };
    if (children === undefined) return [own];
    const nested = `${place}.children`;
    return [own, ...fieldsOf(objectsAt(children, nested), nested, depth + 1)];
  });
}

/**
 * What the summary tells: on-line and off-line CPUs, NUMA nodes and their CPUs.
 * @throws InputError with line and column of what is malformed, or the JSON path of a value.
 */
export function describeLscpuJson(text: string): MachineDescription {
  return describeLscpuSummary('lscpu -J', fieldsOf(parseLscpuJson(text, 'lscpu'), 'lscpu', 1));
}
