/** Writes a record that is one operation to update columns. */
import type { Pages } from '../units.ts';
import type { UpdateColumns } from '../update/columns.ts';
import type { RowShape } from './recorded.ts';

/** Appends the rows of a record of so many pages; the last one ends the operation. */
export function appendRows(
  columns: UpdateColumns,
  shapes: readonly RowShape[],
  pages: Pages,
  cpu: number,
  thread: number,
): void {
  const first = columns.length;
  for (const [i, { kind, member, sign }] of shapes.entries()) {
    const row = first + i;
    columns.thread[row] = thread;
    columns.cpu[row] = cpu;
    columns.pages[row] = sign * pages;
    columns.kind[row] = kind;
    columns.member[row] = member;
    columns.operationEnd[row] = i === shapes.length - 1 ? 1 : 0;
  }
  columns.length = first + shapes.length;
}
