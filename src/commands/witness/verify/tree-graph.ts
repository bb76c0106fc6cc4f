/** The settled tree as a state graph: its residues, and single pages added or taken on any CPU. */
import type { RecordedUpdate } from '../../../update/record.ts';
import { oneAdd } from './one-add.ts';
import type { StateGraph } from './state-graph.ts';
import { residueSums, type TreeLayout } from './tree-layout.ts';

/**
 * An add of n pages leaves the residues that n adds of one leave, as floors telescope: larger adds
 * reach no other state. For layouts of at most 26 bits.
 */
export function treeGraph(layout: TreeLayout, cpus: ArrayLike<number>): StateGraph<RecordedUpdate> {
  const residuesOf = residueSums(layout);
  const paths = layout.paths.map((path) => ({
    offsets: Int32Array.from(path, ({ offset }) => offset),
    widths: Int32Array.from(path, ({ width }) => width),
  }));
  return {
    states: 2 ** layout.bits,
    moves: 2 * paths.length,
    step(state, move) {
      const { offsets, widths } = paths[move >> 1]!;
      let residues = state;
      let carry = (move & 1) === 0 ? 1 : -1;
      for (let level = 0; level < offsets.length && carry !== 0; level++) {
        const offset = offsets[level]!;
        const width = widths[level]!;
        const mask = (1 << width) - 1;
        const before = (residues >>> offset) & mask;
        const after = before + carry;
        residues ^= (before ^ (after & mask)) << offset;
        carry = after >> width;
      }
      return residues;
    },
    error: (state) => -residuesOf(state),
    tell: (move) => oneAdd(cpus[move >> 1]!, (move & 1) === 0 ? 1 : -1),
  };
}
