/** The processes of a trace as a table: those that were off the most. */

import { lifeName } from '../../../recorded/trace/reconstruct.ts';
import { type AmountStyle, groupDigits } from '../../../render/amounts.ts';
import { formatSides, unitName } from '../../../render/sides.ts';
import type { TextTable } from '../../../render/view.ts';
import type { Reading, Replayed } from '../../compare/result.ts';
import type { TracedProcess } from './process-result.ts';

/** Rows that a table shows; machine formats have all. */
const MOST_ROWS = 10;

function worstOf({ schemes }: TracedProcess, reading: Reading): number {
  return Math.max(
    ...schemes.map(({ observed }) => Math.max(observed[reading].under, observed[reading].over)),
  );
}

/** "rssload 247315454". */
function processName({ comm, mm, life }: TracedProcess): string {
  return `${comm ?? '-'} ${lifeName(mm, life)}`;
}

const digits = (count: number) => groupDigits(count.toFixed(0));

/** None where there is one process only: the table of all says the same. */
export function tracedProcessesTable(
  { processes = [], trace }: Replayed,
  style: AmountStyle,
  reading: Reading,
  plusMinus: string,
): TextTable[] {
  const all = trace?.processesReplayed ?? 0;
  if (all < 2) return [];
  const rows = [...processes]
    .sort((a, b) => worstOf(b, reading) - worstOf(a, reading))
    .slice(0, MOST_ROWS);
  const most = all > rows.length ? `, the ${rows.length} of ${digits(all)} that were off most` : '';
  const right = 'right' as const;
  return [
    {
      title: `Observed by process${most}, low/high, in ${unitName(style)}`,
      columns: [
        { head: 'process', align: 'left' },
        { head: 'ops', align: right },
        ...(rows[0]?.schemes ?? []).map(({ name }) => ({
          head: name,
          align: right,
          isName: true as const,
        })),
      ],
      rows: rows.map((traced) => [
        processName(traced),
        digits(traced.operations),
        ...traced.schemes.map(({ observed }) => formatSides(observed[reading], style, plusMinus)),
      ]),
      mayDivide: true,
    },
  ];
}
