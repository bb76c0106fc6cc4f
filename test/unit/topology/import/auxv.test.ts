import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { knownPageSize } from '../../../../src/topology/import/description.ts';
import { pageSizeOfAuxv } from '../../../../src/topology/import/sysfs-directory.ts';

/** A vector of these entries, closed by AT_NULL, with a word size in bytes. */
function auxv(entries: readonly (readonly [number, number])[], bytes: 4 | 8, little = true) {
  const view = new DataView(new ArrayBuffer((entries.length + 1) * 2 * bytes));
  entries.flat().forEach((value, i) => {
    if (bytes === 8) view.setBigUint64(i * bytes, BigInt(value), little);
    else view.setUint32(i * bytes, value, little);
  });
  return new Uint8Array(view.buffer);
}

/** AT_SYSINFO_EHDR, AT_HWCAP, AT_PAGESZ, AT_CLKTCK and AT_PHDR, as the kernel orders them. */
const entries = (pageSize: number) =>
  [
    [33, 0x7ff0_0000],
    [16, 0x178b_fbff],
    [6, pageSize],
    [17, 100],
    [3, 0x5555_0040],
  ] as const;

describe('the page size in an auxiliary vector', () => {
  it.each([
    [8, true],
    [8, false],
    [4, true],
    [4, false],
  ] as const)('is found in words of %i bytes, little-endian %s', (bytes, little) => {
    for (const size of [4096, 8192, 16_384, 65_536, 262_144]) {
      expect(pageSizeOfAuxv(auxv(entries(size), bytes, little))).toBe(size);
    }
  });

  it('is that of the machine the test runs on', () => {
    const told = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
    expect(pageSizeOfAuxv(readFileSync('/proc/self/auxv'))).toBe(told);
  });

  it.each([
    ['empty', new Uint8Array(0)],
    ['without it', auxv([[17, 100]], 8)],
    ['with 0 for it', auxv([[6, 0]], 8)],
    ['with 5000 for it, which is no size of pages', auxv([[6, 5000]], 8)],
    ['cut off within it', auxv(entries(4096), 8).subarray(0, 40)],
  ])('is not told by a vector %s', (_, bytes) => {
    expect(pageSizeOfAuxv(bytes)).toBeNull();
  });

  it('is one that topologies know, or none', () => {
    const remarks: string[] = [];
    const sizes = [65_536, 8192, null].map((size) => knownPageSize(size, remarks));
    expect(sizes).toEqual([65_536, null, null]);
    expect(remarks).toEqual(['pages of 8192 bytes are none that rss-err counts in']);
  });
});
