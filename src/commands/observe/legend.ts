/** Words of what was observed, for the help. */
import { legendLines } from '../../render/legend.ts';

export function observeLegend(): readonly string[] {
  return legendLines([
    ['process', 'its id and command'],
    ['reads', 'what stat (field 24) shows, approximate on every kernel'],
    ['resident', 'the precise figure: of statm, or of a walk of the page tables'],
    [
      'error',
      'reads minus resident: below 0 it reads low; ~: part may be growth meanwhile; a..b: the error lay in between',
    ],
    ['of RSS', 'the error as a share of what is resident'],
    ['lowest', 'of the errors over all rounds; highest, mean: likewise'],
    ['change', 'the last error minus the first'],
    ['limit', 'the exact worst case, before 6.2 of so many threads'],
  ]);
}
