/**
 * The numbers of CPUs that `bound` computes over a range, those of them that it prints, and machines of so
 * many as topologies: nothing is described but CPUs and nodes.
 */
import { TOPOLOGY } from '../../cli/machine.ts';
import { areUsable } from '../../cli/meant.ts';
import { excludes, goesWith, option, type Value } from '../../cli/options.ts';
import { wholeNumber } from '../../cli/values.ts';
import { InputError, quote } from '../../errors.ts';
import { HIGHEST_NODE_ID, MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import { DEFAULT_PAGE_SIZE } from '../../units.ts';

/** A part of --cpus: one number, or all from `from` to `to`. */
interface CountSpan {
  readonly from: number;
  readonly to: number;
}

export interface CpuCounts {
  /** As --cpus takes it. */
  readonly text: string;
  readonly spans: readonly CountSpan[];
}

/** "0-3" is of CPUs, not of how many there are: what is named instead is taken. */
function hintFor(text: string, most: number): string {
  const [, first, last] = /^(\d{1,7})-(\d{1,7})$/.exec(text) ?? [];
  if (first === undefined) return '';
  const [from, to] = [Math.max(Number(first), 1), Number(last)];
  const meant = [
    ...(areUsable(text) ? [`--used ${text}`] : []),
    ...(from <= to && to <= most ? [`${from}..${to}`] : []),
  ];
  return meant.length === 0 ? '' : `: did you mean ${meant.join(', or ')}?`;
}

function spanOf(flag: string, text: string, part: string, most: number): CountSpan {
  const [, lowDigits = '', highDigits = lowDigits] =
    /^(\d{1,7})(?:\.\.(\d{1,7}))?$/.exec(part) ?? [];
  const [from, to] = [Number(lowDigits), Number(highDigits)];
  if (lowDigits === '' || from < 1 || to > most || from > to) {
    throw new InputError(
      `${flag} ${text}: ${quote(part)} is no number of CPUs from 1 to ${most} or range such as 8..8192${hintFor(text, most)}`,
    );
  }
  return { from, to };
}

/** "8..8192", "64,250,256,384", "1..8,64": numbers of CPUs from 1 to `most`, none of them twice. */
export function cpuCounts(most: number): Value<CpuCounts> {
  return {
    parse(text, flag) {
      const spans = text
        .split(',')
        .map((part) => spanOf(flag, text, part, most))
        .sort((a, b) => a.from - b.from);
      const twice = spans.find(({ from }, i) => from <= (spans[i - 1]?.to ?? 0));
      if (twice === undefined) return { text, spans };
      throw new InputError(`${flag} ${text}: ${twice.from} is there twice`);
    },
    format: ({ text }) => text,
  };
}

/** How many values there are; the spans do not overlap. */
export function countsOf({ spans }: Pick<CpuCounts, 'spans'>): number {
  return spans.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** The smallest. */
export function leastOf({ spans }: Pick<CpuCounts, 'spans'>): number {
  return Math.min(...spans.map(({ from }) => from));
}

/** Every value, ascending. */
export function allCounts({ spans }: CpuCounts): Int32Array {
  const counts = new Int32Array(countsOf({ spans }));
  let next = 0;
  for (const { from, to } of spans) {
    for (let count = from; count <= to; count++) counts[next++] = count;
  }
  return counts.sort();
}

/** Of each span its ends, the powers of two and the numbers that follow them; ascending. */
export function printedCounts({ spans }: CpuCounts): number[] {
  const printed = spans.flatMap(({ from, to }) => {
    const counts = [from, to];
    for (let power = 1; power <= to; power *= 2) counts.push(power, power + 1);
    return counts.filter((count) => count >= from && count <= to);
  });
  return [...new Set(printed)].sort((a, b) => a - b);
}

/** The powers of two whose both neighbours are there too, and those neighbours; ascending. */
export function besidePowers(counts: Int32Array): number[] {
  const steps = new Set<number>();
  for (let power = 2; power <= (counts.at(-1) ?? 0); power *= 2) {
    const step = [power - 1, power, power + 1];
    if (step.every((count) => counts.includes(count)))
      step.forEach((count) => void steps.add(count));
  }
  return [...steps].sort((a, b) => a - b);
}

/** A machine of denseMachine(): CPUs in the order of their numbers, spread evenly over the nodes. */
export function denseTopology(all: CpuIds, numaNodes: number): Topology {
  const cpus = all.length;
  const from = (node: number) => Math.floor((node * cpus) / numaNodes);
  return {
    ...{ name: `${cpus} CPUs`, description: '', source: '', pageSize: DEFAULT_PAGE_SIZE },
    ...{ nrCpuIds: cpus, possible: all, present: all, online: all },
    ...{ cores: [], caches: [], packages: [], dies: [], distances: [] },
    numaNodes: Array.from({ length: numaNodes }, (_, id) => ({
      id,
      cpus: all.subarray(from(id), from(id + 1)),
    })),
  };
}

/** Nodes of the machines of a range: two sockets, as the bundled default has. */
export const DEFAULT_NODES = 2;

/** One machine, or one of each of these numbers of CPUs. */
export function machineOptions(cpus: string) {
  return {
    topology: TOPOLOGY,
    cpus: option('--cpus <counts>', cpus, cpuCounts(MAX_NR_CPU_IDS), {
      rules: [excludes('--topology')],
    }),
    nodes: option(
      '--nodes <n>',
      `with --cpus: NUMA nodes of each machine (default: ${DEFAULT_NODES})`,
      wholeNumber(1, HIGHEST_NODE_ID + 1),
      { rules: [goesWith('--cpus')] },
    ),
  };
}
