import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASCII_NUMERALS } from '../../../src/render/amounts.ts';
import { renderAscii, wrapCommand, wrapName } from '../../../src/render/text.ts';
import { type Column, cellText, left, right } from '../../../src/render/view.ts';
import { wrap } from '../../../src/render/words.ts';

describe('wrap', () => {
  it('keeps to the width and loses no word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z,.]{1,12}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 20, max: 80 }), (text, width) => {
        const lines = wrap(text.join(' '), width, '    ');
        expect(lines.every((line) => line.length <= width)).toBe(true);
        expect(lines.join(' ').split(/\s+/)).toEqual(text);
      }),
    );
  });
});

describe('wrapCommand', () => {
  it('can be pasted: every line but the last ends in a backslash', () => {
    const command =
      'rss-err compare --topology machine.json --preset service --threads 9 --seed 12345';
    const lines = wrapCommand(command, 40, '  ');
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.every((line) => line.length <= 40)).toBe(true);
    const pasted = lines
      .join('\n')
      .replaceAll(/\s*\\\n\s*/g, ' ')
      .trim();
    expect(pasted).toBe(command);
  });
});

describe('wrapName', () => {
  it('breaks a long scheme after its punctuation', () => {
    expect(wrapName('tree', 16)).toBe('tree');
    expect(wrapName('tree:batch=16,version=17,mapping=logical', 16)).toBe(
      'tree:batch=16,\n  version=17,\n  mapping=logical',
    );
  });
});

describe('a table in plain ASCII', () => {
  const scale = { unit: 'KiB', pageSize: 4096 } as const;

  /** One table: a name of this length, what may give way, and both sides of a bound. */
  const drawn = (length: number, narrow: NonNullable<Column['narrow']>, mayDivide: boolean) =>
    renderAscii({
      title: 'title',
      facts: [['machine', 'm']],
      tables: [
        {
          title: 'Worst case',
          scale,
          columns: [left('scheme'), { ...left('what'), narrow }, right('both'), right('one')],
          rows: [['x'.repeat(length), 'a formula', { sides: { under: 1e6, over: 1e6 } }, '1']],
          ...(mayDivide ? { mayDivide } : {}),
        },
      ],
      findings: [],
      notes: ['a note'],
      reproduce: 'rss-err',
    }).split('\n');

  const note = { note: 'what: a formula' };

  it('has all columns and commas where there is room, and its unit in the title', () => {
    const lines = drawn(10, note, false);
    expect(lines).toContain('Worst case, in KiB');
    expect(lines).toContain('  xxxxxxxxxx  a formula  +-4,000,000    1');
    expect(lines).not.toContain(note.note);
  });

  it('gives up a column for a note first', () => {
    const lines = drawn(45, note, true);
    expect(lines).toContain(`  ${'x'.repeat(45)}  +-4,000,000    1`);
    expect(lines.slice(lines.indexOf(note.note), -3)).toEqual([note.note, 'a note']);
  });

  it('moves a column to a table of its own, which has no unit', () => {
    const lines = drawn(45, { table: 'What' }, false);
    const own = lines.slice(lines.indexOf('What'));
    expect(own[2]).toBe(`  ${'x'.repeat(45)}  a formula`);
  });

  it('is then divided, each part with the first column', () => {
    const lines = drawn(56, note, true);
    expect(lines.filter((line) => line.startsWith('Worst case'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('x'.repeat(56)))).toEqual([
      `  ${'x'.repeat(56)}  +-4,000,000`,
      `  ${'x'.repeat(56)}    1`,
    ]);
  });

  it('is whole without commas rather than in parts with them', () => {
    const lines = drawn(54, note, true);
    expect(lines.filter((line) => line.startsWith('Worst case'))).toHaveLength(1);
    expect(lines).toContain(`  ${'x'.repeat(54)}  +-4000000    1`);
  });

  it('gives up its commas last', () => {
    expect(drawn(52, note, false)).toContain(`  ${'x'.repeat(52)}  +-4,000,000    1`);
    expect(drawn(54, note, false)).toContain(`  ${'x'.repeat(54)}  +-4000000    1`);
  });

  it('is as compact as can be where nothing fits, and never cut', () => {
    expect(drawn(80, note, false)).toContain(`  ${'x'.repeat(80)}  +-4000000    1`);
  });

  it('has no amount without a scale', () => {
    expect(() => cellText({ pages: 1 }, undefined, ASCII_NUMERALS)).toThrow(RangeError);
  });
});
