/** How wide a help is, and how wide it is laid out: what fits it is loaded where there is one. */
import type { Streams } from './streams.ts';

/** Columns of a help where nothing says how many there are. */
export const USUAL = 80;

/** What is not to be wrapped by who lays it out, since fitted() does. */
const UNWRAPPED = 100_000;

/** Columns of the terminal, else those that COLUMNS says. */
export function columnsOf({ stdout, env }: Pick<Streams, 'stdout' | 'env'>): number {
  const told = /^[1-9]\d{0,4}$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : USUAL;
  return stdout.isTTY === true ? stdout.columns || USUAL : told;
}

/** How wide commander is to make a help for so many columns. */
export const helpWidth = (columns: number) => (columns < USUAL ? UNWRAPPED : columns);
