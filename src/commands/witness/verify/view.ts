/** A verification as text: closed form, witness and search side by side, then the verdicts. */
import type { SchemeName } from '../../../kernel/scheme-spec.ts';
import {
  type AmountStyle,
  formatCount,
  formatSigned,
  groupDigits,
} from '../../../render/amounts.ts';
import { formatSides, unitName } from '../../../render/sides.ts';
import { renderAscii } from '../../../render/text.ts';
import type { Layout, TextTable, TextView } from '../../../render/view.ts';
import type { Pages } from '../../../units.ts';
import type { Direction } from '../../../workload/adversary.ts';
import { machineText } from '../../compare/workload-text.ts';
import type { Check, Verification } from './result.ts';

/** Why so few states are all there are: docs/commands/witness.md has the argument. */
const STATES: Record<SchemeName, string> = {
  exact: 'One shared count: it is never off.',
  'per-thread':
    "A thread's event counter and cached count are its state; the error is minus the sum of the caches.",
  'per-cpu': "Each CPU's count is a state; the error is minus their sum.",
  'per-numa': "Each slot's count is a state; the error is minus their sum.",
  tree: "Each counter's value modulo its level's batch is the state: carries depend on nothing else, and the settled error is minus the sum of these residues.",
};

function schemeOf({ scheme }: Verification): SchemeName {
  const [name = ''] = scheme.split(':');
  return (Object.keys(STATES) as SchemeName[]).find((known) => known === name) ?? 'exact';
}

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

/** "-38/0", "+-62", one side alone where only that is checked; N/A: there is no stream to show. */
function sidesText(sides: Sides, directions: readonly Direction[], style: AmountStyle): string {
  const shown = directions.filter((side) => sides[side] !== null);
  if (shown.length === 0) return 'N/A';
  const { under, over } = { under: sides.under ?? 0, over: sides.over ?? 0 };
  if (directions.length > 1) return formatSides({ under, over }, style, '+-');
  const signed = { under: -under, over };
  return directions.map((side) => formatSigned(signed[side], style)).join('/');
}

function examined({ states, transitions }: Check): string {
  return states === null ? formatCount(transitions, 'update') : formatCount(states, 'state');
}

/** One sentence a check; the words of a failure stand out. */
export function verdictText(check: Check, result: Verification, style: AmountStyle): string {
  const sides = (values: Sides) => sidesText(values, result.directions, style);
  switch (check.verdict) {
    case 'exhaustive':
      return 'exhaustive: the closed form is the maximum';
    case 'attained':
      return `attained, none beyond in a search of ${examined(check)} (not exhaustive)`;
    case 'cut-short':
      return `no stream beyond it found in the ${examined(check)} searched (not exhaustive)`;
    case 'not-attained':
      return `NOT ATTAINED: the closed form is ${sides(check.bound)}, witness and search reach ${sides(check.witness)} and ${sides(check.found)}`;
    case 'beaten':
      return `BEATEN: the closed form is ${sides(check.bound)}, the stream below reaches ${sides(check.found)}`;
  }
}

function notesOf(result: Verification, style: AmountStyle): string[] {
  const { checks, bursts, seconds } = result;
  return [
    ...checks.map((check) => `${checkName(check, result)}: ${verdictText(check, result, style)}`),
    ...(bursts === null || bursts.length < 2
      ? []
      : [
          `A slot after 1 to ${bursts.length} bursts, each from any state that the one before can leave: at most ${bursts.map((pages) => groupDigits(`${pages}`)).join(', ')} pages.`,
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
  const scheme = `${result.scheme}, one counter, CPUs ${result.cpus}, ${threads}`;
  const search = `seed ${seed}, at most ${formatCount(seconds, 'second')}`;
  if (inFlight === null) return Object.entries({ machine, scheme, search });
  const updates = formatCount(inFlight.updates, 'update');
  const running = `at most ${updates} of at most ${formatCount(inFlight.pages, 'page')} each`;
  return Object.entries({ machine, scheme, 'in flight': running, search });
}

/** Columns of one row a check; the first names it. */
function checksTable(
  title: string,
  result: Verification,
  columns: Readonly<Record<string, (check: Check) => string>>,
): TextTable {
  return {
    title,
    columns: [
      { head: 'check', align: 'left' },
      ...Object.keys(columns).map((head) => ({ head, align: 'right' as const })),
    ],
    rows: result.checks.map((check) => [
      checkName(check, result),
      ...Object.values(columns).map((cell) => cell(check)),
    ]),
  };
}

/** Errors and the size of the search side by side, or one below the other where that is too wide. */
function tablesOf(result: Verification, style: AmountStyle, besides: boolean): TextTable[] {
  const sides = (values: Sides) => sidesText(values, result.directions, style);
  const number = (count: number) => (style.grouped ? groupDigits(`${count}`) : `${count}`);
  const errors = {
    'closed form': ({ bound }: Check) => sides(bound),
    witness: ({ witness }: Check) => sides(witness),
    search: ({ found }: Check) => sides(found),
  };
  const size = {
    states: ({ states }: Check) => (states === null ? '-' : number(states)),
    transitions: ({ transitions }: Check) => number(transitions),
  };
  const title = `Largest errors, in ${unitName(style)}`;
  if (besides) return [checksTable(title, result, { ...errors, ...size })];
  return [checksTable(title, result, errors), checksTable('Searched', result, size)];
}

function viewOf(result: Verification, reproduce: string, layout: Layout): TextView {
  const { grouped, formulaColumn } = layout;
  const style: AmountStyle = { unit: 'pages', pageSize: result.topology.pageSize, grouped };
  return {
    title: `rss-err ${result.program.version} witness --verify: is anything beyond the exact worst case?`,
    facts: factsOf(result),
    tables: tablesOf(result, style, formulaColumn),
    findings: [STATES[schemeOf(result)]],
    notes: notesOf(result, style),
    reproduce,
  };
}

/** `streams` are the lines of the streams that beat a closed form. */
export function renderVerification(
  result: Verification,
  reproduce: string,
  streams: readonly string[],
): string {
  const text = renderAscii((layout) => viewOf(result, reproduce, layout));
  return streams.length === 0 ? text : `${text}\n${streams.join('')}`;
}
