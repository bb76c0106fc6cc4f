import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/cli/journal.ts';

const signal = new AbortController().signal;
let folder = '';
let file = { flag: '--output', path: '' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  file = { flag: '--output', path: join(folder, 's.ndjson') };
});

afterEach(() => rmSync(folder, { recursive: true }));

const open = (end: number | null) =>
  openJournal(file, 'head\n', end === null ? null : { places: [], end }, signal);

const content = () => readFileSync(file.path, 'utf8');

describe('a journal that two runs write', () => {
  it('refuses the line of the one whose file has grown, and keeps that of the other', () => {
    const first = open(null);
    const second = open(5);
    first.append(1, 'one\n');
    expect(() => second.append(1, 'one\n')).toThrow(
      `--output ${file.path}: is written by another run too: expected one at a time`,
    );
    first.append(2, 'two\n');
    expect(content()).toBe('head\none\ntwo\n');
  });

  it('refuses the line of the one whose file has been put in order and replaced', async () => {
    const first = open(null);
    first.append(2, 'two\n');
    const second = open(9);
    first.append(1, 'one\n');
    await first.sort();
    expect(content()).toBe('head\none\ntwo\n');
    expect(() => first.append(3, 'three\n')).toThrow('is written by another run too');
    expect(() => second.append(3, 'three\n')).toThrow('is written by another run too');
    expect(content()).toBe('head\none\ntwo\n');
  });
});

describe('a file without a whole line', () => {
  it.each(['', 'h', 'head'])('is gone on with where it may be a journal torn early: %j', (text) => {
    writeFileSync(file.path, text);
    open(0).append(1, 'one\n');
    expect(content()).toBe('head\none\n');
  });

  it.each(['notes', 'head, and more'])('is left alone where it is another: %j', (text) => {
    writeFileSync(file.path, text);
    expect(() => open(0)).toThrow(`--output ${file.path}: is another file: expected`);
    expect(content()).toBe(text);
  });
});
