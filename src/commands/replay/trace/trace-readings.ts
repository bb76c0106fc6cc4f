/** What every scheme reads after every update of one process of a trace. */
import { InputError } from '../../../errors.ts';
import { appendRows } from '../../../recorded/record-rows.ts';
import { rowShapes } from '../../../recorded/recorded.ts';
import type { TraceForm } from '../../../recorded/recording-form.ts';
import { type Life, lifeName } from '../../../recorded/trace/life.ts';
import type { Heartbeat } from '../../../replay/replay.ts';
import { createUpdateColumns } from '../../../update/columns.ts';
import type { RecordingFacts } from '../../compare/result.ts';
import { type ReadingsLine, type ReadingsOf, readProcess } from '../process-readings.ts';
import type { ReplayRequest } from '../replay-recorded.ts';
import type { Intake } from './process-choice.ts';
import { runTrace } from './run-trace.ts';
import { summariseTrace } from './summarise-trace.ts';
import { createThreadNumbers } from './thread-numbers.ts';

/** Hands a line to `put` after each update. */
function readingIntake(
  request: ReplayRequest,
  of: ReadingsOf,
  put: (line: ReadingsLine) => void,
): Intake {
  const { apply, offset, line } = readProcess(request, of);
  const columns = createUpdateColumns(2);
  const threads = createThreadNumbers();
  let update = 0;
  return {
    offset,
    add(record, cpu) {
      columns.length = 0;
      appendRows(columns, rowShapes(record), record.pages, cpu, threads.of(record));
      columns.threads = threads.count();
      apply(columns);
      update += 1;
      put(line(update, { ...record, cpu }));
    },
  };
}

const nameOf = ({ mmId, ordinal }: Life) => lifeName(mmId, ordinal);

/** Ends with what the trace was like. @throws InputError as runTrace(), and where a second process begins. */
export async function* readingsOfTrace(
  request: ReplayRequest,
  form: TraceForm,
  texts: AsyncIterable<string>,
  of: ReadingsOf,
  heartbeat: Heartbeat,
): AsyncGenerator<ReadingsLine, RecordingFacts> {
  let lines: ReadingsLine[] = [];
  let only: Life | null = null;
  const walk = runTrace(request, form, texts, {
    open(life, line) {
      if (only !== null) {
        throw new InputError(
          `${request.name}: line ${line}: mm_id is ${nameOf(life)}, after ${nameOf(only)}: --readings are of one process: choose it with --mm or --comm`,
        );
      }
      only = life;
      return readingIntake(request, of, (one) => lines.push(one));
    },
    close: () => {},
  });
  for (;;) {
    const { done, value } = await walk.next();
    yield* lines;
    lines = [];
    if (done === true) {
      const trace = summariseTrace(form, request.trace, value, 1, 1);
      return { recording: { name: request.name }, trace };
    }
    await heartbeat(value);
  }
}
