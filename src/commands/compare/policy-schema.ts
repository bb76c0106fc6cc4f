/** The form of a migration policy, as every result of a generated workload names it. */
import * as z from 'zod';
import { LOCALITY_SCOPES } from '../../workload/workload.ts';

export const perMillion = z.int().min(0).max(1_000_000);

export const policy = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('uniform') }),
  z.strictObject({ name: z.literal('sticky'), meanRun: z.int().min(1).describe('operations') }),
  z.strictObject({
    name: z.literal('local'),
    scope: z.literal(LOCALITY_SCOPES),
    stayPerMillion: perMillion,
  }),
  z.strictObject({ name: z.literal('round-robin') }),
  z.strictObject({ name: z.literal('pinned') }),
  z.strictObject({
    name: z.literal('wake-affine'),
    meanRun: z.int().min(1).describe('operations between wake-ups'),
    busyPerMillion: perMillion.describe('CPUs that are not idle'),
  }),
  z.strictObject({
    name: z.literal('load-balance'),
    every: z.int().min(1).describe('operations between looks at a domain, for each CPU of it'),
    busyPerMillion: perMillion.describe('looks that find a thread to pull'),
  }),
]);
