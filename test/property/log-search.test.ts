/** What is passed over in a log is what the reader of its lines would make nothing of. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WORD_KEYS, WORDS } from '../../src/recorded/oom/reader.ts';
import { createKeySearch, KEY_BYTES } from '../../src/recorded/oom/word-search.ts';

describe('the search of a log', () => {
  const search = createKeySearch(WORD_KEYS);

  it.each(WORDS)('has a key for %j', (word) => {
    expect(WORD_KEYS.some((key) => word.includes(key))).toBe(true);
  });

  it('finds every place of a key, and no other', () => {
    const parts = fc.oneof(
      fc.constantFrom(...WORDS, ...WORD_KEYS, ...WORD_KEYS.map((key) => key.slice(1))),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(parts), (texts) => {
        const bytes = Buffer.from(texts.join(''));
        const found: number[] = [];
        for (let at = search(bytes, 0); at >= 0; at = search(bytes, at + 1)) found.push(at);
        const places = [...bytes.keys()].filter((at) =>
          WORD_KEYS.some((key) => bytes.toString('latin1', at, at + KEY_BYTES) === key),
        );
        expect(found).toEqual(places);
      }),
    );
  });

  it('refuses a key of another length', () => {
    expect(() => createKeySearch(['total_vm'])).toThrow('expected 9 bytes');
  });
});
