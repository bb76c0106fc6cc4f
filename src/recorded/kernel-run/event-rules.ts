/** Rules between the parts of a recorded run: its events, its steps and its sums belong together. */
import { InputError } from '../../errors.ts';
import type { Pages } from '../../units.ts';
import type { RunEvents } from './kernel-run.ts';

/** @returns how many events there are. @throws InputError at the first that cannot be. */
export function demandUpdates({
  events: { thread, cpu, delta },
  nr_cpus: cpus,
  threads,
}: {
  readonly events: RunEvents;
  readonly nr_cpus: number;
  readonly threads: number;
}): number {
  if (thread.length !== delta.length || cpu.length !== delta.length) {
    throw new InputError(
      `events has ${thread.length} threads, ${cpu.length} cpus and ${delta.length} deltas: expected as many of each`,
    );
  }
  delta.forEach((pages, i) => {
    const fault = (list: string, found: number, expected: string) =>
      new InputError(`events.${list}[${i}] is ${found}: expected ${expected}`);
    if (thread[i]! >= threads) {
      throw fault('thread', thread[i]!, `a thread of the run, 0 to ${threads - 1}`);
    }
    if (cpu[i]! >= cpus) throw fault('cpu', cpu[i]!, `a CPU of the run, 0 to ${cpus - 1}`);
    if (pages === 0) throw fault('delta', 0, 'pages that come or go');
  });
  return delta.length;
}

/** What is recorded after so many events is in order, and after no more than there are. */
export function demandSteps(
  list: string,
  entries: readonly { readonly step: number }[],
  nrEvents: number,
): void {
  let last = 0;
  entries.forEach(({ step }, i) => {
    const at = `${list}[${i}].step is ${step}`;
    if (step > nrEvents) throw new InputError(`${at}: the run has ${nrEvents} events`);
    if (step < last) throw new InputError(`${at}: expected ${last} or more, steps are in order`);
    last = step;
  });
}

/** The recorder's own sum of its events: a file whose events are not those of its readings. */
export function demandSum(
  samples: readonly { readonly step: number; readonly own_pages: Pages }[],
  delta: readonly Pages[],
): void {
  let step = 0;
  let sum = 0;
  samples.forEach((sample, i) => {
    for (; step < sample.step; step++) sum += delta[step]!;
    if (sample.own_pages !== sum) {
      throw new InputError(
        `samples[${i}].own_pages is ${sample.own_pages}: the first ${step} events come to ${sum}`,
      );
    }
  });
}
