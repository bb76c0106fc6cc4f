/** Replays one recorded run and holds every reading and every raw value of it to the model's. */
import { MEMBERS } from '../../../kernel/rss-stat.ts';
import type { KernelRun } from '../../../recorded/kernel-run/kernel-run.ts';
import {
  countValue,
  createHistogram,
  nearestRank,
  valuesAtRanks,
} from '../../../replay/histogram.ts';
import type { Pages } from '../../../units.ts';
import { agreementOf, createAgreementTally, hold } from './agreement.ts';
import { holdBeside, holdConstant, holdSnapshot } from './hold-raw.ts';
import type { JudgedRun, Residual } from './judged.ts';
import { judgedReadings } from './judged-readings.ts';

/** Zero throughout where nothing was read. */
function residualOf(residuals: readonly Pages[]): Residual {
  const magnitudes = createHistogram();
  for (const residual of residuals) {
    countValue(magnitudes, Math.abs(residual));
  }
  const ranks = [50, 99].map((percent) => nearestRank(percent, residuals.length));
  const [p50 = 0, p99 = 0] = residuals.length === 0 ? [] : valuesAtRanks([magnitudes], ranks);
  return {
    min: residuals.reduce((least, pages) => Math.min(least, pages), residuals[0] ?? 0),
    p50,
    p99,
    max: residuals.reduce((most, pages) => Math.max(most, pages), residuals[0] ?? 0),
  };
}

/** `name` is the file's in the result. */
export function judgeRun(run: KernelRun, name: string): JudgedRun {
  const readings = createAgreementTally();
  const raw = createAgreementTally();
  const residuals: Pages[] = [];
  let under = 0;
  let over = 0;
  let nextSnapshot = 0;
  holdConstant(raw, run);
  const judged = judgedReadings(run, (step, model) => {
    for (; run.snapshots[nextSnapshot]?.step === step; nextSnapshot++) {
      holdSnapshot(raw, run, run.snapshots[nextSnapshot]!, model);
    }
  });
  for (const { predicted, recorded, model } of judged) {
    const { step, approximate, precise } = recorded;
    hold(readings, step, 'approx_pages', predicted, approximate);
    holdBeside(raw, recorded, model);
    residuals.push(predicted - approximate);
    under = Math.max(under, precise - approximate);
    over = Math.max(over, approximate - precise);
  }
  const { kernel, release, mode, scheme, cpus, threads, pageSize, member, events } = run;
  return {
    ...{ name, kernel, release, mode, scheme, cpus, threads, pageSize },
    member: MEMBERS[member]!,
    events: events.delta.length,
    readings: { ...agreementOf(readings), residual: residualOf(residuals) },
    recordedError: { under, over },
    raw: { ...agreementOf(raw), snapshots: run.snapshots.length },
    agrees: readings.differ === 0 && raw.differ === 0,
  };
}
