/** What is passed over in a log is what the reader of its lines would make nothing of. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogScan, KEY_BYTES } from '../../src/recorded/oom/log-scan.ts';
import { WORD_KEYS, WORDS } from '../../src/recorded/oom/reader.ts';

describe('the scan of a log', () => {
  const scan = createLogScan(WORD_KEYS);

  it.each(WORDS)('has a key for %j', (word) => {
    expect(WORD_KEYS.some((key) => word.includes(key))).toBe(true);
  });

  it('finds every place of a key, and no other, and counts the lines between', () => {
    const parts = fc.oneof(
      fc.constantFrom(...WORDS, ...WORD_KEYS, ...WORD_KEYS.map((key) => key.slice(1)), '\n'),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(parts), (texts) => {
        const bytes = Buffer.from(texts.join(''));
        scan.take(bytes);
        const found: (readonly [number, number])[] = [];
        for (let at = scan.next(0); ; at = scan.next(at + 1)) {
          found.push([at, scan.lines()]);
          if (at === bytes.length) break;
        }
        const places = [...bytes.keys(), bytes.length].filter(
          (at) =>
            at === bytes.length ||
            WORD_KEYS.some((key) => bytes.toString('latin1', at, at + KEY_BYTES) === key),
        );
        const expected = places.map((at, i) => {
          const from = i === 0 ? 0 : places[i - 1]! + 1;
          return [at, bytes.subarray(from, at).filter((byte) => byte === 0x0a).length];
        });
        expect(found).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('has room for a text however long, and for one behind it', () => {
    const long = Buffer.from(`${'x\n'.repeat(400_000)}total_vm`);
    scan.take(long);
    expect([scan.next(0), scan.lines()]).toEqual([800_000, 400_000]);
    scan.take(Buffer.from('\n'));
    expect([scan.next(0), scan.lines()]).toEqual([1, 1]);
  });

  it('refuses a key of another length', () => {
    expect(() => createLogScan(['total_v'])).toThrow('expected 8 bytes');
  });
});
