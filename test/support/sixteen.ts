/** A machine on which every distance between two CPUs occurs: from CPU 0 they are 1, 2, 4 and 8. */

import { validateTopology } from '../../src/topology/read-document.ts';
import type { Topology } from '../../src/topology/topology.ts';

/** Sixteen CPUs: cores of two, level-3 caches of four, nodes of eight. */
export const sixteenCpus: Topology = validateTopology({
  name: 'sixteen',
  cpus: { possible: '0-15' },
  cores: ['0-1', '2-3', '4-5', '6-7', '8-9', '10-11', '12-13', '14-15'],
  caches: [
    { level: 2, cpus: '0-1' },
    { level: 3, cpus: '0-3' },
    { level: 3, cpus: '4-7' },
    { level: 3, cpus: '8-11' },
    { level: 3, cpus: '12-15' },
  ],
  numaNodes: [
    { id: 0, cpus: '0-7' },
    { id: 1, cpus: '8-15' },
  ],
});
