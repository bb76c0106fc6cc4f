/** Machines as text: one in full, or a table of several. */
import Table from 'cli-table3';
import type { TopologySummary } from '../study/topology-summary.ts';
import { MAIL_WIDTH, NO_BORDERS, PLAIN_STYLE } from './text.ts';
import { wrap } from './text-layout.ts';
import { shortHash } from './workload-text.ts';

const LABEL_WIDTH = 18;

function known(count: number | null): string {
  return count === null ? 'not described' : String(count);
}

/** A fact, or nothing where it is not told. */
function told(label: string, text: string): [string, string][] {
  return text === '' ? [] : [[label, text]];
}

/** One line a fact; only the description, the source and long CPU lists take more. */
export function renderTopology(summary: TopologySummary): string {
  const facts: [string, string][] = [
    ['name', summary.name],
    ...told('description', summary.description),
    ...told('source', summary.source),
    ['sha256', shortHash(summary.sha256)],
    ['page size', `${summary.pageSize / 1024} KiB`],
    ['CPUs possible', String(summary.possibleCpus)],
    ['CPUs present', String(summary.presentCpus)],
    ['CPUs online', String(summary.onlineCpus)],
    ['nr_cpu_ids', String(summary.nrCpuIds)],
    ['threads per core', known(summary.threadsPerCore)],
    ['cores', known(summary.cores)],
    ['packages', known(summary.packages)],
    ...summary.caches.map(({ level, instances }): [string, string] => [
      `L${level} caches`,
      String(instances),
    ]),
    ['NUMA nodes', String(summary.numaNodes.length)],
    ...summary.numaNodes.map(({ id, cpus }): [string, string] => [
      `node${id} CPUs`,
      cpus === '' ? 'none' : cpus,
    ]),
  ];
  return facts
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
      String(summary.numaNodes.length),
      `${summary.pageSize / 1024}K`,
    ]);
  }
  return grid
    .toString()
    .split('\n')
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
