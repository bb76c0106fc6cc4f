/** `rss-err replay --readings`: what every scheme reads after each update, a line of CSV or NDJSON each. */
import { stringify } from 'csv-stringify/sync';
import { InputError } from '../../errors.ts';
import { MEMBER, type MemberName } from '../../kernel/rss-stat.ts';
import type { Format } from '../../render/formats.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { formatScheme } from '../../schemes/registry.ts';
import { type ReadingsLine, readingsAfterEach } from './readings.ts';
import type { ReplayRequest } from './request.ts';
import type { RecordingFacts } from './result.ts';

export const READINGS_FORMAT = 'rss-err/readings@1';

/** Writes lines of one form; `names` are the schemes'. */
interface ReadingsRenderer {
  readonly head: string;
  line(line: ReadingsLine): string;
}

function csvReadings(names: readonly string[]): ReadingsRenderer {
  const row = (cells: readonly (string | number)[]) => stringify([cells]);
  return {
    head: row([
      ...['update', 'thread', 'cpu', 'pages', 'kind', 'member', 'precise'],
      ...names.flatMap((name) => [`${name} approximate`, `${name} precise`]),
    ]),
    line: ({ update, record, precise, schemes }) =>
      row([
        ...[update, record.thread, record.cpu, record.pages, record.kind, record.member, precise],
        ...schemes.flatMap((scheme) => [scheme.approximate, scheme.precise]),
      ]),
  };
}

function ndjsonReadings(names: readonly string[]): ReadingsRenderer {
  return {
    head: `${JSON.stringify({ format: READINGS_FORMAT, schemes: names })}\n`,
    line: ({ update, record, precise, schemes }) => {
      const { thread, cpu, pages, kind, member } = record;
      const readings = schemes.map(({ approximate, precise: sum }, i) => ({
        scheme: names[i],
        approximate,
        precise: sum,
      }));
      return `${JSON.stringify({ update, thread, cpu, pages, kind, member, precise, readings })}\n`;
    },
  };
}

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
  const of = member === undefined ? 'rss' : MEMBER[member];
  async function* readings() {
    tell(yield* readingsAfterEach(request, of, heartbeat));
  }
  let before = head;
  for await (const reading of readings()) {
    yield before + line(reading);
    before = '';
  }
}
