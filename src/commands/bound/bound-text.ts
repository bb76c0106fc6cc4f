/** What the reports of `bound` for one machine and for a range say alike. */

import { faultAroundPages } from '../../kernel/page-table.ts';
import { EVENTS_PER_SYNC } from '../../kernel/rss-stat.ts';
import {
  type AmountStyle,
  chooseUnit,
  formatBytes,
  formatCount,
  formatMagnitude,
  formatNumber,
  formatPagesAndBytes,
  type UnitChoice,
} from '../../render/amounts.ts';
import type { Layout } from '../../render/view.ts';
import type { InFlight } from '../../schemes/worst-case.ts';
import type { PageSize, Pages } from '../../units.ts';
import type { BoundResult, SchemeBounds } from './result.ts';

/** What the user chose of a view. */
export interface BoundChoices {
  readonly unit: UnitChoice;
  /** The command that gives this result again. */
  readonly reproduce: string;
}

export const CONTENTION_MARK = ' [1]';

export function pageSizeOf({ topology, range }: BoundResult): PageSize {
  return (topology ?? range)!.pageSize;
}

function largestExact({ rows }: BoundResult): Pages {
  const sides = rows.flatMap(({ schemes }) => schemes.map(({ exact }) => exact.member));
  return sides.reduce((largest, { under, over }) => Math.max(largest, under, over), 0);
}

/** One unit for all tables. */
export function tableStyle(
  result: BoundResult,
  { unit }: BoundChoices,
  { grouped }: Layout,
): AmountStyle {
  const pageSize = pageSizeOf(result);
  return { unit: chooseUnit(unit, largestExact(result), pageSize), pageSize, grouped };
}

/** Sentences tell pages in bytes. */
export function sentenceStyle(result: BoundResult, { unit, pageSize }: AmountStyle): AmountStyle {
  const inBytes = unit === 'pages' ? chooseUnit('auto', largestExact(result), pageSize) : unit;
  return { unit: inBytes, pageSize, grouped: true };
}

export function titleOf({ program }: BoundResult): string {
  return `rss-err ${program.version} bound: how far off the reported RSS can be`;
}

function inFlightText({ updates, pages }: InFlight): string {
  const noun = updates === 1 ? 'update at a time' : 'updates at once';
  return updates === 0
    ? 'no update'
    : `at most ${formatNumber(updates)} ${noun}, of at most ${formatCount(pages, 'page')}`;
}

/** The facts that follow those of the machine or the range. */
export function commonFacts(
  { threads, inFlight, sizePages }: BoundResult,
  { unit, pageSize }: AmountStyle,
): [string, string][] {
  const scale = unit === 'pages' ? `; 1,000 pages = ${formatBytes(1000 * pageSize)}` : '';
  const size = sizePages === null ? [] : [formatPagesAndBytes(sizePages, pageSize)];
  return [
    ['process', [formatCount(threads, 'thread'), ...size].join(', ')],
    ['in flight', inFlightText(inFlight)],
    ['error', `the raw counters minus what is resident: -low/+high${scale}`],
  ];
}

/** "at most 5 running" is short for --in-flight 5. */
export function runningHead({ inFlight }: BoundResult): string {
  return `${formatNumber(inFlight.updates)} running`;
}

function contentionNote(row: SchemeBounds, { inFlight }: BoundResult, style: AmountStyle): string {
  const { burst } = row.inFlight;
  const head = `${CONTENTION_MARK.trim()} for updates one after the other`;
  if (burst === null) return `${head}; adds to one node at once: no bound`;
  const pages = formatMagnitude(burst.member.under, { ...style, unit: 'pages', grouped: true });
  return `${head}; one burst of ${formatNumber(inFlight.updates)} on a node: up to ${pages} pages off; burst after burst: no bound`;
}

function faultNote(pageSize: PageSize): string {
  const pages = faultAroundPages(pageSize);
  return pages === 1
    ? 'per-thread: one page a fault'
    : `per-thread: one page a fault; where fault-around maps ${pages}, ${formatNumber(EVENTS_PER_SYNC * pages)} pages a thread`;
}

function memoryNote(schemes: readonly SchemeBounds[]): string {
  const layouts = schemes.map(({ name, memory }) => `${name}: ${memory.layout}`);
  return `memory: four counters, without the rounding of allocators; 64-bit, cache lines of 64 bytes, CPU hotplug, no debug options; ${layouts.join('; ')}`;
}

/** Notes on the schemes that are shown; those of the first row stand for all. */
export function commonNotes(result: BoundResult, style: AmountStyle): string[] {
  const [row] = result.rows;
  const schemes = row?.schemes ?? [];
  const perNuma = result.rows.at(-1)?.schemes.find(({ scheme }) => scheme === 'per-numa');
  return [
    ...(perNuma === undefined ? [] : [contentionNote(perNuma, result, style)]),
    ...(schemes.some(({ scheme }) => scheme === 'per-thread') ? [faultNote(style.pageSize)] : []),
    memoryNote(schemes),
  ];
}
