/** Counts values that are recorded and predicted, and keeps the first difference. */
import type { Agreement, Difference } from './judged.ts';

export interface AgreementTally {
  compared: number;
  differ: number;
  first: Difference | null;
}

export function createAgreementTally(): AgreementTally {
  return { compared: 0, differ: 0, first: null };
}

/** Holds one value to the model's; what was not recorded (null) is passed over. */
export function hold(
  tally: AgreementTally,
  step: number,
  field: string,
  predicted: number,
  recorded: number | null,
): void {
  if (recorded === null) return;
  tally.compared += 1;
  if (predicted === recorded) return;
  tally.differ += 1;
  tally.first ??= { step, field, predicted, recorded };
}

export function agreementOf({ compared, differ, first }: AgreementTally): Agreement {
  return { compared, differ, first };
}
