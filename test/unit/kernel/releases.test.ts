/** Which scheme counts, and which sum a reader gets, on which release: the borders, as measured. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  oomSumsOfRelease,
  preciseFrom,
  READERS,
  sumsOfReader,
} from '../../../src/kernel/readers.ts';
import { knownOf, NEWS, parseRelease, schemeOfRelease } from '../../../src/kernel/releases.ts';
import { READER_WORDS, TOOLS, whoReads } from '../../../src/kernel/tools.ts';

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
    ['6.12.40-xanmod1', [6, 12, 40]],
    ['6.12.40xanmod', [6, 12, 40]],
    ['6.6.87.2-microsoft-standard-WSL2', [6, 6, 87]],
  ])('%s is read as uname -r prints it', (text, [major, minor, patch]) => {
    expect(parseRelease(text)).toEqual({ text, major, minor, patch });
  });

  it.each(['', 'linux', '6', 'v6.1', '6.12.x', '6.x', '6.12.*', '6.12x'])('%j is none', (text) => {
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
  ['5.14.0-503.el9.x86_64', 'per-cpu'],
  ['5.14.0-502.el9.x86_64', 'per-thread'],
  ['5.14.21-150500.55.7-default', 'per-thread'],
  ['6.4.0-150600.23-default', 'per-cpu'],
  ['6.8.0-60-generic', 'per-cpu'],
  ['6.12.43+deb13-amd64', 'per-cpu'],
  ['6.2-rc1', 'per-cpu'],
  ['6.6.0-72.0.0.76.oe2403.aarch64', 'per-cpu'],
])('%s counts by %s', (text, scheme) => {
  expect(schemeOfRelease(release(text)).value).toBe(scheme);
});

it('names the scheme that openEuler may have instead', () => {
  const { evidence, source } = schemeOfRelease(release('6.6.0-72.0.0.76.oe2403.aarch64'));
  expect(evidence).toBe('inferred');
  expect(source).toContain('atomic-until-threaded');
});

it.each([
  ['6.6.0-72.0.0.76.oe2403.aarch64', '6.6.0'],
  ['5.10.0-136.12.0.86.oe2203sp1.x86_64', '5.10.0'],
  ['6.6.30-android15-8-g8a1', '6.6.30'],
  ['6.1.90-99.173.amzn2023.x86_64', '6.1.90'],
  ['5.14.21-150500.55.7-default', '5.14.21'],
])('what %s has of later changes is not known', (text, taken) => {
  const { lines } = READERS.find(({ name }) => name === 'statm')!;
  const { evidence, source } = knownOf(lines, release(text));
  expect(evidence).toBe('inferred');
  expect(source).toContain(`as ${taken}: which later changes this distribution took`);
});

it.each([
  ['statm', '6.16-rc1', 'inferred'],
  ['statm', '6.16.0-0.rc2.24.fc43.x86_64', 'inferred'],
  ['statm', '6.16.0', 'measured'],
  ['statm', '6.17-rc1', 'measured'],
  ['oom-report', '7.0-rc3', 'inferred'],
  ['stat', '7.0-rc3', 'measured'],
  ['stat', '2.4.37', 'inferred'],
])('what %s gets on %s is %s', (name, text, evidence) => {
  const { lines } = READERS.find((reader) => reader.name === name)!;
  expect(knownOf(lines, release(text)).evidence).toBe(evidence);
});

it.each([
  ['statm', '6.1.192', 'approximate'],
  ['statm', '6.12.38', 'approximate'],
  ['statm', '6.12.39', 'precise'],
  ['statm', '6.12.43+deb13-amd64', 'precise'],
  ['statm', '6.12.0-55.9.1.el10_0.x86_64', 'approximate'],
  ['statm', '5.14.0-503.el9.x86_64', 'approximate'],
  ['statm', '6.4.0-150600.23-default', 'approximate'],
  ['statm', '6.8.0-60-generic', 'approximate'],
  ['shared', '6.12.39', 'precise'],
  ['VmRSS', '6.13.12', 'approximate'],
  ['VmRSS', '6.14.99', 'approximate'],
  ['VmRSS', '6.15.6', 'approximate'],
  ['VmRSS', '6.15.7', 'precise'],
  ['VmRSS', '6.16', 'precise'],
  ['RssAnon', '6.12.38', 'approximate'],
  ['RssFile', '6.12.39', 'precise'],
  ['RssShmem', '6.1.192', 'approximate'],
  ['VmSwap', '6.1.192', 'approximate'],
  ['VmSwap', '6.12.38', 'approximate'],
  ['VmSwap', '6.12.39', 'precise'],
  ['swapents', '6.19.14', 'approximate'],
  ['swapents', '7.0.0', 'precise'],
  ['stat', '7.3.4', 'approximate'],
  ['ru_maxrss', '7.3.4', 'approximate'],
  ['VmHWM', '6.1.192', 'approximate'],
  ['VmHWM', '6.12.38', 'approximate'],
  ['VmHWM', '6.12.39', 'mark'],
  ['VmHWM', '7.3.4', 'mark'],
  ['rss_stat', '5.4.300', 'none'],
  ['rss_stat', '6.1', 'raw'],
  ['rss_stat', '6.2', 'precise'],
  ['oom_score', '6.19.14', 'approximate'],
  ['oom_score', '6.20', 'approximate'],
  ['oom_score', '7.0.4', 'precise'],
  ['oom-report', '7.0-rc1', 'precise'],
  ['smaps_rollup', '6.1', 'walk'],
])('%s on %s: %s', (reader, text, sums) => {
  expect(sumsOf(reader, text)).toBe(sums);
});

it('the OOM killer reads what oom_score does', () => {
  for (const text of ['6.1', '6.19.14', '7.0.0']) {
    expect(oomSumsOfRelease(release(text)).value).toBe(sumsOf('oom_score', text));
  }
});

it('what is read changes where NEWS says, and there alone', () => {
  const allOf = (text: string) => [
    schemeOfRelease(release(text)).value,
    ...['statm', 'VmHWM', 'oom_score'].map((name) => sumsOf(name, text)),
  ];
  const before = ['2.6.33', '6.1.192', '6.12.38', '6.15.6', '6.15.6', '6.19.14'];
  NEWS.forEach((text, i) => {
    expect(allOf(text), text).not.toEqual(allOf(before[i]!));
  });
  expect(allOf('6.1.192')).toEqual(allOf('2.6.34'));
  expect(allOf('6.12.38')).toEqual(allOf('6.2'));
  expect(allOf('6.19.14')).toEqual(allOf('6.12.39'));
});

it.each([
  ['6.12.43+deb13-amd64', 'measured', /^commit 82241a83cd15/],
  ['6.1.0-56-amd64', 'measured', /measured$/],
  ['6.12.38', 'source', /percpu_counter_read_positive/],
  ['6.8.0-60-generic', 'inferred', /; as 6\.8\.0: which later changes/],
  ['6.4.0-150600.23-default', 'inferred', /; as 6\.4\.0: /],
  ['6.12.0-55.9.1.el10_0.x86_64', 'inferred', /; as 6\.12\.0: /],
  ['6.17.0-5-generic', 'measured', /measured$/],
  ['7.3.4', 'measured', /measured$/],
  ['7.4', 'inferred', /; newer than 7\.3, the newest tried$/],
  ['8.0.1', 'inferred', /newest tried$/],
])('what statm is on %s is %s', (text, evidence, source) => {
  const statm = READERS.find(({ name }) => name === 'statm')!;
  expect(sumsOfReader(statm, release(text))).toMatchObject({
    evidence,
    source: expect.stringMatching(source),
  });
});

describe('a word of --reader', () => {
  it.each([
    ['ps', 'VmRSS', 'ps -o rss'],
    ['top', 'statm', 'top RES'],
    ['pidstat', 'stat', 'pidstat RSS'],
    ['psutil', 'statm', 'psutil memory_info().rss'],
    ['PM2', 'stat', 'PM2 max_memory_restart'],
    ['earlyoom', 'stat', 'earlyoom VmRSS'],
    ['earlyoom-1.7', 'statm', 'earlyoom VmRSS'],
    ['zabbix', 'VmRSS', 'zabbix agent'],
    ['java', 'VmRSS', 'Java (OpenJDK) JFR ResidentSetSize.size'],
    ['statm', 'statm', '/proc/PID/statm, field 2'],
    ['status', 'VmRSS', '/proc/PID/status, VmRSS'],
    ['vmhwm', 'VmHWM', '/proc/PID/status, VmHWM'],
    ['oom', 'oom-report', 'the OOM killer'],
    ['maxrss', 'ru_maxrss', 'ru_maxrss'],
  ])('%s is of %s, shown as %s', (word, reader, label) => {
    const who = whoReads(word, '--reader');
    expect([who.reader.name, who.label]).toEqual([reader, label]);
  });

  it('stands once, whatever its case, and is read back', () => {
    const lower = READER_WORDS.map((word) => word.toLowerCase());
    expect(new Set(lower).size).toBe(READER_WORDS.length);
    for (const word of READER_WORDS) expect(whoReads(word, '--reader').word).toBe(word);
  });

  it('that is none is answered with the nearest, and what lists all', () => {
    expect(() => whoReads('pidstta', '--reader')).toThrow(
      /^--reader pidstta: unknown reader "pidstta": did you mean "pidstat"\? \(rss-err readers lists all\)$/,
    );
    expect(() => whoReads('task manager', '--reader')).toThrow(
      /expected one such as stat, statm, /,
    );
  });
});

it('each tool reads what is in the table of readers', () => {
  const names = READERS.map(({ name }) => name);
  expect(TOOLS.filter(({ reader }) => !names.includes(reader))).toEqual([]);
});

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));

it('is told whole wherever a document tells from which releases on statm is precise', () => {
  const from = preciseFrom(READERS.find(({ name }) => name === 'statm')!);
  expect(from).toEqual(['6.12.39', '6.15.7', '6.16']);
  const told = readdirSync(docs, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => readFileSync(join(docs, name), 'utf8').split(/\n\n|\n(?=\|)/))
    .filter((text) => /6\.12\.39(?!-)/.test(text) && /6\.16(?![.\d])/.test(text));
  expect(told.length).toBeGreaterThan(2);
  for (const text of told) for (const release of from) expect(text).toContain(release);
});
