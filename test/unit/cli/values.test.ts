/** Sizes, shares and releases as they are typed or pasted: what they mean, and what is refused. */
import { describe, expect, it } from 'vitest';
import { KERNEL, MEMORY_SIZE, PERCENT, SHOWN_SIZE, sizeInPages } from '../../../src/cli/values.ts';

describe('one grammar of sizes', () => {
  it.each([
    ['25600', 25_600],
    ['25,600', 25_600],
    ['25600 pages', 25_600],
    ['100MiB', 25_600],
    ['100 MiB', 25_600],
    ['100mib', 25_600],
    ['100m', 25_600],
    ['100M', 25_600],
    ['43g', 11_272_192],
    ['104857600B', 25_600],
    ['100 MB', 24_414],
    ['100mb', 24_414],
    ['0', 0],
  ])('%j is so many pages of 4 KiB, for every command', (text, pages) => {
    for (const grammar of [MEMORY_SIZE, SHOWN_SIZE]) {
      expect(sizeInPages('--size', grammar.parse(text, '--size'), 4096, 0)).toBe(pages);
      expect(grammar.parse(grammar.format(grammar.parse(text, '')), '')).toMatchObject({ text });
    }
  });

  it('has kB of 1,024 bytes where a figure is as /proc shows it, of 1,000 elsewhere', () => {
    expect(SHOWN_SIZE.parse('44,032 kB', '').bytesEach).toBe(1024);
    expect(MEMORY_SIZE.parse('44,032 kB', '').bytesEach).toBe(1000);
  });

  it.each(['', '008', '1,00', '11,0080', '-1', '1.5.5', '5x', '1e3', ',100', '10 0', '100Mb'])(
    '%j is none',
    (text) => {
      expect(() => MEMORY_SIZE.parse(text, '--size')).toThrow('--size');
    },
  );

  it('tells what was typed, and that a unit may be missing', () => {
    const pagesOf = (text: string) =>
      sizeInPages('--value', SHOWN_SIZE.parse(text, '--value'), 4096, 0);
    expect(() => pagesOf('10kB')).toThrow('"10kB" is not a whole number of pages of 4 KiB');
    expect(() => pagesOf('1.5')).toThrow('a unit is missing, as in 1.5MiB');
  });
});

describe('a share', () => {
  it.each([
    ['0', 0],
    ['0.95%', 9500],
    ['1.5', 15_000],
    ['95', 950_000],
  ])('%s is so many parts of a million', (text, perMillion) => {
    expect(PERCENT.parse(text, '--stay')).toBe(perMillion);
  });

  it('below 1 without the sign may be of one or of a hundred', () => {
    expect(() => PERCENT.parse('0.95', '--stay')).toThrow('did you mean "95%", or "0.95%"?');
  });
});

describe('a kernel', () => {
  it.each([
    ['Linux version 5.14.0-503.el9.x86_64 (mockbuild@x) (gcc) #1 SMP', '5.14.0-503.el9.x86_64'],
    ['Linux version 6.12.40 (me@x)', '6.12.40'],
    ['Linux host 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 x86_64', '6.1.0-18-amd64'],
    [' 6.12.40\n', '6.12.40'],
  ])('%j is of the release in it', (text, release) => {
    expect(KERNEL.parse(text, '--kernel').text).toBe(release);
  });

  it.each([
    ['kernel-5.14.0-503.el9.x86_64', '5.14.0-503.el9.x86_64'],
    ['my 5.14.0-503.el9.x86_64 box', '5.14.0-503.el9.x86_64'],
    ['v6.1', '6.1'],
  ])('%s is not cut where one is meant', (text, release) => {
    expect(() => KERNEL.parse(text, '--kernel')).toThrow(`did you mean "${release}"?`);
  });

  it('with that of many has none that is meant', () => {
    expect(() => KERNEL.parse('6.12.x', '--kernel')).toThrow('such as 6.12.117');
  });
});
