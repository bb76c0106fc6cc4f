/** How wide a help is, and how wide it is laid out: what fits it is loaded where there is one. */
import type { Streams } from './streams.ts';

/** Columns of a terminal that does not tell its width, and of a help where nothing else does. */
export const USUAL_COLUMNS = 80;

/** What is not to be wrapped by who lays it out, since fitted() does. */
const UNWRAPPED = 100_000;

/** Columns of the terminal, else those that COLUMNS says. */
export function columnsOf({ stdout, env }: Pick<Streams, 'stdout' | 'env'>): number {
  const told = /^[1-9]\d{0,4}$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : USUAL_COLUMNS;
  return stdout.isTTY === true ? stdout.columns || USUAL_COLUMNS : told;
}

/** How wide commander is to make a help for so many columns. */
export const helpWidth = (columns: number) => (columns < USUAL_COLUMNS ? UNWRAPPED : columns);
