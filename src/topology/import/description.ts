/** What a description of a machine tells, in Linux's own terms, before it is made a Topology. */
import type { PageSize } from '../../units.ts';
import type { CpuIds } from '../cpulist.ts';
import type { CacheGroup, Die, NumaNode, Package } from '../topology.ts';

export type DescribedDie = Die;

/**
 * One importer's findings. What its form cannot tell, or this text does not, is null or an empty
 * list, never a guess; `untold` and `resolved` say so to the user.
 */
export interface MachineDescription {
  /** The form and its version as a user would say it: "hwloc XML 2.0", "lscpu -e -J". */
  readonly form: string;
  /** A name in the description itself, of printable ASCII; never a host name or serial number. */
  readonly name: string | null;
  readonly possible: CpuIds | null;
  readonly present: CpuIds | null;
  /** Never empty: a description without CPUs is refused by its importer. */
  readonly online: CpuIds;
  readonly cores: readonly CpuIds[];
  readonly dies: readonly DescribedDie[];
  readonly caches: readonly CacheGroup[];
  readonly packages: readonly Package[];
  /** As the description has them: on-line CPUs may be in none, or in several. Null: not told. */
  readonly numaNodes: readonly NumaNode[] | null;
  /** A row and a column for each node, in the order of numaNodes; empty where not told. */
  readonly distances: readonly (readonly number[])[];
  readonly pageSize: PageSize | null;
  /** What this text leaves out that a topology could hold, a clause each: "which CPUs are possible". */
  readonly untold: readonly string[];
  /** What was contradictory or had to be settled, and how, a sentence each without a full stop. */
  readonly resolved: readonly string[];
}
