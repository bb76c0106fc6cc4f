/** Readings after each update, line by line, as CSV and NDJSON. */
import { stringify } from 'csv-stringify/sync';
import type { ReadingsLine } from './readings.ts';

export const READINGS_FORMAT = 'rss-err/readings@1';

/** Writes lines of one form; `names` are the schemes'. */
export interface ReadingsRenderer {
  readonly head: string;
  line(line: ReadingsLine): string;
}

export function csvReadings(names: readonly string[]): ReadingsRenderer {
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

export function ndjsonReadings(names: readonly string[]): ReadingsRenderer {
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
