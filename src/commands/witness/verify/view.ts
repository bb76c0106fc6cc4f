/** A verification as text: closed form, witness and search side by side, then the verdicts. */

import { ASCII_NUMERALS, formatCount, formatNumber, type Scale } from '../../../render/amounts.ts';
import {
  type Cell,
  cellText,
  left,
  right,
  type TextTable,
  type TextView,
} from '../../../render/view.ts';
import { machineText } from '../../../render/words.ts';
import { parseScheme, schemeOf } from '../../../schemes/registry.ts';
import type { Pages } from '../../../units.ts';
import type { Direction } from '../witness-stream.ts';
import type { Check, Verification } from './result.ts';

function checkName({ check }: Check, { inFlight }: Verification): string {
  switch (check) {
    case 'settled':
      return 'settled';
    case 'running':
      return `${inFlight?.updates} in flight`;
    case 'burst':
      return `burst of ${inFlight?.updates}`;
    case 'after-burst':
      return 'slot after it';
  }
}

type Sides = Readonly<Record<Direction, Pages | null>>;

/** One side alone where only that is checked; N/A: there is no stream to show. */
function sidesCell(sides: Sides, directions: readonly Direction[]): Cell {
  const { under, over } = { under: sides.under ?? 0, over: sides.over ?? 0 };
  if (directions.every((side) => sides[side] === null)) return 'N/A';
  if (directions.length > 1) return { sides: { under, over } };
  return { signed: directions[0] === 'under' ? -under : over };
}

function examined({ states, transitions }: Check): string {
  return states === null ? formatCount(transitions, 'update') : formatCount(states, 'state');
}

/** One sentence a check; the words of a failure stand out. */
function verdictText(check: Check, result: Verification, scale: Scale): string {
  const sides = (values: Sides) =>
    cellText(sidesCell(values, result.directions), scale, ASCII_NUMERALS);
  switch (check.verdict) {
    case 'exhaustive':
      return 'exhaustive: the closed form is the maximum';
    case 'attained':
      return `attained, none beyond in a search of ${examined(check)} (not exhaustive)`;
    case 'cut-short':
      return `no stream beyond it found in the ${examined(check)} searched (not exhaustive)`;
    case 'not-attained':
      return `NOT ATTAINED: the closed form is ${sides(check.exact)}, witness and search reach ${sides(check.witness)} and ${sides(check.found)}`;
    case 'beaten':
      return `BEATEN: the closed form is ${sides(check.exact)}, the stream below reaches ${sides(check.found)}`;
  }
}

function notesOf(result: Verification, scale: Scale): string[] {
  const { checks, bursts, seconds } = result;
  return [
    ...checks.map((check) => `${checkName(check, result)}: ${verdictText(check, result, scale)}`),
    ...(bursts === null || bursts.length < 2
      ? []
      : [
          `A slot after 1 to ${bursts.length} bursts, each from any state that the one before can leave: at most ${bursts.map((pages) => formatNumber(pages)).join(', ')} pages.`,
        ]),
    ...(checks.some(({ verdict }) => verdict === 'cut-short')
      ? [
          `The time limit of ${formatCount(seconds, 'second')} ended the search: how far it came differs from run to run.`,
        ]
      : []),
  ];
}

function factsOf(result: Verification): TextView['facts'] {
  const { inFlight, seed, seconds } = result;
  const machine = machineText(result.topology);
  const threads = formatCount(result.threads, 'thread');
  const scheme = `${result.scheme}, one counter, CPUs ${result.used.cpulist}, ${threads}`;
  const search = `seed ${seed}, at most ${formatCount(seconds, 'second')}`;
  if (inFlight === null) return Object.entries({ machine, scheme, search });
  const updates = formatCount(inFlight.updates, 'update');
  const running = `at most ${updates} of at most ${formatCount(inFlight.pages, 'page')} each`;
  return Object.entries({ machine, scheme, 'in flight': running, search });
}

/** A row a check: the errors, and beside them the size of the search where there is room. */
function checksTable(result: Verification, scale: Scale): TextTable {
  const sides = (values: Sides) => sidesCell(values, result.directions);
  const searched = ['states', 'transitions'].map((head) => ({
    ...right(head),
    narrow: { table: 'Searched' },
  }));
  return {
    title: 'Largest errors',
    scale,
    columns: [left('check'), ...['closed form', 'witness', 'search'].map(right), ...searched],
    rows: result.checks.map((check) => [
      checkName(check, result),
      ...[check.exact, check.witness, check.found].map(sides),
      check.states === null ? '-' : { count: check.states },
      { count: check.transitions },
    ]),
  };
}

export function verificationView(result: Verification, reproduce: string): TextView {
  const scale: Scale = { unit: 'pages', pageSize: result.topology.pageSize };
  return {
    title: `rss-err ${result.program.version} witness --verify: is anything beyond the exact worst case?`,
    facts: factsOf(result),
    tables: [checksTable(result, scale)],
    findings: [schemeOf(parseScheme(result.scheme)).statesText],
    notes: notesOf(result, scale),
    reproduce,
  };
}
