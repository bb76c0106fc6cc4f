/** Replays recorded updates, or a kernel's trace, through several schemes: `rss-err replay`. */

import type { Spreading } from '../../cli/jobs.ts';
import type { Chunks } from '../../input/text-lines.ts';
import { readUpdates } from '../../recorded/read-recorded.ts';
import { type RecordedSource, recordedSource } from '../../recorded/recorded-source.ts';
import { isTraceForm, OBSERVED, type Recording, recognise } from '../../recorded/registry.ts';
import { lifeName } from '../../recorded/trace/life.ts';
import { traceFeed } from '../../recorded/trace/read-trace.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { measure } from '../compare/measure.ts';
import { noRecord } from './no-updates.ts';
import { replayTrace } from './replay-trace.ts';
import { demandNoTraceChoices, factsOf, type ReplayRequest, type TraceRequest } from './request.ts';
import type { Replayed } from './result.ts';
import { replayBesideWorker } from './share-trace.ts';

/** The source of a recording of updates. @throws InputError for what only traces have. */
export function openRecorded(
  { name, topology, mm, trace }: ReplayRequest,
  recording: Recording,
  updatesPerBatch?: number,
): RecordedSource {
  demandNoTraceChoices(trace, name);
  const batches = readUpdates(recording, name);
  return recordedSource(batches, topology, name, {
    mm,
    ...(updatesPerBatch === undefined ? {} : { updatesPerBatch }),
  });
}

async function replayUpdates(
  request: ReplayRequest,
  recording: Recording,
  heartbeat: Heartbeat,
): Promise<Replayed> {
  const source = openRecorded(request, recording);
  const run = await measure(request, source, () => factsOf(source.seen()), heartbeat);
  if (run.used.cpus === 0) throw noRecord(request, source);
  const { program, topology, ...found } = run;
  const { rssMembers, belowZero } = source.seen();
  return {
    format: 'rss-err/replay@2',
    program,
    topology,
    recording: {
      name: request.name,
      records: source.records(),
      rssMembers,
      mm: request.mm,
      belowZero,
    },
    ...found,
  };
}

/** What the record says was off, beside what the model is. @throws InputError as openObserved(). */
async function replayObserved(
  request: TraceRequest,
  chunks: Chunks,
  heartbeat: Heartbeat,
): Promise<Replayed> {
  const { openObserved } = await import('./observed-record.ts');
  const { feed, observed } = await openObserved(chunks, request);
  const replayed = await replayTrace(request, OBSERVED, feed, heartbeat);
  const names = new Set(replayed.processes?.map(({ mm, life }) => lifeName(mm, life)));
  return { ...replayed, observed: observed(names) };
}

/** Recorded updates or a kernel's trace. @throws InputError at the first bad line; as measure(). */
export async function replayRecorded(
  request: ReplayRequest,
  spreading: Spreading,
): Promise<Replayed> {
  const recording = await recognise(request.text, request.name);
  const { form, chunks } = recording;
  const { heartbeat, workers } = spreading;
  const { text: _, ...asked } = request;
  if (form === OBSERVED) return replayObserved(asked, chunks, heartbeat);
  if (!isTraceForm(form)) return replayUpdates(request, recording, heartbeat);
  const feed = traceFeed(chunks, form, asked);
  return workers > 1
    ? replayBesideWorker(asked, form, feed, spreading)
    : replayTrace(asked, form, feed, heartbeat);
}
