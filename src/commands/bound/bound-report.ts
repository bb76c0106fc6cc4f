/** The bounds in every shape that a format may ask for. */

import type { Report } from '../../render/formats.ts';
import { boundLines } from './bound-lines.ts';
import { boundRangeView } from './bound-range-view.ts';
import { boundRecords } from './bound-records.ts';
import type { BoundChoices } from './bound-text.ts';
import type { BoundResult } from './result.ts';
import { boundView } from './view.ts';

export function boundReport(result: BoundResult, choices: BoundChoices): Report {
  const viewOf = result.range === null ? boundView : boundRangeView;
  return {
    view: (layout) => viewOf(result, choices, layout),
    records: () => boundRecords(result),
    document: result,
    lines: () => boundLines(result),
  };
}
