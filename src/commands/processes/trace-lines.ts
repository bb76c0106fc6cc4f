/** The run of a workload as a trace: an event an add, as the kernel tells them (mm_trace_rss_stat). */
import { MEMBERS, NR_MEMBERS } from '../../kernel/rss-stat.ts';
import {
  formatRssStat,
  formatTaskExit,
  type WrittenForm,
} from '../../recorded/trace/write-trace.ts';
import type { PageSize, Pages } from '../../units.ts';
import { KIND } from '../../update/kinds.ts';

/** The task that runs an update. */
export interface Task {
  readonly tid: number;
  readonly tgid: number;
  readonly comm: string;
}

/** An mm as its events tell it. */
export interface TracedMm {
  readonly mmId: number;
  /** Pages of each member so far; all zero at first. */
  readonly sizes: Float64Array;
}

interface TracedUpdate {
  readonly kind: number;
  readonly member: number;
  readonly pages: Pages;
}

export interface TraceLines {
  /** An update of an mm; `curr`: the task runs on that mm. */
  add(mm: TracedMm, update: TracedUpdate, task: Task, cpu: number, curr: boolean): void;
  taskExit(task: Task, cpu: number): void;
  /** The text since the last call. */
  take(): string;
}

/** A 32-bit hash that no two numbers share (the finaliser of MurmurHash3, public domain). */
export function mmIdOf(place: number): number {
  let hash = place + 1;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function tracedMm(mmId: number): TracedMm {
  return { mmId, sizes: new Float64Array(NR_MEMBERS) };
}

/** A trace has no clock of its own: each event is a microsecond after the one before. */
function timeOf(event: number): string {
  const seconds = Math.floor(event / 1_000_000);
  return `${seconds}.${`${event % 1_000_000}`.padStart(6, '0')}`;
}

export function createTraceLines(form: WrittenForm, pageSize: PageSize): TraceLines {
  let events = 0;
  let text = '';
  function now(): string {
    events += 1;
    return timeOf(events);
  }
  return {
    add({ mmId, sizes }, { kind, member, pages }, task, cpu, curr) {
      const adds = kind === KIND.fault ? Math.abs(pages) : 1;
      const each = pages / adds;
      const known = { ...task, cpu, mmId, curr, member: MEMBERS[member]! };
      for (let add = 0; add < adds; add++) {
        sizes[member]! += each;
        const event = { ...known, time: now(), sizePages: sizes[member]! };
        text += formatRssStat(event, form, pageSize);
      }
    },
    taskExit(task, cpu) {
      text += formatTaskExit({ ...task, cpu, time: now() }, form);
    },
    take() {
      const taken = text;
      text = '';
      return taken;
    },
  };
}
