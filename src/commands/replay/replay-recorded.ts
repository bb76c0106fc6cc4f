/** Recorded updates through several schemes: what `rss-err replay` finds out. */

import { readUpdates } from '../../recorded/read-recorded.ts';
import { type RecordedSource, recordedSource } from '../../recorded/recorded-source.ts';
import { isTraceForm, type Recording, recognise } from '../../recorded/recording-form.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { MOST_PAGES } from '../../units.ts';
import { type MeasureRequest, measure, type StreamFacts } from '../compare/measure.ts';
import { REPLAYED_FORMAT, type Replayed } from '../compare/result.ts';
import { replayTrace } from './trace/replay-trace.ts';
import { demandNoTraceChoices, type TraceChoices } from './trace/trace-choices.ts';

export interface ReplayRequest extends MeasureRequest {
  /** The recording's name in messages and results. */
  readonly name: string;
  readonly text: AsyncIterable<Buffer | string>;
  /** The process to replay; null: there must be one only. */
  readonly mm: number | null;
  readonly trace: TraceChoices;
}

function factsOf(source: RecordedSource): StreamFacts {
  const { eventless, hotplug, mostPages, belowZero: _, ...seen } = source.seen();
  return {
    ...seen,
    threads: null,
    boundsThreads: !eventless,
    steadyCpus: !hotplug,
    fitsInt: mostPages <= MOST_PAGES,
  };
}

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
  const run = await measure(request, source, () => factsOf(source), heartbeat);
  const { program, topology, ...found } = run;
  const { rssMembers, belowZero } = source.seen();
  return {
    format: REPLAYED_FORMAT,
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

/** Recorded updates or a kernel's trace. @throws InputError at the first bad line; as measure(). */
export async function replayRecorded(
  request: ReplayRequest,
  heartbeat: Heartbeat,
): Promise<Replayed> {
  const recording = await recognise(request.text, request.name);
  return isTraceForm(recording.form)
    ? replayTrace(request, recording.form, recording.texts, heartbeat)
    : replayUpdates(request, recording, heartbeat);
}
