/** Declares the options of `rss-err oom`: of a log's reports, and of the model. */

import { pageSizeOption, SCHEME } from '../../cli/kernel-options.ts';
import { DEFAULT_TOPOLOGY, topologyOption } from '../../cli/machine.ts';
import {
  allRuled,
  excludes,
  type FlagsOf,
  goesWith,
  goesWithout,
  grouped,
  listOption,
  option,
  toggle,
  type Value,
} from '../../cli/options.ts';
import { PICTURED_OPTIONS } from '../../cli/output-options.ts';
import { choice, KERNEL, MEMORY_SIZE, type MemorySize, wholeNumber } from '../../cli/values.ts';
import { MAPPING_OPTIONS, POLICY_OPTIONS, SEED } from '../../cli/workload-options.ts';
import { InputError, quote } from '../../errors.ts';
import type { SchemeSpec } from '../../schemes/registry.ts';
import { GIB } from '../../units.ts';
import { AGES, POPULATION_NAMES } from './population.ts';
import { LARGEST_MACHINE, MOST_THREADS, type ThreadCounts } from './study.ts';

export const DEFAULT_MEMORY: MemorySize = { text: '4GiB', amount: 4, bytesEach: GIB };
export const DEFAULT_TURNOVER = 4;
export const DEFAULT_RUNS = 20;

/** "300", "mysqld=300,766=2" or both, a comma between. */
const THREADS: Value<ThreadCounts> = {
  parse(text, flag) {
    const of = new Map<string, number>();
    let all: number | null = null;
    for (const part of text.split(',')) {
      const [, name, digits = ''] = /^(?:(.+)=)?(\d{1,7})$/.exec(part) ?? [];
      const threads = Number(digits);
      const isTwice = name === undefined ? all !== null : of.has(name);
      if (threads < 1 || threads > MOST_THREADS || isTwice) {
        throw new InputError(
          `${flag} ${text}: ${quote(part)} is not a number of threads from 1 to ${MOST_THREADS}, or that of one task, such as 766=300 or mysqld=300, each once`,
        );
      }
      if (name === undefined) all = threads;
      else of.set(name, threads);
    }
    return { all, of };
  },
  format: ({ all, of }) =>
    [...(all === null ? [] : [`${all}`]), ...[...of].map((pair) => pair.join('='))].join(),
};

/** Of a log's reports. */
const LOG_OPTIONS = {
  cpus: option(
    '--cpus <n>',
    "CPUs on-line (default: the log's, else a range)",
    wholeNumber(1, LARGEST_MACHINE),
    { rules: [excludes('--topology')] },
  ),
  threads: option(
    '--threads <n|task=n,…>',
    'threads of all tasks, or of some by pid or name (kernels before 6.2)',
    THREADS,
  ),
  failUncertain: toggle('--fail-uncertain', 'exit 1 unless each choice is certain', {
    showing: true,
  }),
};

const MOST_PROCESSES = 2 ** 20;
const MOST_RUNS = 100_000;
const MOST_TURNOVER = 10 ** 6;

/** Of populations. */
const MODEL_OPTIONS = grouped('Populations (--model)', {
  population: option(
    '--population <name>',
    `which processes fill the memory: ${POPULATION_NAMES.join(', ')} (default: ${POPULATION_NAMES[0]})`,
    choice(POPULATION_NAMES),
  ),
  processes: option(
    '--processes <n>',
    "how many (default: the population's)",
    wholeNumber(2, MOST_PROCESSES),
  ),
  threadsEach: option(
    '--threads-each <n>',
    "threads of each process (default: the population's)",
    wholeNumber(1, MOST_THREADS),
  ),
  age: option(
    '--age <when>',
    `of the process that stands out, by creation: ${AGES.join(', ')} (default: the population's)`,
    choice(AGES),
  ),
  memory: option(
    '--memory <size>',
    `that they fill, in pages or as 64GiB (default: ${DEFAULT_MEMORY.text})`,
    MEMORY_SIZE,
  ),
  free: option('--free <size>', 'enough to end the killing (default: 1% of it)', MEMORY_SIZE),
  ...POLICY_OPTIONS,
  mapping: MAPPING_OPTIONS.mapping,
  turnover: option(
    '--turnover <n>',
    `operations of a process: so many times those that fill it (default: ${DEFAULT_TURNOVER})`,
    wholeNumber(1, MOST_TURNOVER),
  ),
  runs: option(
    '--runs <n>',
    `populations, each with a seed of its own (default: ${DEFAULT_RUNS})`,
    wholeNumber(1, MOST_RUNS),
  ),
  seed: SEED,
});

export const OOM_OPTIONS = {
  ...grouped('Log', {
    kernel: option('--kernel <release>', "uname -r (default: the log's)", KERNEL),
    ...allRuled(LOG_OPTIONS, goesWithout('--model')),
  }),
  ...grouped('Machine and schemes', {
    topology: topologyOption(`the log's CPUs, else a range; --model: ${DEFAULT_TOPOLOGY}`),
    scheme: listOption(
      '--scheme <name[:key=value,…]>',
      "scheme that counts (default: the kernel's; --model: those of compare)",
      SCHEME,
      'repeated',
    ),
    pageSize: pageSizeOption("the log's, or the machine's"),
  }),
  model: toggle(
    '--model',
    'instead of a log: populations that fill a machine, and how often each way to choose is wrong',
    { group: 'Populations (--model)' },
  ),
  ...allRuled(MODEL_OPTIONS, goesWith('--model')),
  ...PICTURED_OPTIONS,
};

export type OomFlags = FlagsOf<typeof OOM_OPTIONS>;

/** The scheme that a log is judged by. @throws InputError where several are given. */
export function oneScheme(schemes: readonly SchemeSpec[] | undefined): SchemeSpec | null {
  if (schemes === undefined) return null;
  if (schemes.length === 1) return schemes[0]!;
  throw new InputError('--scheme: a log is judged by one scheme');
}
