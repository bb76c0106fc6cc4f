/** What a command line is given by its surroundings, and what it says on stderr beside its result. */

import type { Topology } from '../topology/topology.ts';
import type { Killable } from './interruption.ts';

export interface Surroundings {
  readonly stdin: NodeJS.ReadStream & { readonly fd: number };
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

/** The same for one command line, with what it has to say beside its result. */
export interface Streams extends Omit<Surroundings, 'stdin'> {
  /** Its words, as they were given. */
  readonly argv: readonly string[];
  /** Node opens standard input when it is first looked at. */
  openStdin(): Surroundings['stdin'];
  readonly remarks: HeldRemarks;
}

/** The same for a command that runs: the signal aborts where the user ends it. */
export interface Session extends Streams {
  readonly signal: AbortSignal;
  /** For work that does not look at the signal. */
  readonly killable: Killable;
  /** Machines that have been read already, by how they are named, where many command lines run. */
  readonly machines?: Map<string, Topology>;
}

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
