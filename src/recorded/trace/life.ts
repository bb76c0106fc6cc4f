/** One process as a trace shows it: from its first event to the end of its mm, or of the trace. */
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { RecordedUpdate } from '../recorded.ts';

export interface Life {
  /** 0 = the first process of the trace: an mm_id may be used again. */
  readonly index: number;
  readonly mmId: number;
  /** Of the processes that have had this mm_id, which one: 1 = the first. */
  readonly ordinal: number;
  readonly firstLine: number;
  lastLine: number;
  /** Name of the first task seen to run on the mm; null: none was. */
  comm: string | null;
  /** Last size of each member, pages. */
  readonly sizes: Float64Array;
  /** 1 where a member has been seen. */
  readonly seen: Uint8Array;
  /** Losses up to which each member's size is known; behind, it has to be taken up again. */
  readonly knownAt: Float64Array;
  /** Huge pages of each member that are known to be mapped. */
  readonly hugeMapped: Int32Array;
  /** Tasks whose last own update was in this process. */
  readonly tasks: Set<number>;
  /** An update that may be half of one fault: a page that leaves one member for another. */
  pending: { readonly record: RecordedUpdate; readonly line: number } | null;
  ended: boolean;
}

/** "247315454", of the second process that has the mm_id "247315454#2". */
export function lifeName(mmId: number, ordinal: number): string {
  return ordinal === 1 ? `${mmId}` : `${mmId}#${ordinal}`;
}

/** Of a process that began in the trace every member is known to be 0 at first. */
export function createLife(
  index: number,
  mmId: number,
  ordinal: number,
  line: number,
  bornHere: boolean,
  losses: number,
): Life {
  return {
    index,
    mmId,
    ordinal,
    firstLine: line,
    lastLine: line,
    comm: null,
    sizes: new Float64Array(NR_MEMBERS),
    seen: new Uint8Array(NR_MEMBERS),
    knownAt: new Float64Array(NR_MEMBERS).fill(bornHere ? losses : -1),
    hugeMapped: new Int32Array(NR_MEMBERS),
    tasks: new Set(),
    pending: null,
    ended: false,
  };
}
