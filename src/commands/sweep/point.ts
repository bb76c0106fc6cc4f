/** One point of a sweep: a command line of the grid, and the document that the command gives. */
import { flagsOfWords } from '../../cli/command.ts';
import type { WorkKind } from '../../cli/jobs.ts';
import { holdRemarks, type Session } from '../../cli/streams.ts';
import { InputError } from '../../errors.ts';
import type { Topology } from '../../topology/topology.ts';
import { SWEPT } from './swept.ts';

/** Plain data, which goes to a worker. */
export interface PointPiece {
  readonly command: string;
  readonly words: readonly string[];
}

/** The JSON of the document, or why the command refuses the combination. */
export type PointPart = { readonly json: string } | { readonly refused: string };

const NOWHERE = { write: () => true } as unknown as NodeJS.WriteStream;

/** What a command is given that nobody looks at: no input, and what it says goes nowhere. */
function quietSession(machines: Map<string, Topology>): Session {
  return {
    argv: [],
    openStdin() {
      throw new InputError('standard input: expected files or names in a sweep');
    },
    ...{ stdout: NOWHERE, stderr: NOWHERE, env: {} },
    remarks: holdRemarks(NOWHERE),
    signal: new AbortController().signal,
    killable: async (work) => work(),
    machines,
  };
}

/** The work that workers know as `point`: each keeps the machines that it has read. */
export function pointing(machines = new Map<string, Topology>()): WorkKind<PointPiece, PointPart> {
  const session = quietSession(machines);
  return {
    name: 'point',
    async work({ command, words }, heartbeat) {
      const { load, words: first } = SWEPT[command]!;
      const spec = await load();
      try {
        const study = await spec.study!(flagsOfWords(spec, [...first, ...words]), session);
        const { signal } = session;
        const { result } = await study.find({ workers: 1, heartbeat, signal });
        return { json: JSON.stringify(result) };
      } catch (error) {
        if (error instanceof InputError) return { refused: error.message };
        throw error;
      }
    },
  };
}
