/** What is typical: a short replay on this machine, by this kernel's counters. */
import { MOST_PAGES, type Pages } from '../../units.ts';
import { PRESETS, type Workload } from '../../workload/workload.ts';
import { compare } from '../compare/compare.ts';
import type { ExplainResult } from './result.ts';
import { type ExplainRequest, membersOf, schemeOn } from './study.ts';

/** How the replay is made. */
interface ReplayChoices {
  readonly operations: number;
  readonly seed: number;
}

/** Operations that a process may take to grow, of all: the rest shows what it is like when grown. */
const GROWING_SHARE = 4;

/** As large as the figure, where one is given that the operations can reach; else the preset's. */
function targetOf(shown: Pages | null, mostPages: Pages, operations: number): Pages {
  const { pattern } = PRESETS.service;
  const usual = pattern.name === 'steady' ? pattern.targetPages : mostPages;
  const reached = Math.floor((operations / GROWING_SHARE) * (mostPages / 2));
  return Math.min(shown === null || shown === 0 ? usual : shown, Math.max(1, reached), MOST_PAGES);
}

/**
 * The error of one member over a replay of the preset service; null where the figure has none, or is of
 * swapped pages, which the preset has none of.
 */
export async function typicalError(
  request: ExplainRequest,
  { error }: ExplainResult['readings'][number],
  { operations, seed }: ReplayChoices,
): Promise<ExplainResult['typical']> {
  const isSwap = membersOf(request.readings[0]!.who.reader).includes('swap');
  if (isSwap || error === null || error.under + error.over === 0) return null;
  const { version, topology, pageSize, kernel, offlinedCpus, used } = request;
  const { service } = PRESETS;
  const threads = request.threads ?? service.threads;
  const target = targetOf(request.readings[0]!.shown, service.mappingPages.max, operations);
  const workload: Workload = {
    ...service,
    ...{ threads, operations, seed },
    pattern: { name: 'steady', targetPages: target },
    cpus: used,
  };
  const { schemes } = await compare(
    {
      ...{ version, topology, pageSize, workload, preset: 'service' },
      schemes: [schemeOn(kernel, topology, offlinedCpus)],
    },
    () => undefined,
  );
  const { under, over, mean, p50, p99 } = schemes[0]!.observed.clamped;
  return { seed, operations, threads, target, under, over, mean, p50, p99 };
}
