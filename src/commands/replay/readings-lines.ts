/** `rss-err replay --readings`: a line an update. */
import { InputError } from '../../errors.ts';
import { MEMBER, type MemberName } from '../../kernel/rss-stat.ts';
import type { Format } from '../../render/formats.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { formatScheme } from '../../schemes/registry.ts';
import type { RecordingFacts } from '../compare/result.ts';
import { readingsAfterEach } from './readings.ts';
import { csvReadings, ndjsonReadings, type ReadingsRenderer } from './readings-text.ts';
import type { ReplayRequest } from './request.ts';

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

/**
 * The head and a line an update; at the end `tell` gets what the recording was like.
 * @throws InputError as the study does.
 */
export async function* readingsLines(
  request: ReplayRequest,
  format: Format,
  member: MemberName | undefined,
  heartbeat: Heartbeat,
  tell: (facts: RecordingFacts) => void,
): AsyncGenerator<string> {
  const { head, line } = rendererOf(format, request.schemes.map(formatScheme));
  yield head;
  const of = member === undefined ? 'rss' : MEMBER[member];
  async function* readings() {
    tell(yield* readingsAfterEach(request, of, heartbeat));
  }
  for await (const reading of readings()) yield line(reading);
}
