/** CSV of recorded updates, read many lines at a time: each record keeps its line, each fault its own. */
import { describe, expect, it } from 'vitest';
import { readRecorded } from '../../../src/recorded/read-recorded.ts';

/** Line and pages of each record, of the text in pieces of some length. */
async function read(text: string, length = text.length): Promise<[number, number][]> {
  async function* pieces() {
    for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
  }
  const found: [number, number][] = [];
  for await (const records of readRecorded(pieces(), 'file')) {
    for (const { line, record } of records) found.push([line, record.pages]);
  }
  return found;
}

const HEAD = 'thread,cpu,pages,kind\n';

describe('CSV', () => {
  it.each([1, 7, 64, 1000])('keeps the lines of its records, in pieces of %i', async (length) => {
    const text = `\ufeff\n"thread", cpu ,pages,kind\r\n0,0,1,fault\r\n\r\n  \n0,0,2,"fault"\n\n0,0,3, bulk \n0,0,4,fault`;
    expect(await read(text, length)).toEqual([
      [3, 1],
      [6, 2],
      [8, 3],
      [9, 4],
    ]);
  });

  it.each([
    ['0,0,1,fault\n0,0,1,"fault\n0,0,1,fault\n', 'line 3: malformed CSV (CSV_QUOTE_NOT_CLOSED)'],
    ['0,0,1,fault\n0,0,1,fa"u"lt\n', 'line 3: malformed CSV (INVALID_OPENING_QUOTE)'],
    // The first bad line is told, whatever comes behind.
    ['0,0,x,fault\n0,0,1,"fault\n', 'line 2: pages is "x"'],
    ['0,0,1,fault\n\n0,0,1\n', 'line 4: 3 cells: the header has 4 columns'],
  ])('of %j is refused at its line', async (lines, message) => {
    for (const length of [5, 1000]) {
      await expect(read(`${HEAD}${lines}`, length)).rejects.toThrow(`file: ${message}`);
    }
  });
});
