/** CPUs in groups that share a last-level cache or a NUMA node. */
import { InputError } from '../../errors.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import { lastLevelCaches, type Topology } from '../../topology/topology.ts';

/** What CPUs may share. */
export const LOCALITY_SCOPES = ['cache', 'node'] as const;

type LocalityScope = (typeof LOCALITY_SCOPES)[number];

interface GroupedCpus {
  /** CPUs group after group. */
  readonly cpus: Int32Array;
  /** Group g is of the places starts[g] to starts[g + 1] − 1. */
  readonly starts: Int32Array;
  /** Each place's group. */
  readonly groupAt: Int32Array;
}

/** Who asks, and what the user can do where the machine does not describe such groups. */
interface GroupAsker {
  readonly policy: string;
  readonly advice: string;
}

/** @throws InputError where the topology does not describe such groups for every CPU. */
export function groupCpus(
  topology: Topology,
  allowed: CpuIds,
  scope: LocalityScope,
  { policy, advice }: GroupAsker,
): GroupedCpus {
  const described =
    scope === 'cache' ? lastLevelCaches(topology) : topology.numaNodes.map((node) => node.cpus);
  const isAllowed = new Set(allowed);
  const groups = described
    .map((group) => Array.from(group).filter((cpu) => isAllowed.has(cpu)))
    .filter((group) => group.length > 0);
  const cpus = Int32Array.from(groups.flat());
  if (cpus.length !== allowed.length) {
    throw new InputError(
      `${policy} migration: ${topology.name} describes no ${scope} for ${allowed.length - cpus.length} of the CPUs that threads run on: ${advice}`,
    );
  }
  const starts = new Int32Array(groups.length + 1);
  const groupAt = new Int32Array(cpus.length);
  groups.forEach((group, g) => {
    starts[g + 1] = starts[g]! + group.length;
    groupAt.fill(g, starts[g], starts[g + 1]);
  });
  return { cpus, starts, groupAt };
}
