/**
 * The comparison that the lists never had: the tree series' measurement is of one thread, which the lazy
 * and the atomic-until-threaded counters count exactly. The case of many small mappings comes nearest to
 * the 1 GB that was measured.
 */
import type { Heartbeat } from '../../replay/replay.ts';
import { parseScheme } from '../../schemes/registry.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize } from '../../units.ts';
import { PRESETS, type Workload } from '../../workload/workload.ts';
import { compare } from '../compare/compare.ts';
import { observedWorst } from '../compare/findings.ts';
import { pages } from './bound-claims.ts';
import type { Claim } from './result.ts';

/** Every scheme, the stash as proposed and without the walk over CPUs that was refused. */
const SCHEMES = [
  ...['per-thread', 'per-cpu', 'per-numa', 'tree', 'two-level'],
  ...['lazy', 'atomic-until-threaded', 'stash', 'stash:read=shared'],
].map(parseScheme);

/** Those that are said to be exact. */
const EXACT = ['lazy', 'atomic-until-threaded'];

const HOP: Omit<Workload, 'seed' | 'cpus'> = {
  ...PRESETS.hop,
  pattern: { name: 'slots', slots: 600_000 },
  mappingPages: { min: 1, max: 1 },
};

/** Of its replay. */
export const ONE_THREAD_OPERATIONS = HOP.operations;

export async function oneThreadClaim(
  topology: Topology,
  request: { readonly version: string; readonly seed: number; readonly pageSize: PageSize },
  heartbeat: Heartbeat,
): Promise<Claim> {
  const { version, seed, pageSize } = request;
  const workload = { ...HOP, seed, cpus: topology.online };
  const { schemes, operations } = await compare(
    { version, topology, pageSize, preset: 'hop', workload, schemes: SCHEMES },
    heartbeat,
  );
  const worst = schemes.map((scheme) => ({
    name: scheme.name,
    pages: observedWorst(scheme, 'clamped'),
  }));
  const isExact = worst.every((row) => row.pages === 0 || !EXACT.includes(row.name));
  return {
    id: 'one-thread',
    claim: 'lazy, atomic until threaded: one hopping thread is never off',
    where: 'RFCs of 27 November 2025 and 18 April 2024',
    method: 'replay',
    claimed: null,
    found: worst.map((row) => pages(`${row.name}, largest`, row.pages)),
    verdict: isExact ? 'holds' : 'does not hold as stated',
    factor: null,
    seed,
    operations,
  };
}
