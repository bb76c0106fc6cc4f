/** Words of the objectives and of the tables, for the help. */
import { legendLines, type Word } from '../../render/legend.ts';

const OBJECTIVES: readonly Word[] = [
  ['worst', 'larger side of the exact worst case of one counter, settled, all on-line CPUs'],
  ['used', 'the same over the CPUs of --used'],
  [
    'centred',
    'a model: worst, were readings moved by a constant to the middle of what is possible',
  ],
  ['centred-used', 'a model: used, were they moved by what the CPUs of --used can hold back'],
  ['in-flight', 'with --in-flight updates at once'],
  ['touches', 'of shared lines, a page of a process that grows by one page after another'],
  ['busiest', 'those of the one line that has the most, while all on-line CPUs grow alike'],
  ['memory', 'of the four counters of one process'],
  ['reads', 'values that one reading adds up'],
  ['precise', 'values that a precise sum of one counter adds up'],
  ['observed', 'largest error that a reader sees in the replays'],
  ['atomics', 'of shared lines, an operation of the replays'],
  ['moved', 'touches, an operation, of lines that another CPU had touched last'],
  ['time', 'an operation, a model of --latency'],
];

const HEADS: readonly Word[] = [
  ['(+N)', 'so many designs more with the same figures: in JSON, by name'],
  ['worst', 'as the objective; N used: as the objective used'],
  ['RSS', 'worst, of file, anon and shmem together'],
  ['N run', 'worst, while N updates are in flight (--in-flight)'],
  ['observed', 'the largest errors of a reader in the replays, below and above; no bound'],
  ['moved/op', 'as the objective moved; ns/op: as the objective time'],
  ['bytes', 'as the objective memory'],
  ['dominated by', 'designs that are no worse in any objective and better in one'],
  ['as it is, moved', 'both sides of worst; centred; moved by the N used: centred-used'],
];

/** What the objectives and the heads are. */
export function designLegend(): readonly string[] {
  return [
    ...legendLines(OBJECTIVES, 'Objectives, the less the better:'),
    '',
    ...legendLines(HEADS),
  ];
}
