/** A help for a terminal that is narrower than the help is laid out for. */
import { wrapCommand } from '../render/text.ts';
import { wrap } from '../render/words.ts';
import type { Streams } from './streams.ts';

/** Columns of a help where nothing says how many there are. */
const USUAL = 80;

/** What is not to be wrapped by who lays it out, since fitted() does. */
const UNWRAPPED = 100_000;

/** Room for what stands behind a term: with less it stands below. */
const LEAST_ROOM = 24;

const BELOW = ' '.repeat(6);

/** Columns of the terminal, else those that COLUMNS says. */
function columnsOf({ stdout, env }: Pick<Streams, 'stdout' | 'env'>): number {
  const told = /^[1-9]\d{0,4}$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : USUAL;
  return stdout.isTTY === true ? stdout.columns || USUAL : told;
}

/** A term with what stands behind it, an example, or words alone. */
function folded(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const [, indent = '', term, text = ''] = /^( *)(?:(\S.*?) {2,})?(\S.*)$/.exec(line) ?? [];
  if (/\brss-err .*--|\| rss-err\b/.test(line)) return wrapCommand(text, width, indent);
  if (term === undefined) {
    return wrap(text, width - indent.length, '  ').map((one) => `${indent}${one}`);
  }
  const column = line.length - text.length;
  if (width - column < LEAST_ROOM) {
    return [`${indent}${term}`, ...wrap(text, width - BELOW.length).map((one) => BELOW + one)];
  }
  const rows = wrap(text, width - column);
  return rows.map((one, i) => (i === 0 ? line.slice(0, column) : ' '.repeat(column)) + one);
}

const fitted = (help: string, width: number) =>
  help
    .split('\n')
    .flatMap((line) => folded(line, width))
    .join('\n');

/** Lines that go on with the one above have four blanks before them. */
const joined = (help: string) => help.replaceAll(/\n {4,}(?=\S)/g, ' ');

/** How wide commander is to make a help, and what then fits the terminal. */
export function helpLayout(streams: Pick<Streams, 'stdout' | 'env'>) {
  const width = columnsOf(streams);
  const isNarrow = width < USUAL;
  return {
    width: isNarrow ? UNWRAPPED : width,
    fit: (help: string) => fitted(isNarrow ? joined(help) : help, width),
  };
}
