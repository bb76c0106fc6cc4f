/** The bounds in every shape that a format may ask for. */
import type { BoundResult } from '../study/bound-result.ts';
import { boundLines } from './bound-lines.ts';
import { boundRangeView } from './bound-range-view.ts';
import { boundRecords } from './bound-records.ts';
import type { BoundChoices } from './bound-text.ts';
import { boundView } from './bound-view.ts';
import type { Report } from './formats.ts';

export function boundReport(result: BoundResult, choices: BoundChoices): Report {
  const viewOf = result.range === null ? boundView : boundRangeView;
  return {
    view: (layout) => viewOf(result, choices, layout),
    records: () => boundRecords(result),
    document: result,
    lines: () => boundLines(result),
  };
}
