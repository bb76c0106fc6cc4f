/** Which scheme counts, and which sum a reader gets, on which release: the borders, as measured. */
import { describe, expect, it } from 'vitest';
import { TOOLS } from '../../../src/commands/readers/tools.ts';
import { oomSumsOfRelease, READERS, sumsOfReader } from '../../../src/kernel/readers.ts';
import { parseRelease, schemeOfRelease } from '../../../src/kernel/releases.ts';

const release = (text: string) => parseRelease(text)!;

const sumsOf = (name: string, text: string) =>
  sumsOfReader(READERS.find((reader) => reader.name === name)!, release(text)).value;

describe('a release', () => {
  it.each([
    ['6.12.117+deb12-amd64', [6, 12, 117]],
    ['6.1.0-56-amd64', [6, 1, 0]],
    ['7.3-rc2', [7, 3, 0]],
    ['5.14.0-503.11.1.el9_5.x86_64', [5, 14, 0]],
    ['2.6.32', [2, 6, 32]],
  ])('%s is read as uname -r prints it', (text, [major, minor, patch]) => {
    expect(parseRelease(text)).toEqual({ text, major, minor, patch });
  });

  it.each(['', 'linux', '6', 'v6.1'])('%j is none', (text) => {
    expect(parseRelease(text)).toBeNull();
  });
});

it.each([
  ['2.6.33', 'atomic'],
  ['2.6.34', 'per-thread'],
  ['6.1.192', 'per-thread'],
  ['6.2.0', 'per-cpu'],
  ['7.3.4', 'per-cpu'],
  ['5.14.0-427.13.1.el9_4.x86_64', 'per-thread'],
  ['5.14.0-503.11.1.el9_5.x86_64', 'per-cpu'],
])('%s counts by %s', (text, scheme) => {
  expect(schemeOfRelease(release(text)).value).toBe(scheme);
});

it.each([
  ['statm', '6.1.192', 'approximate'],
  ['statm', '6.12.38', 'approximate'],
  ['statm', '6.12.39', 'precise'],
  ['status', '6.13.12', 'approximate'],
  ['status', '6.15.6', 'approximate'],
  ['status', '6.15.7', 'precise'],
  ['status', '6.16', 'precise'],
  ['stat', '7.3.4', 'approximate'],
  ['ru_maxrss', '7.3.4', 'approximate'],
  ['VmHWM', '7.3.4', 'mark'],
  ['rss_stat', '6.1', 'approximate'],
  ['rss_stat', '6.2', 'precise'],
  ['oom_score', '6.19.14', 'approximate'],
  ['oom_score', '7.0.4', 'precise'],
  ['smaps_rollup', '6.1', 'walk'],
])('%s on %s: %s', (reader, text, sums) => {
  expect(sumsOf(reader, text)).toBe(sums);
});

it('the OOM killer reads what oom_score does', () => {
  for (const text of ['6.1', '6.19.14', '7.0.0']) {
    expect(oomSumsOfRelease(release(text)).value).toBe(sumsOf('oom_score', text));
  }
});

it('each tool reads what is in the table of readers', () => {
  const names = READERS.map(({ name }) => name);
  expect(TOOLS.filter(({ reader }) => !names.includes(reader))).toEqual([]);
});
