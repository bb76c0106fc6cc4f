/** The claim of the compare functions: far-apart values are told apart without a precise sum. */

import { DEFAULT_TREE, type TreeParameters, treeShape } from '../../kernel/tree-shape.ts';
import { schemeOf } from '../../schemes/registry.ts';
import { statedTree, worstCaseTree } from '../../schemes/tree/bound.ts';
import {
  createPercpuCounterTree,
  preciseCompareValue,
} from '../../schemes/tree/percpu-counter-tree.ts';
import type { Topology } from '../../topology/topology.ts';
import { witnessStream } from '../witness/witness-stream.ts';
import type { Claim, Figure } from './result.ts';

/** Machines are tried up to so many CPUs. */
const MOST_CPUS = 1024;

/**
 * The kernel tests v − approximate against the over side, where the worst case is the under one: the
 * answer is wrong once the exact under exceeds the stated over.
 */
function canBeWrong(cpus: number, parameters: TreeParameters): boolean {
  const shape = treeShape(cpus, parameters);
  const all = Int32Array.from({ length: cpus }, (_, cpu) => cpu);
  return worstCaseTree(shape, parameters, all).under > statedTree(shape, parameters).over;
}

/** A counter at its worst, compared with its own precise sum: the answer should be 0. */
function answerAtWorst(cpus: number, parameters: TreeParameters, topology: Topology): number {
  const machine = {
    ...topology,
    nrCpuIds: cpus,
    online: Int32Array.from({ length: cpus }, (_, cpu) => cpu),
  };
  const spec = { scheme: 'tree', ...parameters } as const;
  const holding = schemeOf(spec).holding(spec, machine, machine.online, 1);
  const stream = witnessStream(holding, 'under', 4096, machine.online, 1);
  const tree = createPercpuCounterTree(cpus, parameters);
  for (const { cpu, pages } of stream?.records() ?? []) tree.add(cpu, pages);
  return preciseCompareValue(tree, tree.preciseSum());
}

function firstWrong(batch: number): number | null {
  const parameters: TreeParameters = { ...DEFAULT_TREE, version: 17, batch };
  for (let cpus = 1; cpus <= MOST_CPUS; cpus++) {
    if (canBeWrong(cpus, parameters)) return cpus;
  }
  return null;
}

/** The series' own batch, and the small ones at which the mixed-up sides show. */
const BATCHES = [2, 4, 8, 16, DEFAULT_TREE.batch];

export function compareClaims(topology: Topology): Claim[] {
  return BATCHES.map((batch): Claim => {
    const cpus = firstWrong(batch);
    const parameters: TreeParameters = { ...DEFAULT_TREE, version: 17, batch };
    // A closed form says where; the function itself has to give the wrong answer there.
    const wrong = cpus !== null && answerAtWorst(cpus, parameters, topology) !== 0;
    const found: Figure[] =
      cpus === null
        ? [{ of: 'no wrong answer up to', value: MOST_CPUS, unit: 'CPUs' }]
        : [{ of: 'wrong answer from', value: cpus, unit: 'CPUs' }];
    return {
      id: `tree-compare-${batch}`,
      claim: `tree v17: precise compare is exact (batch ${batch})`,
      where: 'tree RFC, lib/percpu_counter_tree.c',
      method: 'execution',
      claimed: null,
      found,
      verdict: wrong ? 'does not hold as stated' : 'holds',
      factor: null,
      seed: null,
      operations: null,
    };
  });
}
