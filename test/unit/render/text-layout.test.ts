import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrap, wrapCommand, wrapName } from '../../../src/render/text-layout.ts';

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
