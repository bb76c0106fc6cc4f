/** Numbers of a cost as text: counts, counts for each operation, nanoseconds. */
import { groupDigits } from '../../render/amounts.ts';

/** A mean to three significant digits, from 100 on to whole numbers; what is not 0 never reads 0. */
export function formatMean(value: number, grouped: boolean): string {
  if (value === 0) return '0';
  if (value < 0.001) return '<0.001';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  const text = value.toFixed(digits);
  return grouped ? groupDigits(text) : text;
}

/** A whole number, with commas between thousands or without. */
export function formatTouches(count: number, grouped: boolean): string {
  return grouped ? groupDigits(count.toFixed(0)) : count.toFixed(0);
}

const MICROSECONDS = 1e3;
const MILLISECONDS = 1e6;
const SECONDS = 1e9;

/** Nanoseconds in the largest unit of which there is one: "1.25 ms". */
export function formatDuration(nanoseconds: number): string {
  const [unit, each] =
    nanoseconds >= SECONDS
      ? (['s', SECONDS] as const)
      : nanoseconds >= MILLISECONDS
        ? (['ms', MILLISECONDS] as const)
        : nanoseconds >= MICROSECONDS
          ? (['us', MICROSECONDS] as const)
          : (['ns', 1] as const);
  return `${formatMean(nanoseconds / each, true)} ${unit}`;
}
