/** Readers of RSS and the tools behind them, as tables. */
import { left, type TextTable, type TextView } from '../../render/view.ts';
import type { ReadersResult } from './result.ts';

/** A row a reader, a column a kernel. */
function readersTable({ readers }: ReadersResult): TextTable {
  const kernels = [...new Set(readers.map(({ kernel }) => kernel))];
  const names = [...new Set(readers.map(({ reader }) => reader))];
  return {
    title: 'What a reader gets of the counters',
    columns: [left('reader'), ...kernels.map((kernel) => left(kernel))],
    rows: names.map((name) => [
      name,
      ...kernels.map(
        (kernel) => readers.find((row) => row.reader === name && row.kernel === kernel)!.sums,
      ),
    ]),
  };
}

function toolsTable({ tools, readers }: ReadersResult): TextTable {
  const kernels = new Set(readers.map(({ kernel }) => kernel));
  const gets = kernels.size === 1 ? new Map(readers.map((row) => [row.reader, row.sums])) : null;
  return {
    title: 'Tools, and what each reads',
    columns: [
      left('--reader'),
      left('reads'),
      ...(gets === null ? [] : [left('and gets')]),
      { ...left('figure'), wrapAt: 26 },
      { ...left('versions'), wrapAt: 14 },
    ],
    rows: tools.map(({ word, tool, versions, figure, reader }) => [
      word,
      reader,
      ...(gets === null ? [] : [gets.get(reader)!]),
      `${tool} ${figure}`.trim(),
      versions,
    ]),
    mayDivide: true,
  };
}

export function readersView(result: ReadersResult, reproduce: string): TextView {
  const { program, readers } = result;
  const kernels = new Map(readers.map((row) => [row.kernel, row]));
  const reads = new Map(readers.map((row) => [row.reader, row.reads]));
  return {
    title: `rss-err ${program.version} readers: whose figure is it`,
    facts: Array.from(
      kernels,
      ([kernel, { scheme, schemeSource }]) =>
        [kernel, `${scheme} counters (${schemeSource})`] as const,
    ),
    tables: [readersTable(result), toolsTable(result)],
    findings: [],
    notes: [
      Array.from(reads, ([reader, what]) => `${reader}: ${what}`).join('; '),
      "approximate, precise: sum of the counters, each member below 0 counts as 0; raw: one counter's shared value; mark: the highest approximate sum at the kernel's own moments, or the precise one now; walk: of the page tables, the truth; own: a counter of its own; none: not there",
      'sources, and how each was measured: --format csv, json',
    ],
    reproduce,
  };
}
