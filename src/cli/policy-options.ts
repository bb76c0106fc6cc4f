/** The options that a migration policy takes, and the policy that they make. */
import type { Command } from 'commander';
import { InputError } from '../errors.ts';
import { LOCALITY_SCOPES, type LocalityScope } from '../workload/policies/groups.ts';
import { POLICIES, type Policy } from '../workload/registry.ts';
import { choice, percent, wholeNumber } from './values.ts';

export type PolicyName = Policy['name'];
export const POLICY_NAMES = POLICIES.map(({ name }) => name);
const DEFAULT_POLICY_NUMBERS = {
  meanRun: 1000,
  scope: 'cache',
  stayPerMillion: 900_000,
  busyPerMillion: 500_000,
  every: 100,
} as const;

/** The numbers of policies, whichever option chooses one. */
export interface PolicyNumberFlags {
  readonly runLength?: number;
  readonly stay?: number;
  readonly localTo?: LocalityScope;
  readonly busy?: number;
  readonly balanceEvery?: number;
}

export interface PolicyFlags extends PolicyNumberFlags {
  readonly policy?: PolicyName;
  readonly cpus?: string;
}

export function addPolicyNumbers(command: Command): Command {
  return command
    .option(
      '--run-length <n>',
      'sticky: operations between migrations, wake-affine: between wake-ups, on average',
      wholeNumber('--run-length', 1, 2 ** 31),
    )
    .option('--stay <percent>', 'local: operations that stay near', percent('--stay'))
    .option(
      '--local-to <what>',
      `local: what a thread stays in: ${LOCALITY_SCOPES.join(', ')}`,
      choice('--local-to', LOCALITY_SCOPES),
    )
    .option(
      '--busy <percent>',
      'wake-affine: CPUs that are not idle, load-balance: looks that find a thread to pull',
      percent('--busy'),
    )
    .option(
      '--balance-every <n>',
      'load-balance: operations between looks at a domain, for each CPU of it',
      wholeNumber('--balance-every', 1, 2 ** 31),
    );
}

/** `--policy`, its numbers, and the CPUs that threads run on. */
export function addPolicyOptions(command: Command): Command {
  const chosen = command.option(
    '--policy <name>',
    `how threads migrate: ${POLICY_NAMES.join(', ')}`,
    choice('--policy', POLICY_NAMES),
  );
  return addPolicyNumbers(chosen).option(
    '--cpus <cpulist>',
    'CPUs that the threads run on, or node:0 (default: all on-line)',
  );
}

/** An option that only one choice of another understands is refused beside the rest. */
export function demandTogether(
  given: unknown,
  flag: string,
  fits: boolean,
  goesWith: string,
): void {
  if (given !== undefined && !fits) throw new InputError(`${flag} goes with ${goesWith}`);
}

/** The policy of a name; `option` is the one that chose it, for messages. */
export function policyNamed(
  name: PolicyName,
  flags: PolicyNumberFlags,
  preset: Policy | null,
  option: '--policy' | '--spread',
): Policy {
  const wakes = name === 'wake-affine';
  const balances = name === 'load-balance';
  const runs = name === 'sticky' || wakes;
  demandTogether(flags.runLength, '--run-length', runs, `${option} sticky or wake-affine`);
  demandTogether(flags.stay, '--stay', name === 'local', `${option} local`);
  demandTogether(flags.localTo, '--local-to', name === 'local', `${option} local`);
  demandTogether(flags.busy, '--busy', wakes || balances, `${option} wake-affine or load-balance`);
  demandTogether(flags.balanceEvery, '--balance-every', balances, `${option} load-balance`);
  const numbers = { ...DEFAULT_POLICY_NUMBERS, ...preset };
  switch (name) {
    case 'sticky':
      return { name, meanRun: flags.runLength ?? numbers.meanRun };
    case 'local':
      return {
        name,
        scope: flags.localTo ?? numbers.scope,
        stayPerMillion: flags.stay ?? numbers.stayPerMillion,
      };
    case 'wake-affine':
      return {
        name,
        meanRun: flags.runLength ?? numbers.meanRun,
        busyPerMillion: flags.busy ?? numbers.busyPerMillion,
      };
    case 'load-balance':
      return {
        name,
        every: flags.balanceEvery ?? numbers.every,
        busyPerMillion: flags.busy ?? numbers.busyPerMillion,
      };
    default:
      return { name };
  }
}

/** The preset's policy with what the user changed of it. */
export function policyOf(flags: PolicyFlags, preset: Policy): Policy {
  return policyNamed(flags.policy ?? preset.name, flags, preset, '--policy');
}
