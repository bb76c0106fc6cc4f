/** Every quantitative statement of the tree RFC and its context, recomputed on the spot. */
import type { Heartbeat } from '../../replay/replay.ts';
import { loadBundled } from '../../topology/bundled.ts';
import { DEFAULT_PAGE_SIZE, MIB } from '../../units.ts';
import { PRESETS } from '../../workload/workload.ts';
import { compare } from '../compare/compare.ts';
import { observedWorst } from '../compare/findings.ts';
import {
  boundClaims,
  type ClaimMachines,
  compareClaims,
  growthClaims,
  pages,
} from './bound-claims.ts';
import { headlineClaims, ONE_THREAD_OPERATIONS, oneThreadClaim } from './headline.ts';
import { type HopRequest, hopRequests, MOST_HOP_OPERATIONS, operationsOf } from './hop.ts';
import type { Claim, ClaimsResult, HopFinding } from './result.ts';

/** The report: five threads, about 100 MB, 250 CPUs, tens of megabytes off. */
async function serviceClaim(
  { report }: ClaimMachines,
  version: string,
  seed: number,
  heartbeat: Heartbeat,
): Promise<Claim> {
  const pageSize = DEFAULT_PAGE_SIZE;
  const workload = { ...PRESETS.service, seed, cpus: report.online };
  const { schemes, operations } = await compare(
    {
      version,
      topology: report,
      pageSize,
      preset: 'service',
      workload,
      schemes: [{ scheme: 'per-cpu', batch: null }],
    },
    heartbeat,
  );
  const worst = observedWorst(schemes[0]!, 'clamped');
  const [least, most] = [(10 * MIB) / pageSize, (100 * MIB) / pageSize];
  return {
    id: 'report',
    claim: 'per-CPU: tens of megabytes off (5 threads, 100 MB, 250 CPUs)',
    where: 'the report that the RFCs cite',
    method: 'replay',
    claimed: pages('tens of MiB: at least', least),
    found: [pages('largest observed', worst)],
    verdict: worst >= least && worst < most ? 'holds' : 'does not hold as stated',
    factor: worst / least,
    seed,
    operations,
  };
}

/** Statements about time, which a model of counts says nothing of. */
const UNTESTABLE: readonly Pick<Claim, 'id' | 'claim' | 'where'>[] = [
  {
    id: 'short-lived',
    claim: 'per-CPU: up to 12 % slower for short-lived processes',
    where: 'per-NUMA RFC v2, 31 March 2025',
  },
  {
    id: 'system-time',
    claim: 'per-CPU: 9 % increased system time',
    where: 'per-NUMA RFC v2, 31 March 2025',
  },
];

function untestable(fields: (typeof UNTESTABLE)[number]): Claim {
  return {
    ...fields,
    method: 'none',
    claimed: null,
    found: [],
    verdict: 'cannot be tested by this model',
    factor: null,
    seed: null,
    operations: null,
  };
}

/** What the claims are recomputed with: machines with 4 KiB pages. */
interface ClaimsRequest {
  readonly version: string;
  readonly seed: number;
  readonly machines: ClaimMachines;
}

export function claimsRequest(version: string, seed: number): ClaimsRequest {
  const machines: ClaimMachines = {
    report: loadBundled('250cpu'),
    measured: loadBundled('epyc-9654-2s'),
    example: loadBundled('8cpu'),
  };
  return { version, seed, machines };
}

/** The long part, whose findings several claims share: replays that know nothing of each other. */
export function measurementsOf({ seed, machines }: ClaimsRequest): readonly HopRequest[] {
  return hopRequests(machines.measured, DEFAULT_PAGE_SIZE, seed);
}

/** What all replays together take at the most; those that come to rest sooner end sooner. */
export function mostOperations(request: ClaimsRequest): number {
  return (
    measurementsOf(request).length * MOST_HOP_OPERATIONS +
    PRESETS.service.operations +
    ONE_THREAD_OPERATIONS
  );
}

/** All of them, from the findings of the measurements in their order. @throws what compare() throws. */
export async function claims(
  { version, seed, machines }: ClaimsRequest,
  hop: readonly HopFinding[],
  heartbeat: Heartbeat,
): Promise<ClaimsResult> {
  const pageSize = DEFAULT_PAGE_SIZE;
  const before = operationsOf(hop);
  const service = await serviceClaim(machines, version, seed, (done) => heartbeat(before + done));
  const replayed = before + PRESETS.service.operations;
  const oneThread = await oneThreadClaim(machines.measured, { version, seed, pageSize }, (done) =>
    heartbeat(replayed + done),
  );
  return {
    format: 'rss-err/claims@1',
    program: { version },
    seed,
    pageSize,
    claims: [
      ...boundClaims(machines, pageSize),
      ...growthClaims(),
      ...headlineClaims(hop, pageSize, seed),
      oneThread,
      service,
      ...compareClaims(machines.report),
      ...UNTESTABLE.map(untestable),
    ],
    measuredCpus: machines.measured.online.length,
    hop,
  };
}
