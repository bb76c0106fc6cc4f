/** Lines of shell that are commands of rss-err and pipes between them, and nothing else. */

export interface PlainLine {
  /** The words of each command after "rss-err". */
  readonly commands: readonly (readonly string[])[];
  /** The text of a here-document that the last line asks for, for the first command. */
  readonly stdin: string | null;
}

/** A word, as far as it is literal: bare characters and what stands in quotes. */
const WORD = /(?:[\w./:=,@%+-]|'[^']*'|"[^"$`\\]*")+/y;

/** Blanks, also a line's end behind a backslash. */
const BLANKS = /(?:[ \t]|\\\n)*/y;

/** "<<'END'", and the lines to END. */
const HERE_DOCUMENT = /<<'END'\n([\s\S]*?\n)??END\n?$/y;

/** Null where the line has more to it, which a shell is needed for. */
export function plainLine(line: string): PlainLine | null {
  const text = line.trim();
  const commands: string[][] = [[]];
  let at = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  let stdin: string | null = null;
  while (at < text.length) {
    take(BLANKS);
    const word = take(WORD);
    if (word !== null) {
      commands.at(-1)!.push(word[0].replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
    } else if (text[at] === '|' && text[at + 1] !== '|') {
      commands.push([]);
      at += 1;
    } else {
      const here = commands.length === 1 ? take(HERE_DOCUMENT) : null;
      if (here === null) return null;
      stdin = here[1] ?? '';
    }
  }
  return commands.every(([name]) => name === 'rss-err')
    ? { commands: commands.map(([, ...words]) => words), stdin }
    : null;
}
