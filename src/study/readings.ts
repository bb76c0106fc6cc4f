/** What every scheme reads after every update of a recording, beside the ledger. */
import { IN_RSS, NR_MEMBERS } from '../kernel/rss-stat.ts';
import { createLedger, enter } from '../replay/ledger.ts';
import type { Heartbeat } from '../replay/replay.ts';
import { createCounters } from '../schemes/registry.ts';
import type { Counters } from '../schemes/scheme.ts';
import { createUpdateColumns } from '../update/columns.ts';
import { clearReadings, createReadings, enterReadings } from '../update/readings.ts';
import type { RecordedUpdate } from '../update/recorded.ts';
import { openRecorded, type ReplayRequest } from './replay-recorded.ts';

/** One update and what is read after it, pages, unclamped. */
export interface ReadingsLine {
  /** 1 = the first. */
  readonly update: number;
  readonly record: RecordedUpdate;
  /** The ledger. */
  readonly precise: number;
  /** In the order of the schemes. */
  readonly schemes: readonly { readonly approximate: number; readonly precise: number }[];
}

/** One member, or the members of the resident set together. */
export type ReadingsOf = number | 'rss';

function membersOf(of: ReadingsOf): readonly number[] {
  if (of !== 'rss') return [of];
  return Array.from({ length: NR_MEMBERS }, (_, m) => m).filter((m) => IN_RSS[m] === 1);
}

function sumOver(members: readonly number[], ofMember: (member: number) => number): number {
  return members.reduce((sum, member) => sum + ofMember(member), 0);
}

interface Subject {
  readonly counters: Counters;
  /** What each member reads now. */
  readonly approximate: Float64Array;
}

/** @throws InputError at the first bad line. */
export async function* readingsAfterEach(
  request: ReplayRequest,
  of: ReadingsOf,
  heartbeat: Heartbeat,
): AsyncGenerator<ReadingsLine> {
  const source = openRecorded(request, 1);
  const columns = createUpdateColumns();
  const readings = createReadings();
  const ledger = createLedger(request.topology.nrCpuIds);
  const members = membersOf(of);
  const subjects: readonly Subject[] = request.schemes.map((spec) => ({
    counters: createCounters(request.topology, spec),
    approximate: new Float64Array(NR_MEMBERS),
  }));
  let update = 0;
  for (;;) {
    await source.fill(columns);
    if (columns.length === 0) return;
    enter(ledger, columns);
    for (const { counters, approximate } of subjects) {
      clearReadings(readings);
      counters.apply(columns, readings);
      enterReadings(approximate, columns, readings);
    }
    await heartbeat(update);
    const record = source.current();
    if (columns.operationEnd[0] !== 1 || record === null) continue;
    update += 1;
    yield {
      update,
      record,
      precise: sumOver(members, (m) => ledger.members[m]!),
      schemes: subjects.map(({ counters, approximate }) => ({
        approximate: sumOver(members, (m) => approximate[m]!),
        precise: sumOver(members, (m) => counters.preciseSum(m)),
      })),
    };
  }
}
