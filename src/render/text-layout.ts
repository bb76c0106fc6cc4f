/** Lines of plain text of a given width. */

/** Breaks at blanks; a word longer than the width stands alone on its line. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const room = width - (lines.length === 0 ? 0 : indent.length);
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((wrapped, i) => (i === 0 ? wrapped : `${indent}${wrapped}`).trimEnd());
}

/** Stands for a blank at which a line is not to be broken. */
const TOGETHER = '\u00a0';

/**
 * A command over several lines that can still be pasted: broken before options, with backslashes, so
 * that a value stays beside its option.
 */
export function wrapCommand(command: string, width: number, indent: string): string[] {
  const together = command.replace(/(--\S+) (?!-)/g, `$1${TOGETHER}`);
  const lines = wrap(together, width - 2 * indent.length - 2).map((line) =>
    line.replaceAll(TOGETHER, ' '),
  );
  return lines.map((line, i) => {
    const start = i === 0 ? indent : `${indent}${indent}`;
    return `${start}${line}${i === lines.length - 1 ? '' : ' \\'}`;
  });
}

/** A long scheme name over several lines, broken after ":" and ",". */
export function wrapName(name: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const part of name.split(/(?<=[:,])/)) {
    if (line !== '' && line.length + part.length > width) {
      lines.push(line);
      line = `  ${part}`;
    } else {
      line += part;
    }
  }
  return [...lines, line].join('\n');
}
