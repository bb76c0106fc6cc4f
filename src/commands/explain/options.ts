/** Declares the options of `rss-err explain`. */
import { topologyOption } from '../../cli/machine.ts';
import { type FlagsOf, goesWith, listOption, option, type Value } from '../../cli/options.ts';
import { OUTPUT_OPTIONS } from '../../cli/output-options.ts';
import { choice, KERNEL, MEMORY_SIZE, type MemorySize, wholeNumber } from '../../cli/values.ts';
import { SEED } from '../../cli/workload-options.ts';
import { InputError } from '../../errors.ts';
import { MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import { READERS } from '../../kernel/readers.ts';
import { MEMBERS, type MemberName } from '../../kernel/rss-stat.ts';
import { MOST_THREADS } from '../../workload/workload.ts';
import { pageSizeOption } from '../compare/options.ts';

const READER = choice(READERS.map(({ name }) => name));

/** A figure as it is shown: kB as /proc and getrusage() write it, which is KiB; B for bytes. */
export const SHOWN: Value<MemorySize> = {
  parse(text, flag) {
    const [, bytes] = /^(\d{1,16})B$/.exec(text) ?? [];
    if (bytes !== undefined) return { text, amount: Number(bytes), bytesEach: 1 };
    return MEMORY_SIZE.parse(text.replace(/ ?kB$/, 'KiB'), flag);
  },
  format: MEMORY_SIZE.format,
};

/** Another reader's figure. */
interface OtherFigure {
  readonly reader: string;
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
    return { reader: READER.parse(name, flag), size: SHOWN.parse(size, flag) };
  },
  format: ({ reader, size }) => `${reader}=${SHOWN.format(size)}`,
};

const MEMBER = choice(MEMBERS);

const MEMBER_LIST: Value<readonly MemberName[]> = {
  parse: (text, flag) => [...new Set(text.split(',').map((name) => MEMBER.parse(name, flag)))],
  format: (names) => names.join(','),
};

const MOST_OPERATIONS = 100_000_000;

export const EXPLAIN_OPTIONS = {
  kernel: option('--kernel <release>', "uname -r (default: this kernel's)", KERNEL),
  reader: option(
    '--reader <name>',
    `whose figure, of ${READERS.map(({ name }) => name).join(', ')}`,
    READER,
    { default: 'status' },
  ),
  value: option(
    '--value <size>',
    'the figure: pages, 43MiB, "44032 kB" or 45088768B (default: any)',
    SHOWN,
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
  topology: topologyOption('this machine'),
  pageSize: pageSizeOption(),
  threads: option(
    '--threads <n>',
    'threads of the process, which hold pages back before 6.2',
    wholeNumber(1, MOST_THREADS),
  ),
  usedCpus: option(
    '--used-cpus <n>',
    'CPUs that it ever ran on or was reclaimed from (default: all on-line)',
    wholeNumber(1, MAX_NR_CPU_IDS),
  ),
  offlined: option(
    '--offlined <n>',
    'CPUs that went off-line while it ran',
    wholeNumber(0, MAX_NR_CPU_IDS),
    { default: 0, terse: true },
  ),
  members: option(
    '--members <list>',
    `members that the figure sums, of ${MEMBERS.join(', ')}: anon for RssAnon (default: file, anon, shmem)`,
    MEMBER_LIST,
  ),
  operations: option(
    '--operations <n>',
    'operations of the replay that shows what is typical',
    wholeNumber(1, MOST_OPERATIONS),
    { default: 100_000, terse: true },
  ),
  seed: { ...SEED, terse: true },
  ...OUTPUT_OPTIONS,
};

export type ExplainFlags = FlagsOf<typeof EXPLAIN_OPTIONS>;
