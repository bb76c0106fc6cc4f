/** Replays recorded runs and compares every reading and every raw value of them with the model's. */
import { percpuCounterBatch } from '../../../kernel/batches.ts';
import { MEMBERS, TASK_RSS_EVENTS_THRESH } from '../../../kernel/rss-stat.ts';
import type {
  KernelRun,
  RawSnapshot,
  RecordedReading,
} from '../../../recorded/kernel-run/kernel-run.ts';
import { countValue, createHistogram, percentiles } from '../../../replay/histogram.ts';
import type { Pages } from '../../../units.ts';
import { createModel, type Model } from './model.ts';
import type { Against, Difference, JudgedRun, Residual } from './result.ts';

/** Values compared, those that differ, and the first of these. */
interface AgreementTally {
  compared: number;
  differ: number;
  first: Difference | null;
}

/** Compares one value with the model's; what was not recorded (null) is passed over. */
function compareValue(
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

/** The batch of the kernel's per-CPU counters, or the threshold of its threads' event counters. */
function compareConstant(tally: AgreementTally, { scheme, cpus, constant }: KernelRun): void {
  if (scheme === 'per-cpu') {
    compareValue(tally, 0, 'percpu_batch', percpuCounterBatch(cpus), constant);
  } else {
    compareValue(tally, 0, 'task_rss_events_thresh', TASK_RSS_EVENTS_THRESH, constant);
  }
}

/** Shared values that were read beside a reading. */
function compareBeside(
  tally: AgreementTally,
  { step, shared, cachedAnon }: RecordedReading,
  model: Model,
): void {
  MEMBERS.forEach((name, member) => {
    const field = `rss_${name}_approx_pages`;
    compareValue(tally, step, field, model.shared(member), shared[member]!);
  });
  if (cachedAnon === null) return;
  compareValue(tally, step, 'cached_anon_sum', model.heldAnon(), cachedAnon);
}

/** A whole snapshot: shared values, what each CPU or thread holds, event counters. */
function compareSnapshot(
  tally: AgreementTally,
  { scheme }: KernelRun,
  { step, shared, held, events }: RawSnapshot,
  model: Model,
): void {
  MEMBERS.forEach((name, member) => {
    compareValue(tally, step, `${name}_count`, model.shared(member), shared[member]!);
    const counts = held[member]!;
    if (counts === null) return;
    const field = scheme === 'per-cpu' ? `${name}_percpu` : `thread_cached_${name}`;
    const predicted = model.held(member);
    counts.forEach((count, i) => {
      compareValue(tally, step, `${field}[${i}]`, predicted[i]!, count);
    });
  });
  const predicted = model.events();
  events?.forEach((count, thread) => {
    compareValue(tally, step, `thread_events[${thread}]`, predicted?.[thread] ?? 0, count);
  });
}

interface JudgedReading {
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

/** Zero throughout where nothing was read. */
function residualOf(residuals: readonly Pages[]): Residual {
  const magnitudes = createHistogram();
  for (const residual of residuals) {
    countValue(magnitudes, Math.abs(residual));
  }
  return {
    min: residuals.reduce((least, pages) => Math.min(least, pages), residuals[0] ?? 0),
    ...percentiles([magnitudes], residuals.length),
    max: residuals.reduce((most, pages) => Math.max(most, pages), residuals[0] ?? 0),
  };
}

/** `name` is the file's in the result. */
export function judgeRun(run: KernelRun, name: string): JudgedRun {
  const readings: AgreementTally = { compared: 0, differ: 0, first: null };
  const raw: AgreementTally = { compared: 0, differ: 0, first: null };
  const residuals: Pages[] = [];
  let under = 0;
  let over = 0;
  let nextSnapshot = 0;
  compareConstant(raw, run);
  const judged = judgedReadings(run, (step, model) => {
    for (; run.snapshots[nextSnapshot]?.step === step; nextSnapshot++) {
      compareSnapshot(raw, run, run.snapshots[nextSnapshot]!, model);
    }
  });
  for (const { predicted, recorded, model } of judged) {
    const { step, approximate, precise } = recorded;
    compareValue(readings, step, 'approx_pages', predicted, approximate);
    compareBeside(raw, recorded, model);
    residuals.push(predicted - approximate);
    under = Math.max(under, precise - approximate);
    over = Math.max(over, approximate - precise);
  }
  const { kernel, release, mode, scheme, cpus, threads, pageSize, member, events } = run;
  return {
    ...{ name, kernel, release, mode, scheme, onlineCpus: cpus, threads, pageSize },
    member: MEMBERS[member]!,
    events: events.delta.length,
    readings: { ...readings, residual: residualOf(residuals) },
    recordedError: { under, over },
    raw: { ...raw, snapshots: run.snapshots.length },
    agrees: readings.differ === 0 && raw.differ === 0,
  };
}

/** The verdict over several runs. */
export function against(version: string, runs: readonly JudgedRun[]): Against {
  const total = (of: (run: JudgedRun) => number) => runs.reduce((sum, run) => sum + of(run), 0);
  return {
    format: 'rss-err/against@2',
    program: { version },
    runs,
    total: {
      runs: runs.length,
      readings: total(({ readings }) => readings.compared),
      readingsDiffer: total(({ readings }) => readings.differ),
      rawValues: total(({ raw }) => raw.compared),
      rawDiffer: total(({ raw }) => raw.differ),
    },
    agrees: runs.every(({ agrees }) => agrees),
  };
}
