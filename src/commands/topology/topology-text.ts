/** Machines as text: one in full, or a table of several. */
import Table from 'cli-table3';
import { formatNumber } from '../../render/amounts.ts';
import { MAIL_WIDTH, NO_BORDERS, PLAIN_STYLE } from '../../render/text.ts';
import { wrap } from '../../render/text-layout.ts';
import { shortHash } from '../compare/workload-text.ts';
import type { CoresPerPackage, TopologySummary } from './topology-summary.ts';

const LABEL_WIDTH = 18;

function known(count: number | null): string {
  return count === null ? 'not described' : String(count);
}

/** A fact, or nothing where it is not told. */
function told(label: string, text: string): [string, string][] {
  return text === '' ? [] : [[label, text]];
}

/** More nodes than these are not listed one by one, unless all are asked for. */
const MOST_NODES = 16;
const FIRST_NODES = 4;

/** lscpu divides and rounds down: where packages differ its figure is told beside the true ones. */
function coresPerPackageText(cores: CoresPerPackage | null): string {
  if (cores === null) return known(null);
  const { average, min, max } = cores;
  return min === max ? String(min) : `${min} to ${max} (lscpu: ${average})`;
}

function nodeFacts({ numaNodes }: TopologySummary, all: boolean): [string, string][] {
  const facts = numaNodes.map(({ id, onlineCpus }): [string, string] => [
    `node${id} CPUs`,
    onlineCpus === '' ? 'none' : onlineCpus,
  ]);
  if (all || facts.length <= MOST_NODES) return facts;
  const left = formatNumber(facts.length - FIRST_NODES - 1);
  return [
    ...facts.slice(0, FIRST_NODES),
    ['...', `${left} nodes more (--all lists them)`],
    ...facts.slice(-1),
  ];
}

/** What is known of a machine, a label and a text each; counts as lscpu has them. */
export function topologyFacts(summary: TopologySummary, all: boolean): [string, string][] {
  const { offlineCpus, dies } = summary;
  return [
    ['name', summary.name],
    ...told('description', summary.description),
    ...told('source', summary.source),
    ['sha256', shortHash(summary.sha256)],
    ['page size', `${summary.pageSize / 1024} KiB`],
    ['CPUs possible', String(summary.possibleCpus)],
    ['CPUs present', String(summary.presentCpus)],
    ['CPUs online', String(summary.onlineCpus)],
    ...told('CPUs offline', offlineCpus),
    ['nr_cpu_ids', String(summary.nrCpuIds)],
    ['threads per core', known(summary.threadsPerCore)],
    ['cores', known(summary.cores)],
    ['cores per package', coresPerPackageText(summary.coresPerPackage)],
    ['packages', known(summary.packages)],
    ...told('dies', dies === null ? '' : String(dies)),
    ...summary.caches.map(({ level, instances }): [string, string] => [
      `L${level} caches`,
      String(instances),
    ]),
    ['NUMA nodes', known(summary.numaNodes.length || null)],
    ...nodeFacts(summary, all),
  ];
}

/** One line a fact; only the description, the source and long CPU lists take more. */
export function renderTopology(summary: TopologySummary, all: boolean): string {
  return topologyFacts(summary, all)
    .flatMap(([label, text]) =>
      wrap(`${label.padEnd(LABEL_WIDTH - 1)} ${text}`, MAIL_WIDTH, ' '.repeat(LABEL_WIDTH)),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** A row a machine; unknown counts are "-". */
export function renderTopologyList(summaries: readonly TopologySummary[]): string {
  const grid = new Table({
    head: ['name', 'CPUs', 'nr_cpu_ids', 'cores', 'packages', 'nodes', 'page'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    chars: { ...NO_BORDERS, middle: '  ' },
    style: { ...PLAIN_STYLE, compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const summary of summaries) {
    grid.push([
      summary.name,
      String(summary.onlineCpus),
      String(summary.nrCpuIds),
      summary.cores === null ? '-' : String(summary.cores),
      summary.packages === null ? '-' : String(summary.packages),
      summary.numaNodes.length === 0 ? '-' : String(summary.numaNodes.length),
      `${summary.pageSize / 1024}K`,
    ]);
  }
  return grid
    .toString()
    .split('\n')
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
