/** `rss-err replay --readings`: a line an update, written as it comes. */
import { InputError } from '../input-error.ts';
import { MEMBER, type MemberName } from '../kernel/rss-stat.ts';
import type { Heartbeat } from '../replay/replay.ts';
import type { Format } from '../report/formats.ts';
import { csvReadings, ndjsonReadings, type ReadingsRenderer } from '../report/readings.ts';
import { formatScheme } from '../schemes/registry.ts';
import { readingsAfterEach } from '../study/readings.ts';
import type { ReplayRequest } from '../study/replay-recorded.ts';
import { EXIT } from './exit-code.ts';
import type { LineSink } from './output.ts';

/** Characters gathered before they are written. */
const CHUNK = 65_536;

/** @throws InputError for a format that has no lines. */
function rendererOf(format: Format, names: readonly string[]): ReadingsRenderer {
  switch (format) {
    case 'table':
    case 'csv':
      return csvReadings(names);
    case 'ndjson':
      return ndjsonReadings(names);
    default:
      throw new InputError(`--format ${format}: --readings are csv or ndjson`);
  }
}

/** @returns the exit code. @throws InputError as the study does: then a file is not written. */
export async function writeReadings(
  request: ReplayRequest,
  format: Format,
  member: MemberName | undefined,
  sink: LineSink,
  heartbeat: Heartbeat,
): Promise<number> {
  const { head, line } = rendererOf(format, request.schemes.map(formatScheme));
  const of = member === undefined ? 'rss' : MEMBER[member];
  try {
    let text = head;
    for await (const reading of readingsAfterEach(request, of, heartbeat)) {
      text += line(reading);
      if (text.length < CHUNK) continue;
      if (!(await sink.write(text))) return EXIT.done;
      text = '';
    }
    await sink.write(text);
    sink.commit();
    return EXIT.done;
  } finally {
    sink.discard();
  }
}
