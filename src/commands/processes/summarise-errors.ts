/** Errors of many processes as a result has them. */
import { MEMBERS } from '../../kernel/rss-stat.ts';
import { type Histogram, nearestRank, valuesAtRanks } from '../../replay/histogram.ts';
import type { Extreme, MemberErrors, QuantityErrors } from '../../replay/member-errors.ts';
import { RSS } from '../../replay/member-errors.ts';
import type { Pages } from '../../units.ts';
import type {
  ExtremeError,
  ProcessErrors,
  ProgramErrors,
  Quantity,
  QuantityResult,
} from './result.ts';

/** In the order of reports: the sum first, then what it is the sum of. */
const QUANTITIES: readonly { readonly quantity: Quantity; readonly index: number }[] = [
  { quantity: 'rss', index: RSS },
  ...MEMBERS.map((quantity, index) => ({ quantity, index })),
];

function extremeError({ pages, of, operation }: Extreme): ExtremeError {
  return {
    pages,
    process: of?.process ?? null,
    program: of?.program ?? null,
    operation: of === null ? null : operation,
  };
}

/** The median and the 99th percentile, nearest rank; 0 of nothing. */
function percentiles(values: Histogram, count: number): { p50: Pages; p99: Pages } {
  if (count === 0) return { p50: 0, p99: 0 };
  const [p50 = 0, p99 = 0] = valuesAtRanks(
    [values],
    [nearestRank(50, count), nearestRank(99, count)],
  );
  return { p50, p99 };
}

function processErrors({ under, over, sum, samples, magnitudes }: QuantityErrors): ProcessErrors {
  return {
    under: extremeError(under),
    over: extremeError(over),
    mean: samples === 0 ? 0 : Number(sum) / samples,
    ...percentiles(magnitudes, samples),
  };
}

export function summariseErrors({ clamped, raw }: MemberErrors): QuantityResult[] {
  return QUANTITIES.map(({ quantity, index }) => ({
    quantity,
    clamped: processErrors(clamped[index]!),
    raw: processErrors(raw[index]!),
  }));
}

/** `largest` has a value an mm. */
export function programErrors(program: string, mms: number, largest: Histogram): ProgramErrors {
  return { program, mms, ...percentiles(largest, mms) };
}
