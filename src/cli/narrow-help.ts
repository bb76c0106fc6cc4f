/** A help for a terminal that is narrower than the help is laid out for. */
import { wrapCommand } from '../render/text.ts';
import { wrap } from '../render/words.ts';
import { USUAL_COLUMNS } from './help-width.ts';

/** Room for what stands behind a term: with less it stands below. */
const LEAST_ROOM = 24;

const BELOW = ' '.repeat(6);

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

/** Lines that go on with the one above have four blanks before them. */
const joined = (help: string) => help.replaceAll(/\n {4,}(?=\S)/g, ' ');

/** A help that was made helpWidth() wide, as it fits so many columns. */
export function fitted(help: string, width: number): string {
  const lines = (width < USUAL_COLUMNS ? joined(help) : help).split('\n');
  return lines.flatMap((line) => folded(line, width)).join('\n');
}
