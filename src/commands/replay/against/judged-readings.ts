/** Each recorded reading of a run with what the model reads there. */

import type { KernelRun, RecordedReading } from '../../../recorded/kernel-run/kernel-run.ts';
import type { Pages } from '../../../units.ts';
import { createModel, type Model } from './model.ts';

export interface JudgedReading {
  readonly predicted: Pages;
  readonly recorded: RecordedReading;
  /** As it stands after the reading's step; it moves on with the next reading. */
  readonly model: Model;
}

/** The readings of a run, in order; `atStep` is called after every step, 0 among them. */
export function* judgedReadings(
  run: KernelRun,
  atStep: (step: number, model: Model) => void = () => {},
): Generator<JudgedReading> {
  const model = createModel(run);
  const steps = run.events.delta.length;
  let next = 0;
  for (let step = 0; step <= steps; step++) {
    if (step > 0) model.apply(step - 1);
    atStep(step, model);
    for (; run.readings[next]?.step === step; next++) {
      yield { predicted: model.approximate(), recorded: run.readings[next]!, model };
    }
  }
}
