/** Recorded updates through several schemes: what `rss-err replay` finds out. */
import type { Heartbeat } from '../replay/replay.ts';
import { MOST_PAGES } from '../units/pages.ts';
import { type NumberedRecord, readRecorded } from '../update/read-recorded.ts';
import { type RecordedSource, recordedSource } from '../update/recorded-source.ts';
import { REPLAYED_FORMAT, type Replayed } from './comparison.ts';
import { type MeasureRequest, measure, type StreamFacts } from './measure.ts';

export interface ReplayRequest extends MeasureRequest {
  /** The recording's name in messages and results. */
  readonly name: string;
  readonly text: AsyncIterable<Buffer | string>;
  /** The process to replay; null: there must be one only. */
  readonly mm: number | null;
}

function factsOf(source: RecordedSource): StreamFacts {
  const { eventless, hotplug, mostPages, ...seen } = source.seen();
  return {
    ...seen,
    threads: null,
    boundsThreads: !eventless,
    steadyCpus: !hotplug,
    fitsInt: mostPages <= MOST_PAGES,
  };
}

/** The source of a request: its text read as it comes. */
export function openRecorded(
  { name, text, topology, mm }: ReplayRequest,
  updatesPerBatch?: number,
): RecordedSource {
  const batches: AsyncGenerator<readonly NumberedRecord[]> = readRecorded(text, name);
  return recordedSource(batches, topology, name, {
    mm,
    ...(updatesPerBatch === undefined ? {} : { updatesPerBatch }),
  });
}

/** @throws InputError at the first bad line; what measure() throws. */
export async function replayRecorded(
  request: ReplayRequest,
  heartbeat: Heartbeat,
): Promise<Replayed> {
  const source = openRecorded(request);
  const run = await measure(request, source, () => factsOf(source), heartbeat);
  const { program, topology, ...found } = run;
  return {
    format: REPLAYED_FORMAT,
    program,
    topology,
    recording: {
      name: request.name,
      records: source.records(),
      rssMembers: source.seen().rssMembers,
      mm: request.mm,
    },
    ...found,
  };
}
