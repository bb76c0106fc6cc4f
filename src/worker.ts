/** Does on a worker of the pool what the program asks for: one piece of a kind of work at a time. */
import { worker, workerEmit } from 'workerpool';
import type { WorkKind } from './cli/jobs.ts';
import { FINDING_HOP } from './commands/claims/hop.ts';
import { COMPARING } from './commands/compare/compare.ts';
import { REPLAYING } from './commands/replay/share-trace.ts';
import { pointing } from './commands/sweep/point.ts';

/** Operations between two words to the program about how far the work is. */
const TELL_EVERY = 250_000;

/** By its name: the program hears what has been done since it last heard. */
function telling<Piece, Part>({ name, work }: WorkKind<Piece, Part>) {
  const doing = (piece: Piece): Promise<Part> => {
    let told = 0;
    return work(piece, (done) => {
      if (done - told >= TELL_EVERY) {
        workerEmit(done - told);
        told = done;
      }
      return undefined;
    });
  };
  return { [name]: doing };
}

worker({
  ...telling(REPLAYING),
  ...telling(COMPARING),
  ...telling(FINDING_HOP),
  ...telling(pointing()),
});
