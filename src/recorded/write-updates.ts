/** Writes the updates of a source as a recording: the records that give them again. */
import { MEMBERS } from '../kernel/rss-stat.ts';
import { createUpdateColumns, type UpdateColumns, type UpdateSource } from '../update/columns.ts';
import {
  kindName,
  RECORD_DEFAULTS,
  RECORDED_FORMAT,
  type RecordedUpdate,
} from '../update/record.ts';
import { CSV_HEAD, formatCsvLine, formatNdjsonLine } from './record-text.ts';

/** The forms of recordings, and how each begins and has its records. */
const FORMS = {
  ndjson: { head: `${JSON.stringify({ format: RECORDED_FORMAT })}\n`, line: formatNdjsonLine },
  csv: { head: CSV_HEAD, line: formatCsvLine },
} as const;

type RecordingForm = keyof typeof FORMS;

function recordOf(
  { thread, cpu, pages, kind, member }: UpdateColumns,
  row: number,
): RecordedUpdate {
  return {
    thread: thread[row]!,
    cpu: cpu[row]!,
    pages: pages[row]!,
    kind: kindName(kind[row]!),
    member: MEMBERS[member[row]!]!,
    mm: RECORD_DEFAULTS.mm,
    repeat: RECORD_DEFAULTS.repeat,
  };
}

/** The text of the recording, some lines at a time. An operation of several updates becomes as many. */
export async function* recordingText(
  source: UpdateSource,
  form: RecordingForm,
): AsyncGenerator<string> {
  const { head, line } = FORMS[form];
  const columns = createUpdateColumns();
  yield head;
  for (;;) {
    await source.fill(columns);
    if (columns.length === 0) return;
    let text = '';
    for (let row = 0; row < columns.length; row++) text += line(recordOf(columns, row));
    yield text;
  }
}
