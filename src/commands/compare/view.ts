/** A run as headings, tables and notes: bounds, observed errors, costs, and what they show in sentences. */

import { faultAroundPages } from '../../kernel/page-table.ts';
import { EVENTS_PER_SYNC, TASK_RSS_EVENTS_THRESH } from '../../kernel/rss-stat.ts';
import { lifeName } from '../../recorded/trace/life.ts';
import {
  chooseUnit,
  formatCount,
  formatDuration,
  formatNumber,
  formatPagesAndBytes,
  formatSignedBytes,
  type Scale,
  type UnitChoice,
} from '../../render/amounts.ts';
import { type Cell, left, right, type TextTable, type TextView } from '../../render/view.ts';
import {
  errorText,
  exactText,
  machineText,
  printable,
  seenFacts,
  seenHead,
  workloadText,
} from '../../render/words.ts';
import type { ObservedErrors } from '../../replay/tally.ts';
import { type SchemeName, schemeNamed } from '../../schemes/registry.ts';
import { type Bytes, pagesToBytes } from '../../units.ts';
import { READINGS_NOTE, recordTable } from '../observe/record-table.ts';
import type { LineTransfers, RunCost, SchemeCost, TransferCounts } from './cost-result.ts';
import { exactLimit, findingsOf, findingsText } from './findings.ts';
import type { Like } from './like.ts';
import type { ComparedScheme, Comparison, MeasuredRun, Reading } from './result.ts';
import {
  type LeftOut,
  leftOutTable,
  leftOutText,
  observedText,
  operationOfLargest,
  shortOfTarget,
} from './start-view.ts';

/** What the user chose of a view. */
export interface ViewChoices {
  readonly unit: UnitChoice;
  readonly reading: Reading;
  /** The command that gives this result again. */
  readonly reproduce: string;
}

export const CONTENTION_MARK = ' [1]';

/** Why the exact worst case of threads' caches is above the stated one, and what fault-around does to it. */
export function faultNotes(
  schemes: readonly { readonly scheme: SchemeName }[],
  pageSize: Bytes,
): string[] {
  if (!schemes.some(({ scheme }) => schemeNamed(scheme).heldBy.of === 'threads')) return [];
  const pages = faultAroundPages(pageSize);
  const held = `per-thread: up to ${EVENTS_PER_SYNC} faults a thread are held back (stated: ${TASK_RSS_EVENTS_THRESH})`;
  return [
    pages === 1
      ? `${held}, one page each`
      : `${held}, one page each; where fault-around maps ${pages}, ${formatNumber(EVENTS_PER_SYNC * pages)} pages a thread`,
  ];
}

const CONTENTION_NOTE = '[1] for updates one after the other; adds to one node at once: no bound';

export function formulaText({
  scheme,
  stated,
}: {
  readonly scheme: SchemeName;
  readonly stated: Pick<ComparedScheme['stated'], 'formula'>;
}): string {
  return `${stated.formula}${schemeNamed(scheme).isBoundedSerialisedOnly ? CONTENTION_MARK : ''}`;
}

function boundsTable({ schemes, used, topology }: MeasuredRun, scale: Scale): TextTable {
  const formulas = schemes.map((row) => `${row.name} ${formulaText(row)}`).join('; ');
  return {
    title: 'Worst case of one counter, settled',
    scale,
    columns: [
      left('scheme'),
      { ...left('formula'), narrow: { note: `stated: ${formulas}` } },
      right('stated'),
      right(`exact, ${formatCount(topology.onlineCpus, 'CPU')}`),
      right(`${formatNumber(used.cpus)} used`),
    ],
    rows: schemes.map((row) => [
      row.name,
      formulaText(row),
      { sides: row.stated },
      { sides: row.exact },
      { sides: row.exactUsed },
    ]),
  };
}

export const ERROR_COLUMNS = ['low', 'high', 'mean', 'p50|e|', 'p99|e|'].map(right);

type Errors = Pick<ObservedErrors, 'under' | 'over' | 'mean' | 'p50' | 'p99'>;

/** Below the truth is negative, above it positive; percentiles are of the magnitude. */
export function errorCells({ under, over, mean, p50, p99 }: Errors): Cell[] {
  return [{ signed: -under }, { signed: over }, { signed: mean }, { pages: p50 }, { pages: p99 }];
}

function observedTable(
  run: MeasuredRun,
  observed: string,
  scale: Scale,
  reading: Reading,
): TextTable {
  return {
    title: `${observed}, ${observedText(run)}`,
    scale,
    columns: [left('scheme'), ...['low', 'high', 'mean', 'p50|e|', 'p99|e|', 'at op'].map(right)],
    rows: run.schemes.map(({ name, observed: { [reading]: errors } }) => [
      name,
      ...errorCells(errors),
      operationOfLargest(errors),
    ]),
  };
}

interface CostRow {
  readonly scheme: SchemeName;
  readonly name: string;
  readonly cost: SchemeCost;
}

type TouchSort = 'plain' | 'atomic' | 'locked';

interface LineRow extends LineTransfers {
  readonly name: string;
  readonly line: string;
  readonly sort: TouchSort;
  readonly touches: number;
}

function rowsOf({ schemes }: MeasuredRun): CostRow[] {
  return schemes.flatMap(({ scheme, name, cost }) =>
    cost === undefined ? [] : [{ scheme, name, cost }],
  );
}

/** Each shared line is touched in one way: under the lock in percpu_counter, else atomically. */
function linesOf({ scheme, name, cost: { own, shared } }: CostRow): LineRow[] {
  const { sharedTouch } = schemeNamed(scheme);
  return [
    ...(own === null
      ? []
      : [{ ...own, name, line: 'own', sort: 'plain' as const, touches: own.plain }]),
    ...shared.map(({ name: line, atomics, locks, moved, travel }, i) => ({
      name,
      line,
      sort: typeof sharedTouch === 'string' ? sharedTouch : sharedTouch[i]!,
      touches: atomics + locks,
      moved,
      travel,
    })),
  ];
}

function touchesTable(result: MeasuredRun, { adds }: RunCost): TextTable {
  const { operations } = result;
  const mean = (count: number): Cell => (operations === 0 ? '-' : { mean: count / operations });
  return {
    title: `Counter lines touched by ${formatCount(adds, 'add')}; moved: from another CPU`,
    columns: [
      ...['scheme', 'line', 'touch'].map(left),
      ...['touches', 'per op', 'moved', 'per op'].map(right),
    ],
    rows: rowsOf(result)
      .flatMap(linesOf)
      .map(({ name, line, sort, touches, moved }) => [
        name,
        line,
        sort,
        { count: touches },
        mean(touches),
        { count: moved },
        mean(moved),
      ]),
  };
}

/** The rest came from the same CPU: lines that have not moved. */
const FROM = [
  ['core', 'sameCore'],
  ['cache', 'sameCache'],
  ['node', 'sameNode'],
  ['remote', 'remoteNode'],
  ['unknown', 'unknown'],
] as const satisfies readonly (readonly [string, keyof TransferCounts])[];

function transferTable(result: MeasuredRun): TextTable {
  return {
    title: 'Where moved lines came from: same core, cache, node; remote node',
    columns: [left('scheme'), left('line'), ...FROM.map(([head]) => right(head))],
    rows: rowsOf(result)
      .flatMap(linesOf)
      .map(({ name, line, travel }) => [
        name,
        line,
        ...FROM.map(([, distance]): Cell => {
          const touches = travel[distance];
          return touches === null ? 'n/d' : { count: touches };
        }),
      ]),
  };
}

function processTable(result: MeasuredRun, { processes, threads }: RunCost): TextTable {
  const heads = ['bytes', 'cache lines', 'per-CPU', 'slab', 'sum reads'];
  return {
    title: `Counters of a process of ${processes > 1 ? 'at most ' : ''}${formatCount(threads, 'thread')}: memory, allocations`,
    columns: [left('scheme'), ...heads.map(right)],
    rows: rowsOf(result).map(({ name, cost: { process: setup } }) => [
      name,
      { count: setup.bytes.total },
      { count: setup.cacheLines },
      `${setup.allocations.perCpu}`,
      `${setup.allocations.slab}`,
      setup.preciseSum === null ? '-' : { count: setup.preciseSum.reads },
    ]),
  };
}

function timeTable(result: MeasuredRun): TextTable {
  const duration = (nanoseconds: number | null | undefined) =>
    nanoseconds === null || nanoseconds === undefined ? '-' : formatDuration(nanoseconds);
  return {
    title: 'Modelled time (counts times given latencies; not measured)',
    columns: [left('scheme'), ...['an operation', 'all updates', 'a process'].map(right)],
    rows: rowsOf(result).map(({ name, cost: { modelledNanoseconds: time } }) => [
      name,
      duration(time?.perOperation),
      duration(time?.updates),
      duration(time?.perProcess),
    ]),
  };
}

/** None where the run was not asked for them. */
function costTables(result: MeasuredRun): TextTable[] {
  const { cost } = result;
  if (cost === undefined) return [];
  return [
    touchesTable(result, cost),
    transferTable(result),
    processTable(result, cost),
    ...(cost.latency === null ? [] : [timeTable(result)]),
  ];
}

/** Which distances the machine's description does not tell, and whose latencies they are. */
function costNotes({ cost, topology, warmUp }: MeasuredRun): string[] {
  if (cost === undefined) return [];
  const { cores, cacheLevel } = cost.described;
  const missing = [...(cores ? [] : ['cores']), ...(cacheLevel === null ? ['caches'] : [])];
  return [
    `lines: 64 bytes; cache: ${cacheLevel === null ? 'n/d' : `level ${formatNumber(cacheLevel)}`}; one update after the other, reads not counted`,
    ...(missing.length === 0
      ? []
      : [
          `n/d: ${topology.name} does not describe ${missing.join(' or ')}: counted at the next distance`,
        ]),
    ...(cost.latency === null ? [] : [`latencies: ${cost.latency.source}`]),
    ...(warmUp === undefined ? [] : ['costs are those of all operations, the warm-up included']),
  ];
}

/** One unit for all tables. */
export function scaleOf({ schemes, topology }: MeasuredRun, { unit }: ViewChoices): Scale {
  const { pageSize } = topology;
  const largest = Math.max(...schemes.map((scheme) => exactLimit(scheme) ?? 0));
  return { unit: chooseUnit(unit, largest, pageSize), pageSize };
}

/** What is told of a run besides its figures, and beside them. */
interface Account {
  readonly command: string;
  /** Where the updates came from. */
  readonly facts: TextView['facts'];
  /** "Observed", and of what. */
  readonly observed: string;
  readonly tables: readonly TextTable[];
  /** Sentences beside those of the schemes. */
  readonly findings?: readonly string[];
  readonly notes: readonly string[];
}

function leftOutOf({ warmUp, schemes }: MeasuredRun, reading: Reading): LeftOut | null {
  if (warmUp === undefined) return null;
  const { operations, untilPages } = warmUp;
  return {
    ...{ least: operations, most: operations, untilPages },
    schemes: schemes.flatMap(({ name, warmUp: own }) =>
      own === undefined ? [] : [{ name, extremes: own[reading] }],
    ),
  };
}

/** A run of any stream of updates. */
export function runView(result: MeasuredRun, choices: ViewChoices, account: Account): TextView {
  const { topology, schemes } = result;
  const { pageSize } = topology;
  const { reading } = choices;
  const scale = scaleOf(result, choices);
  const leftOut = leftOutOf(result, reading);
  return {
    title: `rss-err ${result.program.version} ${account.command}: how far off the reported RSS is, and can be`,
    facts: [
      ['machine', machineText(topology)],
      ...account.facts,
      ...seenFacts(result.seen),
      ...(leftOut === null ? [] : [['warm-up', leftOutText(leftOut, pageSize)] as const]),
      ['error', errorText(reading, scale)],
    ],
    tables: [
      boundsTable(result, scale),
      observedTable(result, account.observed, scale, reading),
      ...(leftOut === null ? [] : [leftOutTable(leftOut, scale)]),
      ...account.tables,
      ...costTables(result),
    ],
    findings: [
      exactText(result.seen) ?? [
        ...findingsText(findingsOf(result, reading), result, reading, (pages) =>
          formatSignedBytes(pagesToBytes(pages, pageSize)),
        ),
        ...(account.findings ?? []),
      ],
    ].flat(),
    notes: [
      `what the columns are: rss-err ${account.command} --help`,
      ...(schemes.some(({ scheme }) => schemeNamed(scheme).isBoundedSerialisedOnly)
        ? [CONTENTION_NOTE]
        : []),
      ...faultNotes(schemes, pageSize),
      ...account.notes,
      ...costNotes(result),
    ],
    reproduce: choices.reproduce,
  };
}

const LIKE_NOTE =
  'observed in the record: what its kernel was off by, of a process that the workload is like in size and threads alone';

/** What the workload was made like. */
function likeText({ record, process, pageSize, ...like }: Like): string {
  const { pid, life, command } = process;
  const size = formatPagesAndBytes(like.largestPages, pageSize);
  const on = `${formatCount(like.onlineCpus, 'CPU')} of ${like.kernel}`;
  return `${printable(command)} ${lifeName(pid, life)} in ${record}: at most ${size}, ${formatCount(like.mostThreads, 'thread')}, on ${on}; ${like.precise} its truth`;
}

export function comparisonView(result: Omit<Comparison, 'format'>, choices: ViewChoices): TextView {
  const { workload, topology, operations, seed, like } = result;
  const short = shortOfTarget(result);
  return runView(result, choices, {
    command: 'compare',
    facts: [
      ['workload', workloadText(workload, topology, operations)],
      ...(like === undefined ? [] : [['like', likeText(like)] as const]),
      ...(short === null ? [] : [['reached', short] as const]),
    ],
    observed: `${seenHead('Observed', result.seen)}, seed ${seed}`,
    tables: like === undefined ? [] : [recordTable(like, [like.process], scaleOf(result, choices))],
    notes: like === undefined ? [] : [LIKE_NOTE, READINGS_NOTE],
  });
}
