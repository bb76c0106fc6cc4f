/** Declares the options of `rss-err explain`. */
import { KERNEL_OPTION, pageSizeOption, READER_OPTION } from '../../cli/kernel-options.ts';
import { topologyOption } from '../../cli/machine.ts';
import {
  type FlagsOf,
  goesWith,
  grouped,
  listOption,
  option,
  type Value,
} from '../../cli/options.ts';
import { OUTPUT_OPTIONS } from '../../cli/output-options.ts';
import { type MemorySize, READER, SHOWN_SIZE, wholeNumber } from '../../cli/values.ts';
import { SEED, USED } from '../../cli/workload-options.ts';
import { InputError } from '../../errors.ts';
import { MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import type { WhoReads } from '../../kernel/tools.ts';
import { MOST_THREADS } from '../../workload/workload.ts';

/** Another reader's figure. */
interface OtherFigure {
  readonly who: WhoReads;
  readonly size: MemorySize;
}

const OTHER_FIGURE: Value<OtherFigure> = {
  parse(text, flag) {
    const [, name, size] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || size === undefined) {
      throw new InputError(
        `${flag} ${text}: expected a reader and its figure, such as statm=43MiB`,
      );
    }
    return { who: READER.parse(name, flag), size: SHOWN_SIZE.parse(size, flag) };
  },
  format: ({ who, size }) => `${READER.format(who)}=${SHOWN_SIZE.format(size)}`,
};

const MOST_OPERATIONS = 100_000_000;

export const EXPLAIN_OPTIONS = {
  ...grouped('Figures', {
    kernel: { ...KERNEL_OPTION, description: `${KERNEL_OPTION.description} (default: this one)` },
    reader: { ...READER_OPTION, default: READER.parse('VmRSS', '--reader') },
    value: option(
      '--value <size>',
      'the figure: 43MiB, "44032 kB", 45088768B; without a unit in pages, of ps, top and others that print KiB in KiB (default: any)',
      SHOWN_SIZE,
    ),
    and: {
      ...listOption(
        '--and <reader=size>',
        'a figure of another reader of the same process, repeatable; of the same reader: a later one',
        OTHER_FIGURE,
        'repeated',
      ),
      rules: [goesWith('--value')],
    },
  }),
  ...grouped('Machine and process', {
    topology: topologyOption('this machine'),
    pageSize: pageSizeOption(),
    threads: option(
      '--threads <n>',
      'threads of the process, which hold pages back before 6.2',
      wholeNumber(1, MOST_THREADS),
    ),
    used: {
      ...USED,
      description: 'CPUs that it ever ran on or was reclaimed from (default: all on-line)',
    },
    offlined: option(
      '--offlined <n>',
      'CPUs that went off-line while it ran',
      wholeNumber(0, MAX_NR_CPU_IDS),
      { default: 0, terse: true },
    ),
  }),
  ...grouped('Replay', {
    operations: option(
      '--operations <n>',
      'operations of the replay that shows what is typical',
      wholeNumber(1, MOST_OPERATIONS),
      { default: 100_000, terse: true },
    ),
    seed: { ...SEED, terse: true },
  }),
  ...OUTPUT_OPTIONS,
};

export type ExplainFlags = FlagsOf<typeof EXPLAIN_OPTIONS>;
