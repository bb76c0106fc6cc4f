/** The options of `rss-err replay` that a kernel's trace takes. */
import type { Command } from 'commander';
import { selectCpus } from '../../cli/cpu-selection.ts';
import {
  addPolicyNumbers,
  demandTogether,
  POLICY_NAMES,
  type PolicyName,
  type PolicyNumberFlags,
  policyNamed,
} from '../../cli/policy-options.ts';
import { choice, wholeNumber } from '../../cli/values.ts';
import { policyArguments } from '../../cli/workload-arguments.ts';
import { InputError, quote } from '../../errors.ts';
import { DEFAULT_SIZE_KIND, SIZE_KINDS, type SizeKind } from '../../recorded/trace/change.ts';
import type { Topology } from '../../topology/topology.ts';
import { DEFAULT_SEED } from '../../workload/presets.ts';

import type { ProcessId } from './process-id.ts';
import type { TraceChoices } from './request.ts';

export interface TraceFlags extends PolicyNumberFlags {
  readonly mm?: ProcessId;
  readonly sizeIs?: SizeKind;
  readonly comm?: string;
  readonly spread?: PolicyName;
  readonly cpus?: string;
  readonly seed?: number;
}

/** What only --spread understands. */
const OF_SPREAD: readonly (readonly [name: keyof TraceFlags, flag: string])[] = [
  ['runLength', '--run-length'],
  ['stay', '--stay'],
  ['localTo', '--local-to'],
  ['busy', '--busy'],
  ['balanceEvery', '--balance-every'],
  ['cpus', '--cpus'],
  ['seed', '--seed'],
];

/** TASK_COMM_LEN (include/linux/sched.h) without the final zero. */
const LONGEST_COMM = 15;

function commName(text: string): string {
  if (text !== '' && Buffer.byteLength(text) <= LONGEST_COMM) return text;
  throw new InputError(
    `--comm ${text}: ${quote(text)} is not a name of 1 to ${LONGEST_COMM} bytes: the kernel keeps no more`,
  );
}

export function addTraceOptions(command: Command): Command {
  const chosen = command
    .option('--comm <name>', 'trace: only processes that a task of this name ran in', commName)
    .option(
      '--size-is <what>',
      `trace: what rss_stat's sizes are: ${SIZE_KINDS.join(', ')} (default: ${DEFAULT_SIZE_KIND})`,
      choice('--size-is', SIZE_KINDS),
    )
    .option(
      '--spread <policy>',
      `trace: place threads on the machine by ${POLICY_NAMES.join(', ')}`,
      choice('--spread', POLICY_NAMES),
    );
  return addPolicyNumbers(chosen)
    .option('--cpus <cpulist>', '--spread: CPUs that threads run on (default: all on-line)')
    .option(
      '--seed <n>',
      `--spread: seed of every random draw (default: ${DEFAULT_SEED})`,
      wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER),
    );
}

/** @throws InputError where options do not go together, or a CPU is not on-line. */
export function traceChoicesOf(flags: TraceFlags, topology: Topology): TraceChoices {
  const { sizeIs = DEFAULT_SIZE_KIND, comm = null, spread, seed = DEFAULT_SEED } = flags;
  const choices = { sizeIs, comm, life: flags.mm?.life ?? null };
  if (spread === undefined) {
    for (const [name, flag] of OF_SPREAD) demandTogether(flags[name], flag, false, '--spread');
    return { ...choices, spread: null };
  }
  const policy = policyNamed(spread, flags, null, '--spread');
  return { ...choices, spread: { policy, seed, cpus: selectCpus('--cpus', flags.cpus, topology) } };
}

/** The words that make these choices again, for "reproduce". */
export function traceWords(flags: TraceFlags, { sizeIs, comm, spread }: TraceChoices): string[] {
  return [
    ...(comm === null ? [] : ['--comm', comm]),
    ...(sizeIs === DEFAULT_SIZE_KIND ? [] : ['--size-is', sizeIs]),
    ...(spread === null ? [] : policyArguments(spread.policy, '--spread')),
    ...(flags.cpus === undefined ? [] : ['--cpus', flags.cpus]),
    ...(spread === null ? [] : ['--seed', `${spread.seed}`]),
  ];
}
