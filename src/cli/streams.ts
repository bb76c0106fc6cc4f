/** What the command line is given by its surroundings, so that tests can give it something else. */
import type { HeldRemarks } from './remarks.ts';

export interface Surroundings {
  readonly stdin: NodeJS.ReadStream & { readonly fd: number };
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

/** The same for one command line, with what it has to say beside its result. */
export interface Streams extends Surroundings {
  readonly remarks: HeldRemarks;
}
