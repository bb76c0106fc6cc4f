/** Filters of a grid's points: `threads<=online-cpus`, by options of the grid and counts of the machine. */
import { InputError, quote } from '../../errors.ts';
import { suggestion } from '../../suggestion.ts';
import type { Topology } from '../../topology/topology.ts';

/** Of machines, by the names that filters use. */
const FACTS: Readonly<Record<string, (machine: Topology) => number>> = {
  'online-cpus': ({ online }) => online.length,
  'nr-cpu-ids': ({ nrCpuIds }) => nrCpuIds,
  'numa-nodes': ({ numaNodes }) => numaNodes.length,
};

const COMPARISONS: Readonly<Record<string, (a: number | string, b: number | string) => boolean>> = {
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '=': (a, b) => a === b,
};

/** A point as filters see it: a value for each option of the grid, and its machine. */
export interface Filtered {
  readonly values: ReadonlyMap<string, string>;
  readonly machine: Topology;
}

/** Whether a point stays. */
export type Filter = (point: Filtered) => boolean;

const isNumber = (text: string) => /^\d+(\.\d+)?$/.test(text);

/**
 * @param options of the grid, which filters may name.
 * @throws InputError where the text is no comparison, names nothing, or orders words.
 */
export function parseFilter(text: string, options: readonly string[]): Filter {
  const [, name = '', sign = '', other = ''] =
    /^\s*([\w-]+)\s*(<=|>=|!=|<|>|=)\s*([^\s<>=!]\S*)\s*$/.exec(text) ?? [];
  const compare = COMPARISONS[sign];
  if (compare === undefined) {
    throw new InputError(
      `--where ${text}: ${quote(text)} is not a comparison such as threads<=online-cpus`,
    );
  }
  const known = [...options, ...Object.keys(FACTS)];
  if (!known.includes(name)) {
    throw new InputError(
      `--where ${text}: ${quote(name)} is no option of the grid: ${suggestion(name, known)}`,
    );
  }
  const meaningOf = (word: string, { values, machine }: Filtered) =>
    values.get(word) ?? (Object.hasOwn(FACTS, word) ? `${FACTS[word]!(machine)}` : word);
  return (point) => {
    const [a, b] = [meaningOf(name, point), meaningOf(other, point)];
    if (isNumber(a) && isNumber(b)) return compare(Number(a), Number(b));
    if (sign === '=' || sign === '!=') return compare(a, b);
    if (!isNumber(other) && !known.includes(other)) {
      throw new InputError(
        `--where ${text}: ${quote(other)} is no number and no option of the grid: ${suggestion(other, known)}`,
      );
    }
    throw new InputError(
      `--where ${text}: ${quote(isNumber(a) ? b : a)} is no number: expected = or != between words`,
    );
  };
}
