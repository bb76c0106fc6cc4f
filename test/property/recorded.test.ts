/** Recorded updates: what is written is read back, and a record means its rows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NumberedRecord, readRecorded } from '../../src/recorded/read-recorded.ts';
import { formatNdjsonLine } from '../../src/recorded/record-text.ts';
import { recordedSource } from '../../src/recorded/recorded-source.ts';
import { createUpdateColumns } from '../../src/update/columns.ts';
import { KIND } from '../../src/update/kinds.ts';
import {
  isWithoutPages,
  RECORD_DEFAULTS,
  RECORD_KINDS,
  type RecordedUpdate,
} from '../../src/update/record.ts';
import { flatMachine } from '../support/machines.ts';

const CPUS = 8;

const HEADER = '{"format":"rss-err/updates@1"}\n';

const record: fc.Arbitrary<RecordedUpdate> = fc.constantFrom(...RECORD_KINDS).chain((kind) => {
  const moves = kind === 'cow' || kind === 'swap-in';
  const member = fc.constantFrom(
    'file' as const,
    'anon' as const,
    'swap' as const,
    'shmem' as const,
  );
  const without = isWithoutPages(kind);
  return fc.record({
    kind: fc.constant(kind),
    thread: fc.nat(2 ** 31 - 1),
    cpu: fc.nat(CPUS - 1),
    pages: without ? fc.constant(0) : fc.integer({ min: moves ? 1 : -600, max: 600 }),
    member:
      kind === 'cow'
        ? fc.constantFrom('file' as const, 'shmem' as const)
        : kind === 'swap-in'
          ? fc.constant('swap' as const)
          : member,
    mm: fc.nat(3),
    repeat: fc.integer({ min: 1, max: 4 }),
  });
});

async function* chunked(text: string, sizes: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function readAll(text: string, sizes: readonly number[] = [1000]): Promise<NumberedRecord[]> {
  const records: NumberedRecord[] = [];
  for await (const batch of readRecorded(chunked(text, sizes), 'file')) records.push(...batch);
  return records;
}

const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });

/** A column order, and records as CSV in it. */
const FIELDS = ['thread', 'cpu', 'pages', 'kind', 'member', 'mm', 'repeat'] as const;

describe('records', () => {
  it('written as NDJSON are read back, wherever the chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1 }), sizes, async (records, cuts) => {
        const text = HEADER + records.map(formatNdjsonLine).join('');
        const read = await readAll(text, cuts);
        expect(read.map((numbered) => numbered.record)).toEqual(records);
        expect(read.map(({ line }) => line)).toEqual(records.map((_, i) => i + 2));
      }),
      { numRuns: 200 },
    );
  });

  it('written as CSV are read back, whatever the order of the columns', async () => {
    const order = fc.shuffledSubarray([...FIELDS], { minLength: FIELDS.length });
    await fc.assert(
      fc.asyncProperty(fc.array(record), sizes, order, async (records, cuts, columns) => {
        const rows = records.map((one) => columns.map((column) => one[column]).join(','));
        const read = await readAll(`${[columns.join(','), ...rows].join('\r\n')}\n`, cuts);
        expect(read.map((numbered) => numbered.record)).toEqual(records);
        expect(read.map(({ line }) => line)).toEqual(records.map((_, i) => i + 2));
      }),
      { numRuns: 200 },
    );
  });
});

interface Row {
  readonly kind: number;
  readonly cpu: number;
  readonly pages: number;
  readonly member: number;
}

/** The adds of a record, one page or one add each, as the table of kinds has them. */
function addsOf({ kind, cpu, pages, member, repeat }: RecordedUpdate): Row[] {
  const memberIndex = ['file', 'anon', 'swap', 'shmem'].indexOf(member);
  const once = (): Row[] => {
    const page = (rowKind: number, sign: number, rowMember: number) => ({
      kind: rowKind,
      cpu,
      pages: sign,
      member: rowMember,
    });
    if (kind === 'cow' || kind === 'swap-in') {
      return Array.from({ length: pages }, () => [
        page(KIND.fault, -1, memberIndex),
        page(KIND.eventless, 1, 1),
      ]).flat();
    }
    if (kind === 'fault') {
      return Array.from({ length: Math.abs(pages) }, () =>
        page(KIND.fault, Math.sign(pages), memberIndex),
      );
    }
    const kinds: Partial<Record<typeof kind, number>> = {
      'fault-around': KIND.faultAround,
      huge: KIND.huge,
      bulk: KIND.bulk,
      remote: KIND.remote,
      eventless: KIND.eventless,
    };
    return [{ kind: kinds[kind] ?? -1, cpu, pages, member: memberIndex }];
  };
  return Array.from({ length: repeat }, once).flat();
}

describe('a source of records', () => {
  it('writes the adds that each record stands for, in order, and ends an operation a repetition', async () => {
    const machine = flatMachine(CPUS, 2);
    const withPages = record.filter(({ pages, kind }) => pages !== 0 && kind !== 'thread-exit');
    const streams = fc.array(
      withPages.map((one) => ({ ...one, mm: 0 })),
      { minLength: 1 },
    );
    await fc.assert(
      fc.asyncProperty(streams, async (records) => {
        const text = records.map(formatNdjsonLine).join('');
        const source = recordedSource(readRecorded(chunked(text, [100]), 'file'), machine, 'file', {
          mm: null,
        });
        const columns = createUpdateColumns();
        const adds: Row[] = [];
        let operations = 0;
        for (;;) {
          await source.fill(columns);
          if (columns.length === 0) break;
          for (let u = 0; u < columns.length; u++) {
            const row = {
              kind: columns.kind[u]!,
              cpu: columns.cpu[u]!,
              pages: columns.pages[u]!,
              member: columns.member[u]!,
            };
            const pages = row.kind === KIND.fault ? Math.abs(row.pages) : 1;
            const single = row.kind === KIND.fault ? Math.sign(row.pages) : row.pages;
            for (let a = 0; a < pages; a++) adds.push({ ...row, pages: single });
            operations += columns.operationEnd[u]!;
          }
        }
        expect(adds).toEqual(records.flatMap(addsOf));
        expect(operations).toBe(records.reduce((sum, { repeat }) => sum + repeat, 0));
        expect(source.records()).toBe(records.length);
      }),
      { numRuns: 100 },
    );
  });

  it('cuts a run that is too long for one row, and ends the operation with its last row', async () => {
    const rows = async (pages: number) => {
      const text = formatNdjsonLine({
        ...RECORD_DEFAULTS,
        kind: 'fault',
        thread: 0,
        cpu: 0,
        pages,
      });
      const records = readRecorded(chunked(text, [100]), 'file');
      const source = recordedSource(records, flatMachine(CPUS, 2), 'file', { mm: null });
      const columns = createUpdateColumns();
      await source.fill(columns);
      return Array.from({ length: columns.length }, (_, u) => [
        columns.pages[u],
        columns.operationEnd[u],
      ]);
    };
    const most = 2 ** 30;
    expect(await rows(most)).toEqual([[most, 1]]);
    expect(await rows(2 * most + 3)).toEqual([
      [most, 0],
      [most, 0],
      [3, 1],
    ]);
    expect(await rows(-most - 1)).toEqual([
      [-most, 0],
      [-1, 1],
    ]);
  });
});
