/** What every scheme reads of one process while its updates come, beside the ledger. */
import { IN_RSS, NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { RecordedUpdate } from '../../recorded/recorded.ts';
import { createLedger, enter } from '../../replay/ledger.ts';
import { createCounters } from '../../schemes/registry.ts';
import type { Counters } from '../../schemes/scheme.ts';
import type { Pages } from '../../units.ts';
import type { UpdateColumns } from '../../update/columns.ts';
import { clearReadings, createReadings, enterReadings } from '../../update/readings.ts';
import type { MeasureRequest } from '../compare/measure.ts';

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

export interface ProcessReadings {
  apply(columns: UpdateColumns): void;
  /** Pages that the truth and every reading have from now on, and no CPU holds back. */
  offset(member: number, pages: Pages): void;
  /** What is read now, after the update of this number. */
  line(update: number, record: RecordedUpdate): ReadingsLine;
}

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

export function readProcess(
  { topology, schemes }: Pick<MeasureRequest, 'topology' | 'schemes'>,
  of: ReadingsOf,
): ProcessReadings {
  const readings = createReadings();
  const ledger = createLedger(topology.nrCpuIds);
  const offsets = new Float64Array(NR_MEMBERS);
  const members = membersOf(of);
  const subjects: readonly Subject[] = schemes.map((spec) => ({
    counters: createCounters(topology, spec),
    approximate: new Float64Array(NR_MEMBERS),
  }));
  return {
    apply(columns) {
      enter(ledger, columns);
      for (const { counters, approximate } of subjects) {
        clearReadings(readings);
        counters.apply(columns, readings);
        enterReadings(approximate, columns, readings);
      }
    },
    offset(member, pages) {
      offsets[member]! += pages;
    },
    line(update, record) {
      const before = sumOver(members, (m) => offsets[m]!);
      return {
        update,
        record,
        precise: before + sumOver(members, (m) => ledger.members[m]!),
        schemes: subjects.map(({ counters, approximate }) => ({
          approximate: before + sumOver(members, (m) => approximate[m]!),
          precise: before + sumOver(members, (m) => counters.preciseSum(m)),
        })),
      };
    },
  };
}
