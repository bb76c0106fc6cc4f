/** A modelled time is counts times latencies; the table's every fault is told. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/errors.ts';
import { createCounts, DISTANCE } from '../../../../src/schemes/cost.ts';
import {
  type LatencyTable,
  modelledTime,
  parseLatencyTable,
} from '../../../../src/schemes/latency.ts';

const table: LatencyTable = {
  format: 'rss-err/latency@1',
  source: 'powers of ten, to be told apart in a sum',
  plain: 1,
  atomic: 10,
  locked: 100,
  initialisedLine: 0,
  from: {
    unknown: 1e3,
    sameCpu: 1e4,
    sameCore: 1e5,
    sameCache: 1e6,
    sameNode: 1e7,
    remoteNode: 1e8,
  },
};

describe('the modelled time', () => {
  it('is the sum of each count times its latency', () => {
    const counts = createCounts(['level 1', 'sum']);
    counts.own.plain = 2;
    counts.own.transfers[DISTANCE.sameNode] = 3;
    const [level1, sum] = counts.shared;
    level1!.atomics = 4;
    level1!.transfers[DISTANCE.unknown] = 5;
    level1!.transfers[DISTANCE.sameCpu] = 6;
    sum!.locks = 7;
    sum!.transfers[DISTANCE.sameCore] = 8;
    sum!.transfers[DISTANCE.sameCache] = 9;
    sum!.transfers[DISTANCE.remoteNode] = 1;
    expect(modelledTime(counts, table)).toBe(139865742);
  });

  it('is nothing where nothing was touched', () => {
    expect(modelledTime(createCounts(['shared']), table)).toBe(0);
  });
});

const faultIn = (change: object): string => {
  try {
    parseLatencyTable(JSON.stringify({ ...table, ...change }), 'l.json');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'no fault';
};

const rule = 'expected nanoseconds, a number from 0 to 1,000,000,000';

describe('a table of latencies', () => {
  it('is read, without the name of its schema', () => {
    const text = JSON.stringify({ $schema: 'latency.schema.json', ...table });
    expect(parseLatencyTable(text, 'l.json')).toEqual(table);
  });

  it('stands in the documentation as an example', () => {
    const path = new URL('../../../../docs/latency-example.json', import.meta.url);
    expect(parseLatencyTable(readFileSync(path, 'utf8'), 'example').format).toBe(table.format);
  });

  it.each<[string, object, string]>([
    ['a negative latency', { plain: -1 }, `plain is -1: ${rule}`],
    ['text for a number', { locked: '10' }, `locked is "10": ${rule}`],
    ['a latency of years', { atomic: 1e300 }, `atomic is 1e+300: ${rule}`],
    ['a latency left out', { atomic: undefined }, `atomic is missing: ${rule}`],
    [
      'a distance left out',
      { from: { ...table.from, sameCore: undefined } },
      `from.sameCore is missing: ${rule}`,
    ],
    [
      'an unknown distance',
      { from: { ...table.from, sameCPU: 1 } },
      'from.sameCPU is an unknown key: did you mean "sameCpu"?',
    ],
    ['an unknown key', { atomics: 5 }, 'atomics is an unknown key: did you mean "atomic"?'],
    [
      'another format',
      { format: 'rss-err/latency@2' },
      'format is "rss-err/latency@2": expected "rss-err/latency@1"',
    ],
    ['no source', { source: '' }, 'source is "": expected some text'],
    [
      'no object',
      { from: 5 },
      'from is 5: expected an object with unknown, sameCpu, sameCore, sameCache, sameNode, remoteNode',
    ],
  ])('that has %s is refused with the place, the value and the rule', (_, change, message) => {
    expect(faultIn(change)).toBe(`l.json: ${message}`);
  });

  it('that is no JSON is refused with the place', () => {
    expect(() => parseLatencyTable('{', 'l.json')).toThrow(/^l\.json: malformed JSON at line 1/);
  });
});
