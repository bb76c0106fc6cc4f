/** What is said on stderr beside a result: one line each. */

/** File names and keys can hold line ends; a message is one line all the same. */
export function escapeControls(line: string): string {
  return line.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

/** "rss-err: note: ORIGIN: REMARK" for each. */
export function writeRemarks(
  origin: string,
  remarks: readonly string[],
  stderr: NodeJS.WriteStream,
): void {
  for (const remark of remarks) {
    stderr.write(`rss-err: note: ${escapeControls(`${origin}: ${remark}`)}\n`);
  }
}

/** Remarks that wait for the result which they are about: what is refused gets its one line alone. */
export interface HeldRemarks {
  hold(origin: string, remarks: readonly string[]): void;
  /** Writes what is held, once. */
  tell(): void;
}

export function holdRemarks(stderr: NodeJS.WriteStream): HeldRemarks {
  let held: (readonly [origin: string, remarks: readonly string[]])[] = [];
  return {
    hold: (origin, remarks) => void held.push([origin, remarks]),
    tell() {
      for (const [origin, remarks] of held) writeRemarks(origin, remarks, stderr);
      held = [];
    },
  };
}
