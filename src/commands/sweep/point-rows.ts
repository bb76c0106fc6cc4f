/** The rows of all points of a sweep in one table: the point's number and parameters, then the command's columns. */
import { type RowCells, renderRows } from '../../render/columns.ts';
import { createRows, type Sweep } from './read-report.ts';

/** Rows that are written together. */
const AT_ONCE = 1000;

/**
 * CSV or TSV. A column that only some points have is empty in the others; a point that was refused has
 * no row.
 */
export async function renderPointRows(sweep: Sweep, delimiter: ',' | '\t'): Promise<string> {
  const rowsOf = createRows();
  const all: RowCells[] = [];
  const names = new Set<string>(['point']);
  for await (const { point, parameters, result } of sweep.points) {
    const own = Object.entries(parameters).map(
      ([name, value]) => [`parameter_${name.replaceAll('-', '_')}`, value] as const,
    );
    for (const [name] of own) names.add(name);
    if (result === null) continue;
    const { names: columns, records } = await rowsOf(result);
    for (const name of columns) names.add(name);
    for (const cells of records) all.push({ point, ...Object.fromEntries(own), ...cells });
  }
  const columns = [...names];
  let text = all.length === 0 ? renderRows([], columns, delimiter, true) : '';
  for (let start = 0; start < all.length; start += AT_ONCE) {
    text += renderRows(all.slice(start, start + AT_ONCE), columns, delimiter, start === 0);
  }
  return text;
}
