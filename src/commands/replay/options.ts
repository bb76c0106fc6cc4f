/** The options of `rss-err replay`: of all recordings, of a kernel's trace, and of real kernels' runs. */
import { JOBS } from '../../cli/jobs.ts';
import { selectCpus } from '../../cli/machine.ts';
import {
  allRuled,
  type FlagsOf,
  goesWith,
  goesWithout,
  grouped,
  listOption,
  type Options,
  option,
  ruled,
  toggle,
  type Value,
} from '../../cli/options.ts';
import { OUTPUT_OPTIONS } from '../../cli/output-options.ts';
import { choice, TEXT } from '../../cli/values.ts';
import {
  chosenOf,
  flagsOfChosen,
  POLICY_NAMES,
  parameterOptions,
  SEED,
  USED,
} from '../../cli/workload-options.ts';
import { InputError, quote } from '../../errors.ts';
import { MEMBERS } from '../../kernel/rss-stat.ts';
import { DEFAULT_SIZE_KIND, SIZE_KINDS } from '../../recorded/trace/change.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize } from '../../units.ts';
import { POLICIES, type Policy } from '../../workload/registry.ts';
import { DEFAULT_SEED } from '../../workload/workload.ts';
import {
  COST_OPTIONS,
  MACHINE_OPTIONS,
  READING_OPTIONS,
  WARM_UP_OPTION,
} from '../compare/options.ts';
import type { TraceChoices } from './request.ts';

interface ProcessId {
  readonly mm: number;
  /** Of a trace's processes that had this mm_id one after the other, which one; null: all of them. */
  readonly life: number | null;
}

/** "247315454", "0xebdb97e" as raw traces have it, or "247315454#2" as results show the second. */
const PROCESS_ID: Value<ProcessId> = {
  parse(text, flag) {
    const match = /^(0x[0-9a-f]{1,14}|\d{1,16})(?:#([1-9]\d{0,8}))?$/i.exec(text);
    const [, id, life] = match ?? [];
    const mm = Number(id);
    if (!(mm <= Number.MAX_SAFE_INTEGER)) {
      throw new InputError(
        `${flag} ${text}: ${quote(text)} is not an id such as 247315454, 0xebdb97e, or 247315454#2 for the second process that had it`,
      );
    }
    return { mm, life: life === undefined ? null : Number(life) };
  },
  format: ({ mm, life }) => (life === null ? `${mm}` : `${mm}#${life}`),
};

/** TASK_COMM_LEN (include/linux/sched.h) without the final zero. */
const LONGEST_COMM = 15;

const COMM: Value<string> = {
  parse(text, flag) {
    if (text !== '' && Buffer.byteLength(text) <= LONGEST_COMM) return text;
    throw new InputError(
      `${flag} ${text}: ${quote(text)} is not a name of 1 to ${LONGEST_COMM} bytes: the kernel keeps no more`,
    );
  },
  format: (name) => name,
};

/** What only --spread understands. */
const SPREAD_OPTIONS = {
  ...(allRuled(parameterOptions('--spread', POLICIES) as Options, goesWith('--spread')) as object),
  used: {
    ...ruled(USED, goesWith('--spread')),
    description: `--spread: ${USED.description}`,
  },
  seed: option(
    '--seed <n>',
    `--spread: seed of every random draw (default: ${DEFAULT_SEED})`,
    SEED.value as Value<number>,
    { rules: [goesWith('--spread')] },
  ),
};

/** What a kernel's trace takes. */
const TRACE_OPTIONS = {
  comm: option('--comm <name>', 'trace: only processes that a task of this name ran in', COMM),
  sizeIs: option(
    '--size-is <what>',
    `trace: what rss_stat's sizes are: ${SIZE_KINDS.join(', ')} (default: ${DEFAULT_SIZE_KIND})`,
    choice(SIZE_KINDS),
  ),
  spread: option(
    '--spread <policy>',
    `trace, record of observe: place threads on the machine by ${POLICY_NAMES.join(', ')}`,
    choice(POLICY_NAMES),
  ),
  ...SPREAD_OPTIONS,
};

/** Options that say how a run is summed up: a list of readings has no such sum. */
const withoutReadings = <O extends Options>(options: O) =>
  allRuled(options, goesWithout('--readings'));

/** Recorded runs of real kernels bring their own machine, schemes and updates. */
const withoutAgainst = <O extends Options>(options: O) =>
  allRuled(options, goesWithout('--against'));

export const REPLAY_OPTIONS = {
  ...grouped('Machine and schemes', {
    ...withoutAgainst(MACHINE_OPTIONS),
    reader: ruled(MACHINE_OPTIONS.reader, goesWithout('--readings')),
  }),
  ...OUTPUT_OPTIONS,
  unit: ruled(OUTPUT_OPTIONS.unit, goesWithout('--readings')),
  ...withoutAgainst(
    withoutReadings({
      ...grouped('Output', READING_OPTIONS),
      ...COST_OPTIONS,
      warmUp: { ...WARM_UP_OPTION, group: 'Recording' },
    }),
  ),
  ...grouped(
    'Recording',
    withoutAgainst({
      mm: option(
        '--mm <id>',
        'the process to replay, where a file holds several (trace: default all)',
        PROCESS_ID,
      ),
      ...TRACE_OPTIONS,
      jobs: ruled(JOBS, goesWithout('--readings')),
    }),
  ),
  ...grouped('Readings', {
    readings: toggle('--readings', 'print what each scheme reads after every update (csv, ndjson)'),
    ...withoutAgainst({
      member: option(
        '--member <name>',
        `with --readings: one of ${MEMBERS.join(', ')} instead of RSS`,
        choice(MEMBERS),
        { rules: [goesWith('--readings')] },
      ),
    }),
  }),
  ...grouped('Recorded kernels', {
    against: listOption(
      '--against <file...>',
      'instead of updates: runs recorded on real kernels, predicted and recorded side by side',
      TEXT,
      'variadic',
    ),
  }),
};

export type ReplayFlags = FlagsOf<typeof REPLAY_OPTIONS>;

/** @throws InputError where a CPU is not on-line. */
export function traceChoicesOf(
  flags: ReplayFlags,
  topology: Topology,
  pageSize: PageSize,
): TraceChoices {
  const { sizeIs = DEFAULT_SIZE_KIND, comm = null, spread, seed = DEFAULT_SEED } = flags;
  const choices = { sizeIs, comm, life: flags.mm?.life ?? null };
  if (spread === undefined) return { ...choices, spread: null };
  const policy = chosenOf<Policy>(POLICIES, spread, flags, {}, pageSize);
  return { ...choices, spread: { policy, seed, cpus: selectCpus('--used', flags.used, topology) } };
}

/** The flags that make these choices again. */
export function flagsOfTrace({ sizeIs, comm, spread }: TraceChoices, { used }: ReplayFlags) {
  return {
    comm: comm ?? undefined,
    sizeIs: sizeIs === DEFAULT_SIZE_KIND ? undefined : sizeIs,
    ...(spread === null ? {} : flagsOfChosen('--spread', POLICIES, spread.policy)),
    used,
    seed: spread?.seed,
  };
}
