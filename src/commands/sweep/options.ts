/** The options of sweeps: those of the command, each with alternatives, and how points are run and kept. */

import type { CommandSpec } from '../../cli/command.ts';
import { JOBS } from '../../cli/jobs.ts';
import {
  excludes,
  type FlagsOf,
  goesWith,
  goesWithChoices,
  grouped,
  keyOf,
  listOption,
  longOf,
  type Option,
  type Options,
  option,
  ruled,
  toggle,
  type Value,
} from '../../cli/options.ts';
import { PICTURED_OPTIONS } from '../../cli/output-options.ts';
import { TEXT } from '../../cli/values.ts';
import { InputError, quote, succeeds } from '../../errors.ts';
import { PICTURE_FORMATS, TEXT_FORMATS } from '../../render/formats.ts';
import { formatScheme, parseScheme } from '../../schemes/registry.ts';
import { sweptOptions } from './grid.ts';
import type { Shard } from './run-sweep.ts';

/** As rows name it: `tree:batch=32` is `tree`. What is no scheme is told where the rows are. */
const SCHEME_NAME: Value<string> = {
  parse: (text) => (succeeds(() => parseScheme(text)) ? formatScheme(parseScheme(text)) : text),
  format: (name) => name,
};

const MOST_SHARDS = 1_000_000;

/** "3/40": the third of forty. */
const SHARD: Value<NonNullable<Shard>> = {
  parse(text, flag) {
    const [, index, of] = /^(\d{1,7})\/(\d{1,7})$/.exec(text) ?? [];
    const shard = { index: Number(index), of: Number(of) };
    if (shard.index >= 1 && shard.index <= shard.of && shard.of <= MOST_SHARDS) return shard;
    throw new InputError(
      `${flag} ${text}: ${quote(text)} is no part of a whole: expected INDEX/OF from 1/1, such as 3/40`,
    );
  },
  format: ({ index, of }) => `${index}/${of}`,
};

/** "threads,policy" */
const AXES: Value<readonly string[]> = {
  parse(text, flag) {
    const words = text.split(',').map((word) => word.trim());
    if (words.length <= 2) return words;
    throw new InputError(`${flag} ${text}: expected two parameters at most, as X,Y`);
  },
  format: (words) => words.join(','),
};

/** What a report is of. */
const REPORT_OPTIONS = grouped('Report', {
  figure: option(
    '--figure <column>',
    "a column of the command's CSV that tables are of (default: the largest error below the truth, or what stands for it)",
    TEXT,
  ),
  by: option(
    '--by <x[,y]>',
    'parameters along the axes of pictures (default: those with the most values)',
    AXES,
    { rules: [goesWithChoices('--format', PICTURE_FORMATS)] },
  ),
  against: option(
    '--against <scheme>',
    'the scheme that others are paired with, seed by seed (default: the first)',
    SCHEME_NAME,
  ),
});

const { format, output, color } = PICTURED_OPTIONS;

export const SHOWN_OPTIONS = { ...grouped('Output', { format, output, color }), ...REPORT_OPTIONS };

export type ShownFlags = FlagsOf<typeof SHOWN_OPTIONS>;

/** Formats that are of a report, where others are of the points. */
const OF_REPORTS = [...TEXT_FORMATS, ...PICTURE_FORMATS];

/** The same where other formats show the points as they are. */
export const POINTS_OR_REPORT: typeof SHOWN_OPTIONS = {
  ...SHOWN_OPTIONS,
  figure: ruled(SHOWN_OPTIONS.figure, goesWithChoices('--format', OF_REPORTS)),
  against: ruled(SHOWN_OPTIONS.against, goesWithChoices('--format', OF_REPORTS)),
};

export const RUN_OPTIONS = {
  ...grouped('Points', {
    where: listOption(
      '--where <filter>',
      'run the points that pass, such as threads<=online-cpus; repeatable',
      TEXT,
      'repeated',
    ),
    skipRefused: toggle(
      '--skip-refused',
      'go on where the command refuses a combination: the point says why',
    ),
    shard: option('--shard <index/of>', 'run one part of the points, such as 3/40', SHARD),
    list: toggle(
      '--list',
      'print the command lines of the points, and about how long they take; run none',
      { rules: [excludes('--output')] },
    ),
  }),
  ...grouped('Runs', {
    resume: toggle('--resume', 'go on with what --output has: run what is missing', {
      rules: [goesWith('--output')],
    }),
    jobs: { ...JOBS, description: 'workers, each a point at a time (default: all CPUs)' },
  }),
  ...POINTS_OR_REPORT,
};

/** The command's options, each with texts that may hold alternatives. */
export function gridOptions(spec: CommandSpec<Options>): Options {
  const declared = Array.from(sweptOptions(spec).values(), (each) => {
    const { flags, description, group, value } = each;
    const texts = { ...TEXT, ...(value?.words && { words: value.words }) };
    const own: Option<unknown> = { flags, description, value: texts, list: 'repeated' };
    return [
      keyOf(longOf(each)),
      { ...(value === null ? toggle(flags, description) : own), ...(group && { group }) },
    ];
  });
  return Object.fromEntries(declared) as Options;
}
