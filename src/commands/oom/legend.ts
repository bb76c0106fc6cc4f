/** Words of judged reports and of the model, for the help. */
import { legendLines } from '../../render/legend.ts';

export function oomLegend(): readonly string[] {
  return [
    ...legendLines([
      ['task, pid', "a row of the report's table, and its process"],
      ['shown', 'RSS as the table has it; from, to: the true one, as low and as high as it can be'],
      ['points', 'by true figures, from, to: RSS, swap, page tables, the share of oom_score_adj'],
      ['is', 'chosen; rival: may truly have had more points; never: may not be chosen'],
    ]),
    '',
    ...legendLines(
      [
        ['selection', 'approximate: kernels to 6.19; precise: 7.0; two-pass: tree series 10 to 16'],
        ['wrong, 95%', 'runs in which another process truly had more points, and the share'],
        ['ties', 'runs in which age decided'],
        ['short, most', 'resident pages of the best victim beyond the killed: mean, largest'],
        ['kills', 'until enough is free'],
        ['sums, time', 'processes summed precisely in a selection, and a model of its time'],
      ],
      'Words of --model:',
    ),
  ];
}
