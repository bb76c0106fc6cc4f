/** Traces as text or events, and the steps that the reader makes of them. */

import { recognise } from '../../src/recorded/registry.ts';
import {
  createTraceCounts,
  type RssStatEvent,
  type TraceCounts,
  type TraceEvent,
  type TraceForm,
} from '../../src/recorded/trace/event.ts';
import { readTrace } from '../../src/recorded/trace/read-trace.ts';
import {
  createReconstruction,
  type Reconstruction,
  type TraceStep,
} from '../../src/recorded/trace/reconstruct.ts';
import type { PageSize } from '../../src/units.ts';

export interface ReadTrace {
  readonly form: TraceForm;
  readonly counts: TraceCounts;
  readonly events: readonly TraceEvent[];
}

/** A text in pieces of so many characters. */
export async function* pieces(text: string, size = 1000): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

/** @throws Error where the text is no trace; InputError as the reader. */
export async function eventsOf(
  text: string,
  pageSize: PageSize = 4096,
  size = 1000,
): Promise<ReadTrace> {
  const { form, texts } = await recognise(pieces(text, size), 'file');
  if (form === 'ndjson' || form === 'csv') throw new Error(`taken for ${form}`);
  const counts = createTraceCounts();
  const events: TraceEvent[] = [];
  for await (const some of readTrace(texts, form, 'file', pageSize, counts)) events.push(...some);
  return { form, counts, events };
}

export interface Reconstructed extends Pick<Reconstruction, 'counts' | 'statistics'> {
  readonly steps: readonly TraceStep[];
}

export function stepsOf(events: readonly TraceEvent[], pageSize: PageSize = 4096): Reconstructed {
  const reconstruction = createReconstruction(pageSize);
  const steps: TraceStep[] = [];
  for (const event of events) reconstruction.take(event, steps);
  reconstruction.finish(steps);
  return { steps, counts: reconstruction.counts, statistics: reconstruction.statistics };
}

/** An event of one page of anonymous memory, and what is changed of it; lines count up. */
export function rssStats(
  ...changes: (Partial<RssStatEvent> & Pick<RssStatEvent, 'sizePages'>)[]
): RssStatEvent[] {
  return changes.map((change, i) => ({
    name: 'rss_stat',
    time: null,
    cpu: 0,
    tid: 100,
    tgid: null,
    comm: 'prog',
    mmId: 7,
    curr: true,
    member: 'anon',
    line: i + 1,
    ...change,
  }));
}

/** Steps in short: "fault anon +1 cpu 0", "offset anon +3", "end". */
export function inShort(steps: readonly TraceStep[]): string[] {
  const signed = (pages: number) => (pages < 0 ? `${pages}` : `+${pages}`);
  return steps.flatMap((step) => {
    if (step.step === 'named') return [];
    if (step.step === 'end') return ['end'];
    if (step.step === 'offset') {
      return [`offset ${['file', 'anon', 'swap', 'shmem'][step.member]} ${signed(step.pages)}`];
    }
    const { kind, member, pages, cpu, thread } = step.record;
    if (kind === 'thread-exit') return [`exit ${thread}`];
    return [`${kind} ${member} ${signed(pages)} cpu ${cpu}`];
  });
}
