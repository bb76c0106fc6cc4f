import { describe, expect, it } from 'vitest';
import { formatCpulist } from '../../../../src/topology/cpulist.ts';
import { parseHwlocBitmap } from '../../../../src/topology/import/hwloc-document.ts';

describe('parseHwlocBitmap', () => {
  // As hwloc-calc 2.9 writes these CPUs, except for the last two.
  it.each([
    ['0x0', ''],
    ['0x00000001', '0'],
    ['0x80000000,,,,0x0', '159'],
    ['0x0000000f,0xf0000000', '28-35'],
    ['0x00000001,,0xffffffff', '0-31,64'],
    ['', ''],
    ['0x1,0xA', '1,3,32'],
  ])('reads %j', (text, cpus) => {
    const { ids, endless } = parseHwlocBitmap(text);
    expect(formatCpulist(ids)).toBe(cpus);
    expect(endless).toBe(false);
  });

  it('tells a set without an end', () => {
    expect(parseHwlocBitmap('0xf...f')).toEqual({ ids: new Int32Array(0), endless: true });
    const { ids, endless } = parseHwlocBitmap('0xf...f,0xffffff00');
    expect([formatCpulist(ids), endless]).toEqual(['8-31', true]);
  });

  it.each([
    ['0x123456789', '"0x123456789" is no hwloc bitmap; expected 32-bit words'],
    ['ff', '"ff" is no hwloc bitmap'],
    ['0-3', '"0-3" is no hwloc bitmap'],
    ['0x1,0xf...f', '"0x1,0xf...f" is no hwloc bitmap'],
  ])('refuses %j', (text, message) => {
    expect(() => parseHwlocBitmap(text)).toThrow(message);
  });

  it('takes the highest bit there can be, and none above', () => {
    const beyond = `0x1${','.repeat(32_768)}0x0`;
    expect(() => parseHwlocBitmap(beyond)).toThrow('bit 1048576 is beyond 1,048,575');
    expect(parseHwlocBitmap(`0x80000000${','.repeat(32_767)}0x0`).ids).toEqual(
      Int32Array.of(1_048_575),
    );
  });
});
