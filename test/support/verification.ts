/** Builders of verifications for tests: requests, and clocks that never or at once run out. */

import type { VerifyRequest } from '../../src/commands/witness/verify/judge.ts';
import type { SearchClock } from '../../src/commands/witness/verify/search.ts';
import { DIRECTIONS } from '../../src/commands/witness/witness-stream.ts';
import { parseScheme } from '../../src/schemes/registry.ts';
import type { Topology } from '../../src/topology/topology.ts';

export const ENDLESS: SearchClock = { heartbeat: () => undefined, expired: () => false };

export const RUN_OUT: SearchClock = { heartbeat: () => undefined, expired: () => true };

export function verifyRequest(
  topology: Topology,
  scheme: string,
  changes: Partial<VerifyRequest> = {},
): VerifyRequest {
  return {
    version: '0.0.0',
    spec: parseScheme(scheme),
    directions: DIRECTIONS,
    topology,
    pageSize: topology.pageSize,
    cpus: topology.online,
    threads: 2,
    memory: null,
    inFlight: null,
    seed: 1,
    seconds: 60,
    ...changes,
  };
}
