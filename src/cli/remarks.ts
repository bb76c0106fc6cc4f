/** What is said on stderr beside a result: one line each. */
import type { Streams } from './streams.ts';

/** File names and keys can hold line ends; a message is one line all the same. */
export function escapeControls(line: string): string {
  return line.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

/** "rss-err: note: ORIGIN: REMARK" for each. */
export function writeRemarks(
  origin: string,
  remarks: readonly string[],
  stderr: Streams['stderr'],
): void {
  for (const remark of remarks) {
    stderr.write(`rss-err: note: ${escapeControls(`${origin}: ${remark}`)}\n`);
  }
}
