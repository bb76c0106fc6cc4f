/** The policies and patterns that there are, a line each, in the order of the help. */
import type { Chosen, Parameters } from './contract/parameter.ts';
import type { PatternRecord } from './contract/pattern.ts';
import type { PolicyRecord } from './contract/policy.ts';
import { grow } from './patterns/grow.ts';
import { handoff } from './patterns/handoff.ts';
import { leak } from './patterns/leak.ts';
import { sawtooth } from './patterns/sawtooth.ts';
import { slots } from './patterns/slots.ts';
import { steady } from './patterns/steady.ts';
import { loadBalance } from './policies/load-balance.ts';
import { local } from './policies/local.ts';
import { pinned } from './policies/pinned.ts';
import { roundRobin } from './policies/round-robin.ts';
import { sticky } from './policies/sticky.ts';
import { uniform } from './policies/uniform.ts';
import { wakeAffine } from './policies/wake-affine.ts';

export const POLICIES = [
  uniform,
  sticky,
  local,
  roundRobin,
  pinned,
  wakeAffine,
  loadBalance,
] as const;

export const PATTERNS = [slots, steady, sawtooth, grow, handoff, leak] as const;

export type Policy = Chosen<(typeof POLICIES)[number]>;
export type Pattern = Chosen<(typeof PATTERNS)[number]>;

/** The record of a chosen policy, which takes the policy itself as the values of its parameters. */
export function policyRecord({ name }: Policy): PolicyRecord<string, Parameters> {
  return POLICIES.find((record) => record.name === name)!;
}

/** As policyRecord(). */
export function patternRecord({ name }: Pattern): PatternRecord<string, Parameters> {
  return PATTERNS.find((record) => record.name === name)!;
}
