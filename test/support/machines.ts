/** Builders of topologies for tests. */

import { validateTopology } from '../../src/topology/read-document.ts';
import type { Topology } from '../../src/topology/topology.ts';

/** CPUs 0 … nrCpus − 1, split evenly over nodes 0 … nrNodes − 1, nothing else described. */
export function flatMachine(nrCpus: number, nrNodes = 1): Topology {
  const numaNodes = Array.from({ length: nrNodes }, (_, id) => {
    const first = Math.floor((id * nrCpus) / nrNodes);
    const last = Math.floor(((id + 1) * nrCpus) / nrNodes) - 1;
    return { id, cpus: `${first}-${last}` };
  });
  return validateTopology({ name: 'flat', cpus: { possible: `0-${nrCpus - 1}` }, numaNodes });
}
