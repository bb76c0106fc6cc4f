/** What is told of a run's start: the size that its process reached, and what a warm-up has left out. */
import {
  formatBytes,
  formatCount,
  formatNumber,
  formatPagesAndBytes,
  type Scale,
} from '../../render/amounts.ts';
import { left, right, type TextTable } from '../../render/view.ts';
import type { Extremes } from '../../replay/tally.ts';
import type { WorstCase } from '../../schemes/bound.ts';
import { type PageSize, type Pages, pagesToBytes } from '../../units.ts';
import type { Comparison, MeasuredRun } from './result.ts';

/** Of the size asked for; a process that came this near has reached it. */
const REACHED = 0.9;

/** Below this share a run is mostly its start: what it says of the size asked for is a mistake. */
export const HARDLY_BEGUN = 0.1;

/**
 * "3.1 MiB of the 500.0 MiB asked for" where the run ended before its process had that share of the
 * size it was to have; else null.
 */
export function shortOfTarget(
  {
    workload: { pattern },
    largestRssPages,
    topology: { pageSize },
  }: Pick<Comparison, 'workload' | 'largestRssPages' | 'topology'>,
  share = REACHED,
): string | null {
  if (!('targetPages' in pattern) || largestRssPages === undefined) return null;
  if (largestRssPages >= share * pattern.targetPages) return null;
  const bytes = (pages: Pages) => formatBytes(pagesToBytes(pages, pageSize));
  return `${bytes(largestRssPages)} of the ${bytes(pattern.targetPages)} asked for`;
}

/** "1,000 operations", or what a warm-up leaves of them: "206 operations after 794 of warm-up". */
export function observedText({ operations, warmUp }: Pick<MeasuredRun, 'operations' | 'warmUp'>) {
  if (warmUp === undefined) return formatCount(operations, 'operation');
  const observed = formatCount(operations - warmUp.operations, 'operation');
  return `${observed} after ${formatNumber(warmUp.operations)} of warm-up`;
}

export function operationOfLargest(errors: Extremes): string {
  const { under, over, underAtOperation, overAtOperation } = errors;
  const operation = under >= over ? underAtOperation : overAtOperation;
  return operation === null ? '-' : formatNumber(operation);
}

/** What a warm-up has left out; of several runs, the least and the most operations. */
export interface LeftOut {
  readonly least: number;
  readonly most: number;
  readonly untilPages: Pages | null;
  readonly schemes: readonly { readonly name: string; readonly extremes: WorstCase }[];
}

/** "794 operations", of several runs "701 to 794 operations". */
function operationsText({ least, most }: LeftOut): string {
  const operations = formatCount(most, 'operation');
  return least === most ? operations : `${formatNumber(least)} to ${operations}`;
}

export function leftOutTable(leftOut: LeftOut, scale: Scale): TextTable {
  return {
    title: `Left out, ${operationsText(leftOut)} of warm-up`,
    scale,
    columns: [left('scheme'), right('low'), right('high')],
    rows: leftOut.schemes.map(({ name, extremes: { under, over } }) => [
      name,
      { signed: -under },
      { signed: over },
    ]),
  };
}

export function leftOutText(leftOut: LeftOut, pageSize: PageSize): string {
  const { untilPages } = leftOut;
  const operations = operationsText(leftOut);
  return untilPages === null
    ? operations
    : `auto: ${operations}, until ${formatPagesAndBytes(untilPages, pageSize)} are resident`;
}
