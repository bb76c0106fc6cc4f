/** Holds what was recorded of the counters themselves to the model's. */

import { percpuCounterBatch } from '../../../kernel/batches.ts';
import { MEMBERS, TASK_RSS_EVENTS_THRESH } from '../../../kernel/rss-stat.ts';
import type {
  KernelRun,
  RawSnapshot,
  RecordedReading,
} from '../../../recorded/kernel-run/kernel-run.ts';
import { type AgreementTally, hold } from './agreement.ts';
import type { Model } from './model.ts';

/** The batch of the kernel's per-CPU counters, or the threshold of its threads' event counters. */
export function holdConstant(tally: AgreementTally, { scheme, cpus, constant }: KernelRun): void {
  if (scheme === 'per-cpu') {
    hold(tally, 0, 'percpu_batch', percpuCounterBatch(cpus), constant);
  } else {
    hold(tally, 0, 'task_rss_events_thresh', TASK_RSS_EVENTS_THRESH, constant);
  }
}

/** Shared values that were read beside a reading. */
export function holdBeside(
  tally: AgreementTally,
  { step, shared, cachedAnon }: RecordedReading,
  model: Model,
): void {
  MEMBERS.forEach((name, member) => {
    hold(tally, step, `rss_${name}_approx_pages`, model.shared(member), shared[member]!);
  });
  if (cachedAnon !== null) hold(tally, step, 'cached_anon_sum', model.heldAnon(), cachedAnon);
}

function heldName({ scheme }: KernelRun, member: string): string {
  return scheme === 'per-cpu' ? `${member}_percpu` : `thread_cached_${member}`;
}

/** A whole snapshot: shared values, what each CPU or thread holds, event counters. */
export function holdSnapshot(
  tally: AgreementTally,
  run: KernelRun,
  { step, shared, held, events }: RawSnapshot,
  model: Model,
): void {
  MEMBERS.forEach((name, member) => {
    hold(tally, step, `${name}_count`, model.shared(member), shared[member]!);
    const counts = held[member]!;
    if (counts === null) return;
    const predicted = model.held(member);
    counts.forEach((count, i) => {
      hold(tally, step, `${heldName(run, name)}[${i}]`, predicted[i]!, count);
    });
  });
  const predicted = model.events();
  events?.forEach((count, thread) => {
    hold(tally, step, `thread_events[${thread}]`, predicted?.[thread] ?? 0, count);
  });
}
