/** Explanations in words: the answer first, then why, and what to do instead. */
import { EVENTS_PER_SYNC } from '../../kernel/rss-stat.ts';
import {
  chooseUnit,
  formatBytes,
  formatCount,
  formatNumber,
  formatPagesAndBytes,
  type Scale,
  type UnitChoice,
} from '../../render/amounts.ts';
import { left, right, type TextTable, type TextView } from '../../render/view.ts';
import { listed, machineText } from '../../render/words.ts';
import { largerSide, type WorstCase } from '../../schemes/bound.ts';
import { KIB, type Pages } from '../../units.ts';
import type { Interval } from './interval.ts';
import type { ExplainedPair, ExplainedReading, ExplainResult } from './result.ts';

type Result = ExplainResult;

const amount = (pages: Pages, { topology }: Result) =>
  formatPagesAndBytes(pages, topology.pageSize);

/** "10,636 to 11,380 pages (41.5 MiB to 44.5 MiB)" */
function intervalText({ low, high }: Interval, result: Result): string {
  if (low === high) return `exactly ${amount(low, result)}`;
  if (low === 0) return `0 to ${amount(high, result)}`;
  const bytes = [low, high].map((pages) => formatBytes(pages * result.topology.pageSize));
  return `${formatNumber(low)} to ${formatCount(high, 'page')} (${bytes.join(' to ')})`;
}

/** What the figure stands for, in one or two sentences. */
function answerText(reading: ExplainedReading, result: Result): string {
  const { reader, shown, error, now, peak, sums } = reading;
  if (sums === 'none') return `${reader} is not there on this kernel.`;
  if (error === null) {
    return `${reader} is not made of the counters of processes: this program says nothing of it.`;
  }
  if (shown === null || now === null) return anyValueText(reading, result);
  const zero =
    shown === 0 && error.under > 0 ? ' A figure of 0 does not say that nothing is resident.' : '';
  if (peak === null) {
    const isTruth = sums === 'precise' || sums === 'walk';
    const cut = reading.rounded === null ? '' : ', to its last digit';
    const how = isTruth ? ` The figure is the truth${cut}.` : zero;
    const what = result.members.join() === 'swap' ? 'Swapped out' : 'Resident';
    return `${what} now: ${intervalText(now, result)}.${how}`;
  }
  return `The most that was resident: ${intervalText(peak, result)}. Now: ${
    now.low === 0 ? `at most ${amount(now.high, result)}` : intervalText(now, result)
  }.${zero}`;
}

/** "372 pages (1.5 MiB) below or above the truth", "… below the truth, … above it". */
function sidesText({ under, over }: WorstCase, truth: string, result: Result): string {
  if (under === over) return `${amount(under, result)} below or above ${truth}`;
  const below = under === 0 ? [] : [`${amount(under, result)} below ${truth}`];
  const above =
    over === 0 ? [] : [`${amount(over, result)} above ${below.length === 0 ? truth : 'it'}`];
  return [...below, ...above].join(', ');
}

function anyValueText({ reader, error, isPeak }: ExplainedReading, result: Result): string {
  const what = isPeak ? 'the most that was resident' : 'the truth';
  const figure = reader === 'oom_score' ? 'The pages behind any figure are' : 'Any figure is';
  const { under, over } = error!;
  if (under + over === 0) return `${figure} ${what}.`;
  const zero =
    under === 0 || reader === 'oom_score'
      ? ''
      : ` 0 stands for anything up to ${amount(under, result)}.`;
  return `${figure} up to ${sidesText(error!, what, result)}.${zero}`;
}

const MADE_OF: Readonly<Record<ExplainedReading['sums'], string>> = {
  approximate: 'approximate sums',
  precise: 'precise sums',
  raw: "one counter's shared value",
  walk: 'a walk of the page tables, no counter',
  mark: 'the highest approximate sum, taken just before pages go, or VmRSS now if higher',
  own: 'a counter of its own',
  none: 'not there',
};

function madeOf({ reader, isPeak, sums }: ExplainedReading): string {
  if (!isPeak || sums === 'mark') return MADE_OF[sums];
  const since = reader === 'ru_maxrss' ? ', of earlier programs of the process too' : '';
  return `the highest approximate sum, taken just before pages go${since}`;
}

/** "top RES: /proc/PID/statm, field 2: precise sums (…)". */
function readsText(reading: ExplainedReading): string {
  const { label, reads, source } = reading;
  const whose = reads.startsWith(label) ? '' : `${label}: `;
  return `${whose}${reads}: ${madeOf(reading)} (${source})`;
}

/** The truth, or nothing of the counters'. */
const isExact = ({ error }: ExplainedReading) => error === null || error.under + error.over === 0;

/** "Each of 128 CPUs holds back up to 255 pages (batch 256)". */
function holdersText({ heldBy, batch, exact }: Result): string {
  const { of, count } = heldBy;
  const who =
    count === 1 ? `The one ${ONE[of]} holds` : `Each of ${formatNumber(count)} ${of} holds`;
  if (batch !== null) {
    return `${who} back up to ${formatCount(batch - 1, 'page')} (batch ${formatNumber(batch)})`;
  }
  const each = formatCount(largerSide(exact) / count, 'page');
  return `${who} back up to ${EVENTS_PER_SYNC} faults (${each} at most)`;
}

const ONE = { CPUs: 'CPU', nodes: 'node', threads: 'thread' } as const;

function whyText(reading: ExplainedReading, result: Result): string[] {
  if (isExact(reading)) return [];
  const { members, exact } = result;
  const isOne = members.length === 1 || largerSide(exact.rss) === largerSide(exact);
  const each = isOne ? '' : ` of each member: ${amount(exact.under, result)} a member`;
  const whose = reading.reader === 'rss_stat' ? 'one member' : listed(members);
  const clamp = reading.clamped ? ' A member below 0 shows as 0.' : '';
  return [
    `${holdersText(result)}${each}${isOne ? ':' : ','} up to ${sidesText(exact.rss, 'the truth', result)} for ${whose}.${clamp}`,
  ];
}

function typicalText({ typical }: Result): string[] {
  if (typical === null) return [];
  const { seed, operations, threads, target, under, over, mean, p50, p99 } = typical;
  return [
    `Half of the time within ${formatCount(p50, 'page')}, 99% within ${formatNumber(p99)}; -${formatNumber(under)} to +${formatNumber(over)}, mean ${signed(Math.round(mean))} pages. Observed: one member of ${formatCount(target, 'page')}, ${formatCount(threads, 'thread')}, ${formatCount(operations, 'operation')}, seed ${seed}.`,
  ];
}

function betterText(reading: ExplainedReading): string[] {
  if (isExact(reading)) return [];
  const { better, isPeak, reader } = reading;
  const [cheapest] = better;
  const isFree = cheapest !== 'smaps_rollup';
  const names = isFree ? better.filter((name) => name !== 'smaps_rollup').join(' or ') : cheapest;
  const price = isFree
    ? 'precise on this kernel'
    : 'precise, at the price of a walk of page tables';
  if (isPeak) return [`No precise peak on this kernel: sample ${names}, ${price}.`];
  const killer = reader.startsWith('oom') ? ' The killer goes by its own sums all the same.' : '';
  return [`${names}: ${price}.${killer}`];
}

function preciseText(reading: ExplainedReading, result: Result): string[] {
  if (isExact(reading)) return [];
  const { preciseFrom, reader } = reading;
  const { exact, heldBy } = result;
  const each = formatCount(largerSide(exact.rss) / heldBy.count, 'page');
  const kernel =
    preciseFrom.length === 0
      ? `No kernel makes ${reader} precise yet.`
      : `Kernels from ${listed(preciseFrom)} on make ${reader} precise.`;
  const less =
    heldBy.of === 'threads'
      ? 'Each thread less'
      : 'Each CPU that the process is kept off from its start';
  return [`${kernel} ${less} takes ${each} off the bound.`];
}

const ROUNDS: Readonly<Record<'nearest' | 'down', string>> = {
  nearest: 'rounds to the nearest',
  down: 'rounds down',
};

/** "301,466 to 327,680 pages (…) are shown so: top rounds to the nearest of its last digit." */
function roundedText({ reader, rounded }: ExplainedReading, result: Result): string[] {
  if (rounded === null) return [];
  const { how } = rounded;
  const rule =
    how === 'either'
      ? 'its last digit may be rounded to the nearest or down, which is not known'
      : `${reader} ${ROUNDS[how]} of its last digit`;
  return [`${intervalText(rounded, result)}: ${rule}.`];
}

function limitText(pair: ExplainedPair, result: Result): string {
  const { difference, lowest, highest } = pair;
  const limit = difference < 0 ? lowest : highest;
  return limit === null ? '' : amount(Math.abs(limit), result);
}

/** "ru_maxrss is 43 pages (172 KiB) below statm". */
function differenceText({ first, second, difference }: ExplainedPair, result: Result): string {
  if (difference === 0) return `${first} and ${second} are equal`;
  const side = difference < 0 ? 'below' : 'above';
  return `${first} is ${amount(Math.abs(difference), result)} ${side} ${second}`;
}

/** How far rounding alone lets the first figure read below, or above, the second. */
function roundedOff({ difference, first, second }: ExplainedPair, { readings }: Result): Pages {
  const [one, other] = [first, second].map((name) => {
    const { shown, rounded } = readings.find(({ reader }) => reader === name)!;
    return rounded === null ? [0, 0] : [shown! - rounded.low, rounded.high - shown!];
  }) as [number[], number[]];
  return difference < 0 ? one[1]! + other[0]! : one[0]! + other[1]!;
}

/** "the error of node and the rounding of top allow"; nothing where neither figure is rounded. */
function roundingAllows(pair: ExplainedPair, result: Result): string {
  const { first, second, difference, lowest, highest, errorOf } = pair;
  const cut = result.readings
    .filter(({ reader, rounded }) => rounded !== null && [first, second].includes(reader))
    .map(({ reader }) => reader);
  if (cut.length === 0) return '';
  const rounding = `the rounding of ${listed(cut)}`;
  const limit = Math.abs((difference < 0 ? lowest : highest) ?? 0);
  return limit === roundedOff(pair, result)
    ? `${rounding} allows`
    : `the error of ${listed(errorOf)} and ${rounding} allow`;
}

/** Why a difference cannot be, and what it may be instead. */
function contradictionText(pair: ExplainedPair, result: Result): string {
  const { first, second, lowest, highest, errorOf } = pair;
  const limit = limitText(pair, result);
  const rounding = roundingAllows(pair, result);
  const allowed =
    rounding !== ''
      ? `: ${rounding} up to ${limit}`
      : lowest === 0 && highest === 0
        ? errorOf.length === 0
          ? ': both are precise (only smaps counts a page poisoned by a memory failure)'
          : ': both show one sum'
        : limit === amount(0, result)
          ? ': it is never so at one moment'
          : `, which allow up to ${limit}`;
  const inferred = result.readings.some(
    ({ reader, evidence }) => evidence === 'inferred' && [first, second].includes(reader),
  );
  const otherwise = inferred
    ? ', or this kernel reads otherwise than the release it is taken for'
    : '';
  return `NOT explicable by the counters${allowed}. The process changed between the reads, or they are of two processes${otherwise}.`;
}

function pairText(pair: ExplainedPair, result: Result): string {
  const { explicable, when, errorOf, first, lowest, highest } = pair;
  if (when === 'one after the other') {
    return `Between the two figures of ${first} the truth may have changed by anything from ${signed(lowest!)} to ${signed(highest!)} pages.`;
  }
  const what = differenceText(pair, result);
  const limit = limitText(pair, result);
  if (!explicable) return `${what}: ${contradictionText(pair, result)}`;
  if (pair.difference === 0) return `${what}: explicable.`;
  if (limit === '') return `${what}: explicable, a peak may be of long ago.`;
  if (when === 'across reads') {
    const other = first === 'VmHWM' ? pair.second : first;
    return `${what}: not so in one read of status, which shows the higher of the two. Explicable by the counters where ${other} was read first, up to ${limit}: the mark is made of approximate sums. Where VmHWM was read first, the process has grown.`;
  }
  const rounding = roundingAllows(pair, result);
  if (rounding !== '') return `${what}: explicable, ${rounding} up to ${limit}.`;
  return `${what}: explicable by the counters, which allow up to ${limit} (the error of ${listed(errorOf)}).`;
}

const signed = (pages: Pages) => `${pages > 0 ? '+' : ''}${formatNumber(pages)}`;

/** Each figure, where there are several. */
function readingsTable({ readings, topology }: Result, unit: UnitChoice): TextTable[] {
  if (readings.length < 2) return [];
  const { pageSize } = topology;
  const largest = Math.max(...readings.map(({ shown }) => shown ?? 0));
  const scale: Scale = { unit: chooseUnit(unit, largest, pageSize), pageSize };
  return [
    {
      title: 'Figures, and the truth behind each',
      scale,
      columns: [left('reader'), ...['shown', 'now from', 'to', 'peak from', 'to'].map(right)],
      rows: readings.map(({ reader, shown, now, peak }) => [
        reader,
        ...[shown, now?.low, now?.high, peak?.low, peak?.high].map((pages) =>
          pages === null || pages === undefined ? '-' : { pages },
        ),
      ]),
    },
  ];
}

function notesOf(result: Result): string[] {
  const { readings, inFlight, heldBy, offlinedCpus, used, topology } = result;
  const [reading] = readings as [ExplainedReading];
  if (reading.error === null) return [];
  const others =
    reading.shown === 0
      ? ['kernel threads, zombies and processes whose first thread has exited show 0 too']
      : [];
  if (isExact(reading)) return ['bound; what changes while it is read comes on top', ...others];
  const { reader, equalHide } = reading;
  return [
    `answer, why: bound, the exact worst case, settled${inFlight === 0 ? ' or with updates in flight' : ''}; what changes while the members are read comes on top; typical: one observation`,
    ...(reader === 'oom_score'
      ? []
      : [`two equal figures of ${reader} can hide a change of ${formatCount(equalHide!, 'page')}`]),
    ...(reader === 'ru_maxrss'
      ? ["ru_maxrss outlives exec, and a child's starts at its parent's: the peak may be theirs"]
      : []),
    ...(heldBy.of === 'threads'
      ? ['drivers that map pages without a fault (vm_insert_page()) have no bound']
      : []),
    ...(offlinedCpus === 0 || heldBy.of === 'threads'
      ? []
      : [
          `${formatCount(offlinedCpus, 'CPU')} went off-line: counts elsewhere keep up to the batch of before less one`,
        ]),
    ...(used.cpus === topology.onlineCpus || heldBy.of === 'threads'
      ? []
      : [
          `of ${formatCount(used.cpus, 'CPU')} that ever counted for the process, also by reclaim from outside`,
        ]),
  ];
}

/** Readers whose figures have no unit. */
export interface BareWords {
  /** Taken for KiB, which these print. */
  readonly kib: readonly string[];
  /** Taken for pages, which these do not show. */
  readonly pages: readonly string[];
}

interface ExplainViewOptions {
  readonly unit: UnitChoice;
  readonly bare: BareWords;
  readonly reproduce: string;
}

const bareNotes = ({ kib, pages }: BareWords) => [
  ...(kib.length === 0
    ? []
    : [
        `a figure of ${listed(kib)} without a unit is in KiB, as it is printed: of pages write 11008pages`,
      ]),
  ...(pages.length === 0
    ? []
    : [
        `a figure without a unit is in pages: where ${listed(pages)} shows kB or bytes, write 44032kB or 45088768B`,
      ]),
];

export function explainView(
  result: Result,
  { unit, bare, reproduce }: ExplainViewOptions,
): TextView {
  const { program, readings, pairs, kernel, topology, together, schemeSource } = result;
  const [reading] = readings as [ExplainedReading];
  const shown =
    reading.shown === null
      ? ''
      : ` shows ${reading.rounded === null ? '' : 'about '}${amount(reading.shown, result)}`;
  const compared = pairs.map((pair) => pairText(pair, result)).join(' ');
  const all = together === null ? '' : ` By all figures now: ${intervalText(together, result)}.`;
  const labelled = (label: string, texts: readonly string[]) =>
    texts.map((text) => [label, text] as const);
  return {
    title: `rss-err ${program.version} explain: ${reading.reader}${shown} on ${kernel.release}`,
    facts: [
      ...(pairs.length === 0 ? [] : [['answer', compared] as const]),
      [pairs.length === 0 ? 'answer' : reading.reader, `${answerText(reading, result)}${all}`],
      ...labelled(
        'rounded',
        readings.flatMap((each) => roundedText(each, result)),
      ),
      ['reads', readsText(reading)],
      ...labelled('why', whyText(reading, result)),
      ...labelled('typical', typicalText(result)),
      ...labelled('better', betterText(reading)),
      ...labelled('precise', preciseText(reading, result)),
      ['machine', `${machineText(topology)}, pages of ${topology.pageSize / KIB} KiB`],
      [
        'kernel',
        `${kernel.release}: ${result.scheme.replace(/:.*/, '')} counters (${schemeSource})`,
      ],
    ],
    tables: readingsTable(result, unit),
    findings: [],
    notes: [...bareNotes(bare), ...notesOf(result)],
    reproduce,
  };
}
