import { describe, expect, it } from 'vitest';
import { cpuReader, listOrMask, parseCpumask } from '../../../../src/topology/import/sysfs-tree.ts';

describe('a CPU mask', () => {
  it.each([
    ['0', []],
    ['f', [0, 1, 2, 3]],
    ['00000000,0000010f\n', [0, 1, 2, 3, 8]],
    ['80000000,00000000,00000001', [0, 95]],
    ['FF', [0, 1, 2, 3, 4, 5, 6, 7]],
    [`1${',00000000'.repeat(4)}`, [128]],
    [`80000000${',00000000'.repeat(2 ** 15 - 1)}`, [1_048_575]],
  ])('is read with its first word the highest: %.40s', (text, expected) => {
    expect(Array.from(parseCpumask(text))).toEqual(expected);
  });

  it.each([
    ['', '"" is no CPU mask; expected 32-bit words such as "00000000,0000010f"'],
    ['0xff', '"0xff" is no CPU mask'],
    ['000000001', '"000000001" is no CPU mask'],
    ['1,1', '"1,1" is no CPU mask'],
    ['0-3', '"0-3" is no CPU mask'],
    [
      `1${',00000000'.repeat(2 ** 15)}`,
      'CPU 1048576 is beyond 1,048,575, the highest there can be',
    ],
  ])('is refused where it is none: %.40s', (text, message) => {
    expect(() => parseCpumask(text)).toThrow(message);
  });
});

describe('a reader of sets of CPUs', () => {
  const files: Record<string, string> = {
    'a/list': '',
    'a/mask': '3',
    'b/list': '7',
    'c/list': '\n',
  };
  const read = cpuReader({ read: (path) => files[path] ?? null, list: () => [] });
  const either = listOrMask('list', 'mask');

  it('takes the mask where the list is not there, or not a byte of it', () => {
    expect(read('a', either)).toEqual({ path: 'a/mask', cpus: Int32Array.of(0, 1) });
    expect(read('b', either)).toEqual({ path: 'b/list', cpus: Int32Array.of(7) });
  });

  it('tells an empty list from none', () => {
    expect(read('c', either)).toEqual({ path: 'c/list', cpus: new Int32Array(0) });
    expect(read('d', either)).toBeNull();
  });
});

describe('sets of CPUs that overlap again and again', () => {
  it('are refused before they fill memory', () => {
    const read = cpuReader({ read: (path) => `0-${1_000_000 + path.length}`, list: () => [] });
    const all = Array.from({ length: 20 }, (_, i) => 'x'.repeat(i));
    expect(() => all.map((folder) => read(folder, listOrMask('list', 'mask')))).toThrow(
      'xxxxxxxx/list: this and other lists name more than 8388608 CPUs together',
    );
  });
});
