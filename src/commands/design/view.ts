/** The front of a search as tables: each design that no other is better than, and who dominates the others. */
import {
  chooseUnit,
  formatBytes,
  formatCount,
  formatMean,
  formatNumber,
  type Scale,
  type UnitChoice,
} from '../../render/amounts.ts';
import { type Cell, left, right, type TextTable, type TextView } from '../../render/view.ts';
import { listed, machineText } from '../../render/words.ts';
import { largerSide } from '../../schemes/bound.ts';
import type { Pages } from '../../units.ts';
import { pagesToBytes } from '../../units.ts';
import { centredOf } from './objectives.ts';
import type { Design, DesignResult, Search } from './result.ts';

export interface DesignChoices {
  readonly unit: UnitChoice;
  /** The command that gives this result again. */
  readonly reproduce: string;
}

/** Rows of a table, spread over the front: machine formats have all. */
const MOST_ROWS = 30;

/** Names of who dominates. */
const MOST_NAMES = 2;

const largestOf = (designs: readonly Design[]): Pages =>
  Math.max(0, ...designs.map(({ exact }) => largerSide(exact)).filter(Number.isFinite));

export function scaleOf({ designs, pageSize }: DesignResult, { unit }: DesignChoices): Scale {
  const onFront = designs.filter(({ isOnFront }) => isOnFront);
  return { unit: chooseUnit(unit, largestOf(onFront), pageSize), pageSize };
}

/** "1/1,024": once in so many pages. */
function rateText(rate: number): string {
  if (rate === 0) return 'never';
  return rate >= 0.5 ? formatMean(rate) : `1/${formatMean(1 / rate)}`;
}

const boundCell = (pages: Pages): Cell => (Number.isFinite(pages) ? { pages } : 'no bound');

type DesignColumn = readonly [TextTable['columns'][number], (design: Design) => Cell];

function columnsOf({ used, operations, designs, inFlight }: DesignResult): DesignColumn[] {
  const hasTime = designs.some(({ observed }) => observed?.nanoseconds != null);
  return [
    [
      left('--scheme'),
      ({ name, same }) => (same.length === 0 ? name : `${name} (+${same.length})`),
    ],
    [right('worst'), ({ exact }) => boundCell(largerSide(exact))],
    [right('RSS'), ({ exact }) => boundCell(largerSide(exact.rss))],
    ...(used === null
      ? []
      : [
          [
            right(`${used.cpus} used`),
            (row: Design) => boundCell(largerSide(row.exactUsed!)),
          ] as const,
        ]),
    ...(inFlight.updates === 0
      ? []
      : [[right(`${inFlight.updates} run`), (row: Design) => boundCell(row.inFlight)] as const]),
    ...(operations === 0
      ? []
      : [
          [
            right('observed'),
            ({ observed }: Design): Cell =>
              observed === null ? '-' : { low: -observed.under, high: observed.over },
          ] as const,
          [
            right('moved/op'),
            (row: Design): Cell => (row.observed === null ? '-' : { mean: row.observed.moved }),
          ] as const,
        ]),
    ...(hasTime
      ? [
          [
            right('ns/op'),
            (row: Design): Cell => ({ mean: row.observed?.nanoseconds ?? 0 }),
          ] as const,
        ]
      : []),
    [right('touches'), ({ touches }) => rateText(touches)],
    [right('busiest'), ({ busiest }) => rateText(busiest)],
    [right('bytes'), ({ memory }) => ({ count: memory })],
    [right('reads'), ({ reads }) => ({ count: reads })],
  ];
}

/** At most so many rows: the schemes as they are, and of the others one in so many. */
function spread(rows: readonly Design[]): readonly Design[] {
  const others = rows.filter(({ isNamed }) => !isNamed);
  const room = Math.max(2, MOST_ROWS - (rows.length - others.length));
  if (others.length <= room) return rows;
  const kept = new Set(
    Array.from(
      { length: room },
      (_, i) => others[Math.round((i * (others.length - 1)) / (room - 1))],
    ),
  );
  return rows.filter((row) => row.isNamed || kept.has(row));
}

function frontTable(result: DesignResult, search: Search, scale: Scale): TextTable {
  const rows = onMachine(result, search).filter(({ isOnFront }) => isOnFront);
  const columns = columnsOf(result);
  const shown = spread(rows);
  const more = shown.length < rows.length ? `, ${shown.length} of ${rows.length} points` : '';
  return {
    title: `On the front of ${formatCount(search.designs, 'design')} for ${formatCount(search.onlineCpus, 'CPU')}${more}`,
    scale,
    columns: columns.map(([column]) => column),
    rows: shown.map((row) => columns.map(([, cell]) => cell(row))),
    mayDivide: true,
  };
}

const onMachine = ({ designs }: DesignResult, { onlineCpus }: Search) =>
  designs.filter((row) => row.onlineCpus === onlineCpus);

function byText({ dominatedBy, isWithinLimits }: Design): string {
  if (!isWithinLimits) return 'beyond the limits';
  const names = dominatedBy.slice(0, MOST_NAMES);
  const more = dominatedBy.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

/** The schemes as they are that something is better than. */
function dominatedTable(result: DesignResult, search: Search, scale: Scale): TextTable[] {
  const rows = onMachine(result, search).filter(({ isOnFront }) => !isOnFront);
  if (rows.length === 0) return [];
  return [
    {
      title: `Schemes as they are, not on the front for ${formatCount(search.onlineCpus, 'CPU')}`,
      scale,
      columns: [
        left('--scheme'),
        ...['worst', 'touches', 'busiest', 'bytes'].map(right),
        { ...left('dominated by'), wrapAt: 46 },
      ],
      rows: rows.map((row) => [
        row.name,
        boundCell(largerSide(row.exact)),
        rateText(row.touches),
        rateText(row.busiest),
        { count: row.memory },
        byText(row),
      ]),
      mayDivide: true,
    },
  ];
}

/** What a reading moved to the middle of its interval would be off by: of one-sided schemes alone. */
function centredTable(result: DesignResult, search: Search, scale: Scale): TextTable[] {
  const rows = onMachine(result, search).filter(
    ({ exact, isNamed }) => isNamed && exact.under !== exact.over,
  );
  if (rows.length === 0) return [];
  const { used } = result;
  return [
    {
      title: `A model: readings moved to the middle, one counter, ${formatCount(search.onlineCpus, 'CPU')}`,
      scale,
      columns: [
        left('--scheme'),
        ...['as it is', 'moved'].map(right),
        ...(used === null ? [] : [right(`moved by the ${used.cpus} used`)]),
      ],
      rows: rows.map(({ name, exact, centred, exactUsed }) => [
        name,
        { sides: exact },
        { sides: centred },
        ...(exactUsed === null ? [] : [{ sides: centredOf(exactUsed) }]),
      ]),
      mayDivide: true,
    },
  ];
}

/** The best of the front in one figure: the first of those. */
function least(rows: readonly Design[], of: (row: Design) => number): Design {
  return rows.reduce((best, row) => (of(row) < of(best) ? row : best));
}

function findings(result: DesignResult, search: Search): string[] {
  const rows = onMachine(result, search);
  const front = rows.filter(({ isOnFront }) => isOnFront);
  const where = result.searches.length > 1 ? `${formatCount(search.onlineCpus, 'CPU')}: ` : '';
  if (front.length === 0) return [`${where}No design of the space is within the limits.`];
  const named = front.filter(({ isNamed }) => isNamed).map(({ name }) => name);
  const bytes = (pages: Pages) => formatBytes(pagesToBytes(pages, result.pageSize));
  const fewest = least(front, ({ touches }) => touches);
  const calmest = least(front, ({ busiest }) => busiest);
  const smallest = least(front, ({ memory }) => memory);
  const exactest = least(front, ({ exact }) => largerSide(exact));
  return [
    `${where}Least worst case: ${exactest.name} (${bytes(largerSide(exactest.exact))} a member, ${bytes(largerSide(exactest.exact.rss))} of RSS); fewest touches: ${fewest.name} (${rateText(fewest.touches)}); calmest line: ${calmest.name} (${rateText(calmest.busiest)}); least memory: ${smallest.name} (${formatNumber(smallest.memory)} B).`,
    named.length === 0
      ? `${where}No scheme as it is is on the front.`
      : `${where}Of the schemes as they are on the front: ${listed(named)}.`,
  ];
}

function limitsText({ limits, pageSize }: DesignResult): string[] {
  const parts = [
    ...(limits.errorPages === null
      ? []
      : [
          `RSS off by at most ${formatBytes(pagesToBytes(limits.errorPages, pageSize))}, so each of three members that err alone by ${formatBytes(pagesToBytes(limits.errorPages / 3, pageSize))}`,
        ]),
    ...(limits.memoryBytes === null
      ? []
      : [`at most ${formatNumber(limits.memoryBytes)} B a process`]),
    ...(limits.touches === null ? [] : [`at most ${rateText(limits.touches)} touches a page`]),
  ];
  return parts.length === 0 ? [] : [parts.join('; ')];
}

function searchText({ searches }: DesignResult): string {
  return searches
    .map(
      ({ onlineCpus, designs, cut }) =>
        `${formatCount(onlineCpus, 'CPU')}: ${formatCount(designs, 'design')}, of which ${formatNumber(cut)} cut unseen`,
    )
    .join('; ');
}

export function designView(result: DesignResult, choices: DesignChoices): TextView {
  const scale = scaleOf(result, choices);
  const { topology, objectives, workloads, operations, seed, searches, used, program } = result;
  const limits = limitsText(result);
  return {
    title: `rss-err ${program.version} design: which counter would you build?`,
    facts: [
      ...(topology === null ? [] : [['machine', machineText(topology)] as const]),
      ...(used === null ? [] : [['used', `CPUs ${used.cpulist}`] as const]),
      ['objectives', objectives.join(', ')],
      ...(limits.length === 0 ? [] : [['limits', limits[0]!] as const]),
      ['searched', searchText(result)],
      ...(operations === 0
        ? []
        : [
            [
              'replays',
              `${workloads.join(', ')}: ${formatCount(operations, 'operation')} each, seed ${seed}`,
            ] as const,
          ]),
    ],
    tables: searches.flatMap((search) => [
      frontTable(result, search, scale),
      ...dominatedTable(result, search, scale),
      ...centredTable(result, search, scale),
    ]),
    findings: searches.flatMap((search) => findings(result, search)),
    notes: [
      'what the columns are: rss-err design --help; (+n): so many designs with the same figures, in JSON',
      'touches, busiest: of shared counter lines, a page that a growing process maps; "1/32" is one in 32 pages',
      ...(operations === 0 ? [] : ['observed, moved/op: of the replays; no bound']),
    ],
    reproduce: choices.reproduce,
  };
}
