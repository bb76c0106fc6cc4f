/** What every scheme reads after every update of a recording, beside the ledger. */

import { isTraceForm, type Recording, recognise } from '../../recorded/recording-form.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { createUpdateColumns } from '../../update/columns.ts';
import type { RecordingFacts } from '../compare/result.ts';
import { type ReadingsLine, type ReadingsOf, readProcess } from './process-readings.ts';
import { openRecorded, type ReplayRequest } from './replay-recorded.ts';
import { readingsOfTrace } from './trace/trace-readings.ts';

async function* readingsOfUpdates(
  request: ReplayRequest,
  recording: Recording,
  of: ReadingsOf,
  heartbeat: Heartbeat,
): AsyncGenerator<ReadingsLine, RecordingFacts> {
  const source = openRecorded(request, recording, 1);
  const columns = createUpdateColumns();
  const { apply, line } = readProcess(request, of);
  let update = 0;
  for (;;) {
    await source.fill(columns);
    if (columns.length === 0) {
      return { recording: { name: request.name, belowZero: source.seen().belowZero } };
    }
    apply(columns);
    await heartbeat(update);
    const record = source.current();
    if (columns.operationEnd[0] !== 1 || record === null) continue;
    update += 1;
    yield line(update, record);
  }
}

/**
 * Ends with what the recording was like.
 * @throws InputError at the first bad line, or where a trace has several processes.
 */
export async function* readingsAfterEach(
  request: ReplayRequest,
  of: ReadingsOf,
  heartbeat: Heartbeat,
): AsyncGenerator<ReadingsLine, RecordingFacts> {
  const recording = await recognise(request.text, request.name);
  const { form, texts } = recording;
  return yield* isTraceForm(form)
    ? readingsOfTrace(request, form, texts, of, heartbeat)
    : readingsOfUpdates(request, recording, of, heartbeat);
}
