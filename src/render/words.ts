/** Words that several commands share: a machine, a workload, an error, how two amounts stand. */
import type { Sums } from '../kernel/readers.ts';
import { isExact, type Seen } from '../kernel/seen.ts';
import { parseCpulist } from '../topology/cpulist.ts';
import { DEFAULT_PAGE_SIZE, type PageSize, type Pages } from '../units.ts';
import type { Words } from '../workload/contract/parameter.ts';
import { type Policy, patternRecord, policyRecord } from '../workload/registry.ts';
import type { Workload } from '../workload/workload.ts';
import {
  formatBytes,
  formatCount,
  formatNumber,
  formatPagesAndBytes,
  formatPercent,
  formatRatio,
  type Scale,
} from './amounts.ts';
import type { ResultOf } from './result.ts';
import type { topology } from './schema-parts.ts';

/** "a", "a and b", "a, b and c". */
/** A process's name may hold anything, also what a terminal obeys. */
export const printable = (name: string) => name.replaceAll(/[^ -~]/g, '?');

export function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** Pieces in lines as wide as that, the first without the indent; a wider piece stands alone on its line. */
export function packed(
  pieces: readonly string[],
  blank: string,
  width: number,
  indent: string,
): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    const room = width - (lines.length === 0 ? 0 : indent.length);
    if (line !== '' && line.length + blank.length + piece.length > room) {
      lines.push(line);
      line = piece;
    } else {
      line = line === '' ? piece : `${line}${blank}${piece}`;
    }
  }
  lines.push(line);
  return lines.map((each, i) => (i === 0 ? each : `${indent}${each}`).trimEnd());
}

/** Breaks at blanks. */
export function wrap(text: string, width: number, indent = ''): string[] {
  return packed(text.split(' '), ' ', width, indent);
}

/** A ratio below this reads better as a percentage. */
const CLOSE = 1.1;

/** How one amount stands to another: "5.6 times below", "4.6% above", "equal to". */
export function relation(subject: Pages, other: Pages): string {
  if (subject === other) return 'equal to';
  const side = subject < other ? 'below' : 'above';
  const [larger, smaller] = subject < other ? [other, subject] : [subject, other];
  if (smaller === 0) return side;
  if (larger < CLOSE * smaller) {
    return `${formatRatio(100 * (larger - smaller), other)}% ${side}`;
  }
  return `${formatRatio(larger, smaller)} times ${side}`;
}

/** "; 1,000 pages = 3.9 MiB" where a report is in pages. */
export function pageScaleText({ unit, pageSize }: Scale): string {
  return unit === 'pages' ? `; 1,000 pages = ${formatBytes(1000 * pageSize)}` : '';
}

const SUMS_TEXT: Readonly<Record<Sums, string>> = {
  approximate: 'approximate sum',
  precise: 'precise sum',
  raw: 'raw shared value',
  mark: 'highest approximate sum, or the precise one now',
  walk: 'walk of the page tables',
  own: 'a counter of its own',
  none: 'not there',
};

/** "Seen by ps -o rss on 6.12.40: observed", of nobody in particular "Observed on 6.12.40". */
export function seenHead(otherwise: string, seen: Seen | undefined): string {
  if (seen === undefined) return otherwise;
  const { kernel, reader } = seen;
  if (reader === null) return `${otherwise} on ${kernel}`;
  const text = otherwise.startsWith('RSS') ? otherwise : otherwise.toLowerCase();
  return `Seen by ${reader.label} on ${kernel}: ${text}`;
}

/** Facts: the kernel's counters, and what the reader gets of them. */
export function seenFacts(seen: Seen | undefined): (readonly [string, string])[] {
  if (seen === undefined) return [];
  const { kernel, scheme, source, reader, approximate, precise } = seen;
  const counters = ['kernel', `${kernel}: ${scheme} counters (${source})`] as const;
  if (reader === null) {
    const sums = `approximate: ${approximate.join(', ')}; precise: ${precise.join(', ')}`;
    return [counters, ['readers', sums]];
  }
  const { label, reads, sums, source: known } = reader;
  const figure = reads.startsWith(label) ? reads : `${label}: ${reads}`;
  return [counters, ['reader', `${figure}; ${SUMS_TEXT[sums]} (${known})`]];
}

/** What is to be said instead of findings where the reader gets the truth. */
export function exactText(seen: Seen | undefined): string | null {
  if (seen?.reader == null || !isExact(seen.reader.sums)) return null;
  const { reader, kernel, approximate } = seen;
  return `What ${reader.label} shows on ${kernel} is right to the page whenever no update runs. Approximate there: ${approximate.join(', ')}.`;
}

/** Which error a report shows, and its sign. */
export function errorText(reading: 'clamped' | 'raw', scale: Scale): string {
  const what =
    reading === 'clamped'
      ? 'what a reader sees (never below 0) minus what is resident'
      : 'the raw counters minus what is resident';
  return `${what}: negative reads low, positive high${pageScaleText(scale)}`;
}

const words = (pageSize: PageSize): Words => ({
  count: formatCount,
  percent: formatPercent,
  pages: (pages) => formatPagesAndBytes(pages, pageSize),
});

/** A policy in words; none of them tells pages. */
export function policyText(policy: Policy): string {
  return policyRecord(policy).text(policy, words(DEFAULT_PAGE_SIZE));
}

/** What is told of a workload. */
interface WorkloadFigures
  extends Pick<
    Workload,
    'threads' | 'policy' | 'pattern' | 'mappingPages' | 'hugePerMillion' | 'switchEvery'
  > {
  readonly preset: string;
  /** The CPUs that threads may run on, a cpulist. */
  readonly cpulist: string;
}

type MachineFigures = ResultOf<typeof topology>;

/** The CPUs that threads are bound to, where those are not all. */
export function cpusText(
  { cpulist }: Pick<WorkloadFigures, 'cpulist'>,
  { onlineCpus }: Pick<MachineFigures, 'onlineCpus'>,
): string[] {
  return parseCpulist(cpulist).length === onlineCpus ? [] : [`on CPUs ${cpulist}`];
}

export function workloadText(
  workload: WorkloadFigures,
  topology: Pick<MachineFigures, 'onlineCpus'> & { readonly pageSize: PageSize },
  operations: number,
): string {
  const { min, max } = workload.mappingPages;
  const parts = [
    formatCount(workload.threads, 'thread'),
    policyText(workload.policy),
    ...cpusText(workload, topology),
    patternRecord(workload.pattern).text(workload.pattern, words(topology.pageSize)),
    min === max
      ? `${formatCount(max, 'page')} a mapping`
      : `${min} to ${formatCount(max, 'page')} a mapping`,
    ...(workload.hugePerMillion === 0
      ? []
      : [`${formatPercent(workload.hugePerMillion)} of them one huge page`]),
    formatCount(operations, 'operation'),
    ...(workload.switchEvery === undefined
      ? []
      : [
          `a switch to another process after every ${formatCount(workload.switchEvery, 'operation')} of a thread`,
        ]),
  ];
  return `${workload.preset}: ${parts.join(', ')}`;
}

/** Lines of a help: the presets, each as results tell it. */
export function presetLines(presets: readonly string[]): string[] {
  return [
    'Presets:',
    ...presets.flatMap((text) => wrap(text, 76, '  ')).map((line) => `  ${line}`),
  ];
}

/** Digits of a hash that tell machines apart at a glance; machine formats carry all of them. */
const SHORT_HASH = 12;

export function shortHash(sha256: string): string {
  return sha256.slice(0, SHORT_HASH);
}

/** "8 CPUs online", "16 possible" where that is another number, "nr_cpu_ids 16". */
export function cpuCounts(
  {
    onlineCpus,
    possibleCpus,
    nrCpuIds,
  }: Pick<MachineFigures, 'onlineCpus' | 'possibleCpus' | 'nrCpuIds'>,
  online: 'online' | 'on-line' = 'online',
  number: (count: number) => string = formatNumber,
): string[] {
  return [
    `${formatCount(onlineCpus, 'CPU')} ${online}`,
    ...(possibleCpus === onlineCpus ? [] : [`${number(possibleCpus)} possible`]),
    `nr_cpu_ids ${number(nrCpuIds)}`,
  ];
}

/** Its name and counts. */
export function machineCounts(topology: Omit<MachineFigures, 'sha256'>): string {
  const { name, numaNodes } = topology;
  const parts = [
    ...cpuCounts(topology),
    numaNodes === null ? 'NUMA nodes not described' : formatCount(numaNodes, 'NUMA node'),
  ];
  return `${name}: ${parts.join(', ')}`;
}

export function machineText(topology: MachineFigures): string {
  return `${machineCounts(topology)}, sha256 ${shortHash(topology.sha256)}`;
}
