/** Traces as text or events, and the steps that the reader makes of them. */
import assert from 'node:assert/strict';
import { MEMBER, MEMBERS } from '../../src/kernel/rss-stat.ts';
import { isTraceForm, recognise } from '../../src/recorded/registry.ts';
import {
  createTraceCounts,
  type ReplayedEvent,
  type RssStatEvent,
  type TraceCounts,
  type TraceEvent,
  type TraceForm,
} from '../../src/recorded/trace/event.ts';
import type { Life } from '../../src/recorded/trace/life.ts';
import { createLineRows } from '../../src/recorded/trace/parse-bytes.ts';
import { createLineParser } from '../../src/recorded/trace/parse-line.ts';
import { readTrace, type TraceTaker } from '../../src/recorded/trace/read-trace.ts';
import { createReconstruction, type Reconstruction } from '../../src/recorded/trace/reconstruct.ts';
import type { PageSize, Pages } from '../../src/units.ts';
import type { RecordedUpdate } from '../../src/update/record.ts';

export interface ReadTrace {
  readonly form: TraceForm;
  readonly counts: TraceCounts;
  readonly events: readonly TraceEvent[];
}

/** A text in pieces of so many characters. */
export async function* pieces(text: string, size = 1000): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

/** Line by line, every one by the parser of single lines: what reading bytes is held to. */
function eventsOfLines(
  text: string,
  form: TraceForm,
  pageSize: PageSize,
): Pick<ReadTrace, 'counts' | 'events'> {
  const counts = createTraceCounts();
  const { parse } = createLineParser(form, pageSize, counts);
  const lines = text.replace(/^\ufeff/, '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  counts.lines = lines.length;
  const events = lines.map((line, i) => parse(line, i + 1)).filter((event) => event !== null);
  return { counts, events };
}

const withoutTime = (event: ReplayedEvent): ReplayedEvent => {
  if (event.name !== 'rss_stat') return { ...event };
  const { time: _time, tgid: _tgid, ...size } = event as RssStatEvent;
  return size;
};

/** A fault of a line is that of the line by itself; lines are not what is wrong with the whole. */
function demandSameFault(fault: unknown, ofLines: () => unknown): void {
  try {
    ofLines();
  } catch (other) {
    assert(fault instanceof Error && other instanceof Error);
    assert.equal(fault.message, `file: ${other.message}`);
  }
}

/** @throws Error where the text is no trace, or read otherwise than line by line; InputError as the reader. */
export async function eventsOf(
  text: string,
  pageSize: PageSize = 4096,
  size = 1000,
): Promise<ReadTrace> {
  const { form, chunks } = await recognise(pieces(text, size), 'file');
  if (!isTraceForm(form)) throw new Error(`taken for ${form}`);
  const counts = createTraceCounts();
  const events: ReplayedEvent[] = [];
  const take = (event: ReplayedEvent) => void events.push(withoutTime(event));
  const keep: TraceTaker = {
    take,
    takeSizes(rows, from, to, firstLine, nameOf) {
      for (let row = from; row < to; row++) {
        take({
          name: 'rss_stat',
          cpu: rows.cpu[row]!,
          tid: rows.tid[row]!,
          comm: nameOf(row),
          mmId: rows.mmId[row]!,
          curr: rows.curr[row] === 1,
          member: MEMBERS[rows.member[row]!]!,
          sizePages: rows.pages[row]!,
          line: firstLine + row - from,
        });
      }
    },
  };
  try {
    for await (const _ of readTrace(chunks, form, 'file', pageSize, counts, keep));
  } catch (fault) {
    demandSameFault(fault, () => eventsOfLines(text, form, pageSize));
    throw fault;
  }
  const expected = eventsOfLines(text, form, pageSize);
  assert.deepEqual(events, expected.events.map(withoutTime));
  assert.deepEqual(counts, expected.counts);
  return { form, ...expected };
}

export type TraceStep =
  | { readonly step: 'update'; readonly life: Life; readonly record: RecordedUpdate; line: number }
  | { readonly step: 'offset'; readonly life: Life; member: number; pages: Pages; line: number }
  | { readonly step: 'named'; readonly life: Life; comm: string; line: number }
  | { readonly step: 'end'; readonly life: Life; line: number };

export interface Reconstructed extends Pick<Reconstruction, 'counts' | 'statistics'> {
  readonly steps: readonly TraceStep[];
}

/** The same event, as a parser of bytes hands it on. */
function createRowTaker({ take, takeSizes }: TraceTaker): (event: ReplayedEvent) => void {
  const rows = createLineRows(1);
  const tasks: string[] = [];
  return (event) => {
    if (event.name !== 'rss_stat') return take(event);
    const { tid, comm, cpu, mmId, curr, member, sizePages, line } = event;
    const task = `${tid} ${comm}`;
    if (!tasks.includes(task)) tasks.push(task);
    rows.task[0] = tasks.indexOf(task);
    rows.tid[0] = tid;
    rows.cpu[0] = cpu;
    rows.mmId[0] = mmId;
    rows.curr[0] = curr ? 1 : 0;
    rows.member[0] = MEMBER[member];
    rows.pages[0] = sizePages;
    takeSizes(rows, 0, 1, line, () => comm);
  };
}

/** Taken one by one, and as rows: with the same steps. */
export function stepsOf(
  events: readonly ReplayedEvent[],
  pageSize: PageSize = 4096,
  tellsMoments = false,
): Reconstructed {
  function through(takerOf: (reconstruction: Reconstruction) => (event: ReplayedEvent) => void) {
    const steps: TraceStep[] = [];
    const reconstruction = createReconstruction(
      pageSize,
      {
        update(life, { kind, member, pages, thread, cpu, line }) {
          const name = MEMBERS[member]!;
          const record = { kind, thread, cpu, pages, member: name, mm: life.mmId, repeat: 1 };
          steps.push({ step: 'update', life, record, line });
        },
        offset: (life, member, pages, line) =>
          void steps.push({ step: 'offset', life, member, pages, line }),
        named: (life, comm, line) => void steps.push({ step: 'named', life, comm, line }),
        end: (life, line) => void steps.push({ step: 'end', life, line }),
      },
      { tellsMoments },
    );
    const take = takerOf(reconstruction);
    for (const event of events) take(event);
    for (const _ of reconstruction.finish());
    const { counts, statistics } = reconstruction;
    return { steps, counts, statistics };
  }
  const found = through(({ take }) => take);
  assert.deepEqual(through(createRowTaker), found);
  return found;
}

/** An event of one page of anonymous memory, and what is changed of it; lines count up. */
export function rssStats(
  ...changes: (Partial<RssStatEvent> & Pick<RssStatEvent, 'sizePages'>)[]
): RssStatEvent[] {
  return changes.map((change, i) => ({
    name: 'rss_stat',
    time: null,
    cpu: 0,
    tid: 100,
    tgid: null,
    comm: 'prog',
    mmId: 7,
    curr: true,
    member: 'anon',
    line: i + 1,
    ...change,
  }));
}

/** Steps in short: "fault anon +1 cpu 0", "offset anon +3", "end". */
export function inShort(steps: readonly TraceStep[]): string[] {
  const signed = (pages: number) => (pages < 0 ? `${pages}` : `+${pages}`);
  return steps.flatMap((step) => {
    if (step.step === 'named') return [];
    if (step.step === 'end') return ['end'];
    if (step.step === 'offset') {
      return [`offset ${['file', 'anon', 'swap', 'shmem'][step.member]} ${signed(step.pages)}`];
    }
    const { kind, member, pages, cpu, thread } = step.record;
    if (kind === 'thread-exit') return [`exit ${thread}`];
    if (kind === 'thread-start') return [`start ${thread}`];
    if (kind === 'switch-out') return [`mm ${step.record.mm} leaves cpu ${cpu}`];
    return [`${kind} ${member} ${signed(pages)} cpu ${cpu}`];
  });
}
