/** A machine from plain `lscpu`: the summary as text, in English. */
import { InputError } from '../../errors.ts';
import type { MachineDescription } from './description.ts';
import { describeLscpuSummary, type LscpuField } from './lscpu-summary.ts';

/** A summary has some fifty lines. */
const MOST_LINES = 10_000;

/** On a terminal lscpu breaks long values anywhere, and indents what belongs to a section. */
const CONTINUATION = /^\s+([0-9,-]+)\s*$/;

/**
 * What the summary tells: on-line and off-line CPUs, NUMA nodes and their CPUs.
 * @throws InputError with the line of what cannot be read.
 */
export function describeLscpuText(text: string): MachineDescription {
  const lines = text.split('\n', MOST_LINES + 1);
  if (lines.length > MOST_LINES) {
    throw new InputError(`more than ${MOST_LINES} lines; expected those of lscpu`);
  }
  const fields: LscpuField[] = [];
  lines.forEach((line, i) => {
    const colon = line.indexOf(':');
    const last = fields.at(-1);
    if (colon !== -1) {
      const label = line.slice(0, colon).trim();
      fields.push({ label, value: line.slice(colon + 1).trim(), place: `line ${i + 1}` });
    } else if (last !== undefined) {
      const more = CONTINUATION.exec(line)?.[1] ?? '';
      fields[fields.length - 1] = { ...last, value: last.value + more };
    }
  });
  return describeLscpuSummary('lscpu', fields);
}
