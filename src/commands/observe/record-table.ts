/** What a record's own kernel was off by, as a table beside what is replayed. */
import { lifeName } from '../../recorded/trace/life.ts';
import { formatNumber, type Scale } from '../../render/amounts.ts';
import { type Cell, left, right, type TextTable } from '../../render/view.ts';
import { printable } from '../../render/words.ts';
import type { Observed } from './record.ts';
import type { ObservedFigures } from './result.ts';

/** What lowest, highest and mean leave out. */
export const READINGS_NOTE =
  'readings: those that the process did not fault in between, of which lowest, highest and mean are';

export function recordTable(
  { kernel, scheme }: Pick<Observed, 'kernel' | 'scheme'>,
  processes: readonly ObservedFigures[],
  scale: Scale,
): TextTable {
  return {
    title: `Observed in the record, by ${scheme} counters of ${kernel}`,
    scale,
    columns: [left('process'), ...['readings', 'lowest', 'highest', 'mean'].map(right)],
    rows: processes.map(({ pid, life, command, readings, faulted, lowest, highest, mean }) => [
      `${printable(command)} ${lifeName(pid, life)}`,
      formatNumber(readings - faulted),
      ...[lowest, highest, mean].map((interval): Cell => interval ?? '-'),
    ]),
    mayDivide: true,
  };
}
