/** A machine from `lscpu -e -J`: a JSON list of CPUs, whatever columns were asked for. */
import { InputError, quote } from '../../errors.ts';
import type { MachineDescription } from './description.ts';
import { parseLscpuJson } from './lscpu-json-text.ts';
import type { LscpuCells } from './lscpu-row.ts';
import { describeLscpuRows } from './lscpu-rows.ts';

/** Numbers and true or false; of old util-linux all values are strings. */
function cellOf(place: string, column: string, value: unknown): string | null {
  if (value === null || value === '' || value === '-') return null;
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new InputError(`${place}.${column} is ${quote(value)}; expected a number or a string`);
}

/**
 * What `lscpu -e -J` tells, with any list of columns.
 * @throws InputError with line and column of what is malformed, or the JSON path of a value.
 */
export function describeLscpuTable(text: string): MachineDescription {
  const objects = parseLscpuJson(text, 'cpus');
  const keys = Object.keys(objects[0] ?? {});
  const rows = objects.map((object, i): LscpuCells => {
    const place = `cpus[${i}]`;
    const stray = Object.keys(object).find((key) => !keys.includes(key));
    if (stray !== undefined) {
      throw new InputError(`${place} has ${quote(stray)}, which cpus[0] has not`);
    }
    return { place, cells: keys.map((key) => cellOf(place, key, object[key] ?? null)) };
  });
  const header = keys.map((key) => key.toLowerCase());
  return describeLscpuRows('lscpu -e -J', { header, rows }, true);
}
