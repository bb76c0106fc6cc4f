/** The options of `observe`. */
import { topologyOption } from '../../cli/machine.ts';
import {
  excludes,
  type FlagsOf,
  goesWithout,
  grouped,
  type Options,
  option,
  ruled,
  toggle,
} from '../../cli/options.ts';
import { namedFor, PICTURED_OPTIONS } from '../../cli/output-options.ts';
import { BESIDE, duration, KERNEL, TEXT, wholeNumber } from '../../cli/values.ts';

const SHORTEST = 0.01;
const LONGEST = 86_400;
const LONGEST_OBSERVATION = 365 * LONGEST;
const MOST_ROWS = 1_000_000;

/** What a record says itself. */
const live = <O extends Options>(options: O): O =>
  Object.fromEntries(
    Object.entries(options).map(([key, each]) => [key, ruled(each, goesWithout('--from'))]),
  ) as unknown as O;

const WHOSE = live({
  all: toggle('--all', 'all processes, those with the largest error first'),
  interval: option(
    '--interval <time>',
    'from one round to the next, at least: 500ms, 1s, 5m',
    duration(SHORTEST, LONGEST),
    { default: 1, terse: true },
  ),
  for: option(
    '--for <time>',
    'how long (default: of --all one round, else until the processes end, or q or Ctrl-C)',
    duration(0, LONGEST_OBSERVATION),
  ),
  cheap: toggle(
    '--cheap',
    'never walk page tables: where statm is not precise, limits without errors',
  ),
  record: option(
    '--record <file>',
    'also write each reading, for --from',
    namedFor(['ndjson'], BESIDE),
  ),
});

const SURROUNDINGS = live({
  proc: option('--proc <dir>', "another /proc, as a container sees its host's", TEXT, {
    default: '/proc',
    terse: true,
  }),
  kernel: option('--kernel <release>', 'of that /proc (default: as it says itself)', KERNEL),
  topology: topologyOption('this machine'),
});

export const OBSERVE_OPTIONS = {
  ...grouped('Observation', WHOSE),
  from: option('--from <file>', 'no processes, but what --record has written; - for stdin', TEXT, {
    group: 'Observation',
  }),
  ...grouped('Machine', SURROUNDINGS),
  ...PICTURED_OPTIONS,
  readings: toggle(
    '--readings',
    'each reading as it comes, as CSV or NDJSON, not the summary at the end',
    {
      ...{ rules: [excludes('--from')], group: 'Output' },
    },
  ),
  top: option('--top <n>', 'processes of a table, at most', wholeNumber(1, MOST_ROWS), {
    ...{ default: 20, terse: true, group: 'Output' },
  }),
};

export type ObserveFlags = FlagsOf<typeof OBSERVE_OPTIONS>;
