/** What a trace held, in words: what could be replayed, and what could not. */

import type { Contradiction } from '../../../recorded/trace/change.ts';
import { formatCount, groupDigits } from '../../../render/amounts.ts';
import type { RecordingFacts } from '../../compare/result.ts';
import { policyText } from '../../compare/workload-text.ts';
import type { Sighted, TraceSummary } from './trace-summary.ts';

const FORM_NAMES: Record<TraceSummary['form'], string> = {
  'perf-script': 'perf script',
  ftrace: 'ftrace',
  'trace-cmd': 'trace-cmd report',
};

/** The facts of the view: form, sizes, processes, and the counts that are no fault of anyone. */
export function traceText(trace: TraceSummary): string {
  const { form, sizeIs, processesReplayed, processesSeen, spread } = trace;
  const counts: readonly (readonly [count: number, one: string, many: string])[] = [
    [trace.zeroDeltas, 'event without a change', 'events without a change'],
    [trace.remoteUpdates, 'update from another context', 'updates from other contexts'],
    [trace.startsUnknown, 'member begun before the trace', 'members begun before the trace'],
    [trace.threadExits, 'thread exit', 'thread exits'],
    [trace.migrations, 'migration', 'migrations'],
    [trace.switches, 'switch', 'switches'],
  ];
  const counted = counts
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => amount(count, one, many));
  return [
    `${FORM_NAMES[form]}, sizes taken as ${sizeIs}`,
    `${groupDigits(processesReplayed.toFixed(0))} of ${amount(processesSeen, 'process', 'processes')}`,
    ...(counted.length === 0 ? [] : [counted.join(', ')]),
    ...(spread === null
      ? []
      : [`threads placed by ${policyText(spread.policy)}, seed ${spread.seed}`]),
  ].join('; ');
}

function amount(count: number, one: string, many: string): string {
  return `${groupDigits(count.toFixed(0))} ${count === 1 ? one : many}`;
}

const CONTRADICTION_TEXT: Record<Contradiction, string> = {
  'multiples-of-32':
    'every change of size is a multiple of 32 pages: these look like the approximate sums of a tree (--size-is approximate)',
  'thread-batches':
    'processes grow by up to 66 pages at once and hardly by single pages: these look like the shared values of kernels before 6.2 (--size-is approximate)',
  'negative-sizes': 'some sizes are negative: precise ones are not (--size-is approximate)',
  'single-pages':
    'processes grow by single pages: these look like precise sizes (--size-is precise)',
};

function sighted({ count, firstLine }: Sighted, what: string): string[] {
  return count === 0 ? [] : [`${formatCount(count, what)} (first: line ${firstLine})`];
}

/** What a lower bound is a lower bound of. */
const LOWER_BOUND_NOTE =
  'sizes are approximate: only what was flushed could be replayed, so updates and errors are lower bounds';

/** What the figures are of, where the tables do not say. */
export function traceNotesOf({ processesReplayed, lowerBound }: TraceSummary): string[] {
  return [
    ...(processesReplayed < 2
      ? []
      : [
          "each process has counters of its own: bounds are the widest, 'at op' counts its operations",
        ]),
    ...(lowerBound ? [LOWER_BOUND_NOTE] : []),
  ];
}

function traceWarnings(trace: TraceSummary): string[] {
  const { losses, lostEvents, malformed } = trace;
  const lost = lostEvents === 0 ? '' : `, ${formatCount(lostEvents, 'event')} by the tool's count`;
  const unseen = `, ${formatCount(trace.takenUpAgain, 'size')} taken up again with ${formatCount(trace.pagesUnseen, 'page')} come or gone unseen`;
  return [
    ...trace.contradictions.map((which) => CONTRADICTION_TEXT[which]),
    ...(trace.lowerBound ? [LOWER_BOUND_NOTE] : []),
    ...sighted(losses, 'place').map((places) => `events are missing in ${places}${lost}${unseen}`),
    ...sighted(malformed, 'rss_stat line').map((lines) => `${lines} cut short or malformed`),
    ...sighted(trace.unknownLines, 'line').map((lines) => `${lines} not understood`),
    ...sighted(trace.outOfOrder, 'event').map((events) => `${events} earlier than the one before`),
    ...(trace.updatesBeforeNamed === 0
      ? []
      : [
          `${formatCount(trace.updatesBeforeNamed, 'update')} before a task named ${trace.comm} ran: taken for what was there at first`,
        ]),
  ];
}

function belowZeroWarning({ belowZero }: RecordingFacts['recording']): string[] {
  if (belowZero == null) return [];
  const { line, member, pages } = belowZero;
  return [
    `line ${line}: ${member} would hold ${pages} pages: the recording begins in the middle of a process's life, or lacks updates`,
  ];
}

/** What the user should know of a recording before believing the figures; a line each. */
export function recordingWarnings({ recording, trace }: RecordingFacts): readonly string[] {
  const found = trace === undefined ? belowZeroWarning(recording) : traceWarnings(trace);
  return found.map((text) => `${recording.name}: ${text}`);
}
