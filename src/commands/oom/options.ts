/** Declares the options of `rss-err oom`: of a log's reports, and of the model. */
import { topologyOption } from '../../cli/machine.ts';
import {
  excludes,
  type FlagsOf,
  listOption,
  option,
  toggle,
  type Value,
} from '../../cli/options.ts';
import { OUTPUT_OPTIONS } from '../../cli/output-options.ts';
import { wholeNumber } from '../../cli/values.ts';
import { InputError, quote } from '../../errors.ts';
import { type KernelRelease, parseRelease } from '../../kernel/releases.ts';
import type { SchemeSpec } from '../../schemes/registry.ts';
import { pageSizeOption, SCHEME } from '../compare/options.ts';
import { LARGEST_MACHINE, MOST_THREADS, type ThreadCounts } from './study.ts';

const KERNEL: Value<KernelRelease> = {
  parse(text, flag) {
    const release = parseRelease(text);
    if (release !== null) return release;
    throw new InputError(
      `${flag} ${text}: ${quote(text)} is not a release as uname -r prints it, such as 6.12.117`,
    );
  },
  format: ({ text }) => text,
};

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

export const OOM_OPTIONS = {
  kernel: option('--kernel <release>', "uname -r (default: the log's)", KERNEL),
  topology: topologyOption("the log's CPUs, else a range"),
  cpus: option(
    '--cpus <n>',
    'CPUs on-line, where the log does not say it',
    wholeNumber(1, LARGEST_MACHINE),
    { rules: [excludes('--topology')] },
  ),
  threads: option(
    '--threads <n|task=n,…>',
    'threads of all tasks, or of some by pid or name (kernels before 6.2)',
    THREADS,
  ),
  scheme: listOption(
    '--scheme <name[:key=value,…]>',
    "scheme that counts (default: the kernel's)",
    SCHEME,
    'repeated',
  ),
  pageSize: pageSizeOption("the log's"),
  failUncertain: toggle('--fail-uncertain', 'exit 1 unless each choice is certain'),
  ...OUTPUT_OPTIONS,
};

export type OomFlags = FlagsOf<typeof OOM_OPTIONS>;

/** The scheme that a log is judged by. @throws InputError where several are given. */
export function oneScheme(schemes: readonly SchemeSpec[] | undefined): SchemeSpec | null {
  if (schemes === undefined) return null;
  if (schemes.length === 1) return schemes[0]!;
  throw new InputError('--scheme: a log is judged by one scheme');
}
