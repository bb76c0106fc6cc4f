/** A run of many processes that is written as a trace is read back as the same updates. */
import { describe, expect, it } from 'vitest';
import { createLiving, type MmKeeper } from '../../src/commands/processes/carry-out.ts';
import {
  createTraceLines,
  mmIdOf,
  type TracedMm,
  tracedMm,
} from '../../src/commands/processes/trace-lines.ts';
import { MEMBERS } from '../../src/kernel/rss-stat.ts';
import {
  traceHead,
  WRITTEN_FORMS,
  type WrittenForm,
} from '../../src/recorded/trace/write-trace.ts';
import { KIND } from '../../src/update/kinds.ts';
import { rowShapes } from '../../src/update/record.ts';
import { lives } from '../../src/workload/lives/lives.ts';
import { PROCESS_PRESETS } from '../../src/workload/lives/process-workload.ts';
import { flatMachine } from '../support/machines.ts';
import { eventsOf, stepsOf } from '../support/trace-steps.ts';

const machine = flatMachine(8, 2);

/** One add as words: what, of which member, where, by which task, and whether on its own mm. */
type Add = string;

/** A page that came alone is a fault, whether a window of a file had one page left or not. */
function addOf(kind: number, member: number, pages: number, cpu: number): Add {
  const named = kind === KIND.faultAround && pages === 1 ? KIND.fault : kind;
  return `${named} ${MEMBERS[member]} ${pages} cpu ${cpu}`;
}

interface Told {
  readonly traced: TracedMm;
  readonly adds: Add[];
  /** Members whose first add has been told. */
  readonly begun: Set<number>;
  /** An mm of this mm_id has ended in the trace: then its first sizes are known. */
  readonly reused: boolean;
}

/** Runs a workload; what it did to each mm, and the trace of it. */
function run(form: WrittenForm) {
  const trace = createTraceLines(form, 4096);
  const mms: Told[] = [];
  const ended = new Set<number>();
  const free: number[] = [];
  let places = 0;
  const keeper: MmKeeper<Told> = {
    create() {
      const mmId = mmIdOf(free.pop() ?? places++);
      const told = {
        traced: tracedMm(mmId),
        adds: [],
        begun: new Set<number>(),
        reused: ended.has(mmId),
      };
      mms.push(told);
      return told;
    },
    add({ traced, adds, begun, reused }, kind, member, pages, { task, cpu, curr }) {
      if (pages === 0) return;
      trace.add(traced, { kind, member, pages }, task, cpu, curr);
      // A run of n faults is n events of one page.
      const each = kind === KIND.fault ? Math.sign(pages) : pages;
      const all = new Array<Add>(pages / each).fill(addOf(kind, member, each, cpu));
      // What was there before the first event of a process that began before the trace is not known.
      adds.push(...(reused || begun.has(member) ? all : all.slice(1)));
      begun.add(member);
    },
    endOperation() {},
    taskExit: (task, cpu) => trace.taskExit(task, cpu),
    drop({ traced }) {
      const place = Array.from({ length: places }, (_, i) => i).find(
        (i) => mmIdOf(i) === traced.mmId,
      );
      free.push(place!);
      ended.add(traced.mmId);
    },
  };
  const carryOut = createLiving(keeper, 4096);
  const workload = {
    ...PROCESS_PRESETS.mixed,
    ...{ processes: 12, jobs: 3, jobPages: { min: 100, max: 900 }, servers: 1, threads: 3 },
    ...{ operations: 600, serverPages: 3000, reclaimPerMillion: 20_000, hugePerMillion: 0 },
    ...{ seed: 3, cpus: machine.online },
  };
  for (const step of lives(machine, workload, 4096)) carryOut(step);
  return { mms, text: traceHead(form) + trace.take() };
}

describe.each(WRITTEN_FORMS)('a trace of the form %s', (form) => {
  it('is read back as the updates that were made, mm by mm', async () => {
    const { mms, text } = run(form);
    const { events, counts } = await eventsOf(text);
    expect(counts.malformed.count + counts.unknownLines.count).toBe(0);
    const read = new Map<number, Add[]>();
    for (const step of stepsOf(events).steps) {
      if (step.step === 'named' || step.step === 'end') continue;
      const adds = read.get(step.life.firstLine) ?? [];
      read.set(step.life.firstLine, adds);
      if (step.step === 'offset') continue;
      const { cpu, pages } = step.record;
      for (const { kind, member, sign } of rowShapes(step.record)) {
        if (pages !== 0) adds.push(addOf(kind, member, sign * pages, cpu));
      }
    }
    const made = mms.map(({ adds }) => adds.map(swapFirst(adds)));
    expect(new Set(made.flat().map((add) => add.split(' ').slice(0, 2).join(' '))).size).toBe(12);
    expect(made.flat().length).toBeGreaterThan(20_000);
    expect([...read.values()].map((adds) => adds.length)).toEqual(made.map((adds) => adds.length));
    expect([...read.values()]).toEqual(made);
    // Processes that take the mm_id of one that has ended are told apart.
    expect(new Set(mms.map(({ traced }) => traced.mmId)).size).toBeLessThan(mms.length);
  });
});

/** Of a page swapped in the kernel tells the anonymous page first, a record takes the entry first. */
function swapFirst(adds: readonly Add[]) {
  const isEntry = (add: Add | undefined) => add?.startsWith(`${KIND.eventless} swap`) === true;
  return (add: Add, i: number): Add => {
    if (isEntry(adds[i + 1])) return adds[i + 1]!.replace(`${KIND.eventless}`, `${KIND.fault}`);
    if (isEntry(add)) return adds[i - 1]!.replace(`${KIND.fault}`, `${KIND.eventless}`);
    return add;
  };
}
