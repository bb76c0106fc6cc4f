/** What a worker of the pool does: one piece of a kind of work at a time. */
import { worker, workerEmit } from 'workerpool';
import { hopFinding } from './commands/claims/hop.ts';
import { compare } from './commands/compare/compare.ts';
import type { Heartbeat } from './replay/replay.ts';

/** Operations between two words to the program about how far the work is. */
const TELL_EVERY = 250_000;

/** The kinds of work, by the names that the program asks for them by. */
const WORK = { compare, hopFinding };

export type Work = typeof WORK;

/** The program hears what has been done since it last heard. */
function telling<Piece, Part>(work: (piece: Piece, heartbeat: Heartbeat) => Part) {
  return (piece: Piece): Part => {
    let told = 0;
    return work(piece, (done) => {
      if (done - told >= TELL_EVERY) {
        workerEmit(done - told);
        told = done;
      }
      return undefined;
    });
  };
}

worker({ compare: telling(WORK.compare), hopFinding: telling(WORK.hopFinding) });
