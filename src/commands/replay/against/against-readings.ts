/** Predicted and recorded readings side by side, a row each, as CSV and NDJSON. */

import { renderCsv } from '../../../render/csv.ts';
import { renderNdjson } from '../../../render/json.ts';
import type { Pages } from '../../../units.ts';

export const AGAINST_READINGS_FORMAT = 'rss-err/against-readings@1';

/** One recorded reading and the model's; pages. */
export interface ReadingRow {
  /** The file's name. */
  readonly run: string;
  /** Events before it. */
  readonly step: number;
  readonly precise: Pages;
  readonly recorded: Pages;
  readonly predicted: Pages;
  /** predicted − recorded. */
  readonly residual: Pages;
}

export function csvAgainstReadings(rows: readonly ReadingRow[]): string {
  return renderCsv(rows.map((row) => ({ ...row })));
}

export function ndjsonAgainstReadings(rows: readonly ReadingRow[]): string {
  return renderNdjson(rows.map((row) => ({ format: AGAINST_READINGS_FORMAT, ...row })));
}
