/** What a worker of the pool does: one share of a comparison at a time. */
import { worker, workerEmit } from 'workerpool';
import { type CompareRequest, compare } from '../study/compare.ts';

/** Operations between two words to the program about how far the work is. */
const TELL_EVERY = 250_000;

worker({
  compare(request: CompareRequest) {
    let told = 0;
    return compare(request, (done) => {
      if (done - told >= TELL_EVERY) {
        workerEmit(done - told);
        told = done;
      }
      return undefined;
    });
  },
});
