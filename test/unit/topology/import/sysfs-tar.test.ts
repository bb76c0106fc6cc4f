import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { formatCpulist } from '../../../../src/topology/cpulist.ts';
import { describeSysfs } from '../../../../src/topology/import/sysfs.ts';
import { openSysfsTar } from '../../../../src/topology/import/sysfs-tar.ts';
import { tarEntry, tarOf, tarOfFiles } from '../../../support/sysfs-files.ts';

const FILES = {
  'cpu/possible': '0-3\n',
  'cpu/present': '0-3\n',
  'cpu/online': '0-3\n',
  'cpu/cpu0/topology/core_cpus_list': '0-3\n',
  'node/node0/cpulist': '0-3\n',
};

const online = async (bytes: Uint8Array) =>
  formatCpulist(describeSysfs(await openSysfsTar(bytes)).online);

describe('a tar', () => {
  it.each(['', './', 'sys/devices/system/', './a b/host.example/sys/devices/system/'])(
    'is read with the tree in %j',
    async (folder) => {
      expect(await online(tarOfFiles(FILES, folder))).toBe('0-3');
      expect(await online(gzipSync(tarOfFiles(FILES, folder)))).toBe('0-3');
    },
  );

  it('is read whatever lies before and behind its bytes in memory', async () => {
    const bytes = tarOfFiles(FILES);
    const around = Buffer.concat([Buffer.from('xyz'), bytes, Buffer.from('xyz')]);
    expect(await online(around.subarray(3, 3 + bytes.length))).toBe('0-3');
  });

  it('is read to its end mark, of one empty block or two', async () => {
    const bytes = tarOfFiles(FILES);
    expect(await online(Buffer.concat([bytes, Buffer.from('behind the end')]))).toBe('0-3');
    expect(await online(bytes.subarray(0, -512))).toBe('0-3');
  });

  it('tells folders and files of its tree, and nothing of other entries', async () => {
    const tree = await openSysfsTar(
      tarOf([
        tarOfFiles({ ...FILES, 'cpu/cpufreq/policy0/x': '1', 'cpu/cpu1/': '' }).subarray(0, -1024),
        tarEntry({ path: 'node/node0/cpu3', type: 'SymbolicLink', linkpath: '../../cpu/cpu3' }),
        tarEntry({ path: 'proc/cpuinfo' }, 'processor: 0\n'),
        tarEntry({ path: 'proc/stat', type: 'SparseFile' }),
      ]),
    );
    expect([...tree.list('cpu')].sort()).toEqual(['cpu0', 'cpu1', 'online', 'possible', 'present']);
    expect(tree.list('cpu/cpu0')).toEqual(['topology']);
    expect([...tree.list('node/node0')].sort()).toEqual(['cpu3', 'cpulist']);
    expect(tree.read('cpu/cpu0/topology/core_cpus_list')).toBe('0-3\n');
    expect(tree.read('cpu/cpu0/topology')).toBeNull();
    expect(tree.read('proc/cpuinfo')).toBeNull();
    expect(tree.list('cpu/cpu9')).toEqual([]);
  });

  it('is read without the NULs that tar pads the files of a live sysfs with', async () => {
    const padded = Object.fromEntries(
      Object.entries(FILES).map(([path, text]) => [path, text.padEnd(4096, '\0')]),
    );
    const tree = await openSysfsTar(tarOfFiles(padded));
    expect(tree.read('cpu/possible')).toBe('0-3\n');
  });

  it('has of two entries of one name the later, as tar itself', async () => {
    const later = tarOf([
      tarOfFiles(FILES).subarray(0, -1024),
      tarEntry({ path: 'cpu/online' }, '0\n'),
    ]);
    expect(await online(later)).toBe('0');
  });

  it.each([
    [
      'paths that lead out of it',
      [tarEntry({ path: 'sys/../../etc/passwd' }, 'x')],
      'entry "sys/../../etc/passwd": the path leads out of the archive',
    ],
    [
      'absolute paths',
      [tarEntry({ path: '/sys/devices/system/cpu/possible' }, '0')],
      'entry "/sys/devices/system/cpu/possible": the path is absolute; archive paths below a folder',
    ],
    [
      'a file beyond 4 MiB',
      [tarEntry({ path: 'cpu/possible' }, '1'.repeat(4 * 1024 * 1024 + 1))],
      'entry "cpu/possible": larger than 4 MiB',
    ],
    [
      'two trees',
      [tarEntry({ path: 'a/cpu/possible' }, '0'), tarEntry({ path: 'b/cpu/possible' }, '0')],
      'holds cpu/ in "a" and in "b": expected one copy of /sys/devices/system',
    ],
    [
      'no tree',
      [tarEntry({ path: 'etc/passwd' }, 'x'), tarEntry({ path: 'node/node0/cpulist' }, '0')],
      'holds no cpu/: expected a copy of /sys/devices/system',
    ],
    [
      'a sparse file as tar -S has it',
      [
        tarEntry({ path: 'sys/cpu/possible', type: 'SparseFile' }),
        tarEntry({ path: 'sys/cpu/cpu0/online' }, '1'),
      ],
      'entry "sys/cpu/possible": is stored as holes (tar -S), without its text: archive without -S',
    ],
    [
      'a sparse file as tar -S --format=pax has it',
      [
        tarEntry({ path: 'sys/cpu/GNUSparseFile.77/possible' }, '0\n'),
        tarEntry({ path: 'sys/cpu/cpu0/online' }, '1'),
      ],
      'entry "sys/cpu/possible": is stored as holes (tar -S), without its text: archive without -S',
    ],
    ['nothing', [], 'is no tar: expected an archive of /sys/devices/system'],
  ])('is refused with %s', async (_, entries, message) => {
    const bytes = tarOf(entries);
    await expect(openSysfsTar(bytes)).rejects.toThrow(message);
    await expect(openSysfsTar(gzipSync(bytes, { level: 1 }))).rejects.toThrow(message);
  });

  it('is refused with too many entries', async () => {
    const bytes = tarOf(new Array(150_001).fill(tarEntry({ path: 'x' })));
    await expect(openSysfsTar(bytes)).rejects.toThrow(
      'holds more than 150000 entries: archive cpu/ and node/ alone',
    );
  });

  it.each(['SymbolicLink', 'Link'] as const)('has no %s followed', async (type) => {
    const tree = await openSysfsTar(
      tarOf([
        tarOfFiles(FILES).subarray(0, -1024),
        tarEntry({ path: 'cpu/cpu1', type, linkpath: 'cpu/cpu0' }),
        tarEntry({ path: 'cpu/cpu0/topology/core_id', type, linkpath: '/etc/passwd' }),
      ]),
    );
    const fault = 'is a link in the archive, which is not followed';
    expect(() => tree.read('cpu/cpu1/topology/core_cpus_list')).toThrow(`cpu/cpu1: ${fault}`);
    expect(() => tree.list('cpu/cpu1/cache')).toThrow(`cpu/cpu1: ${fault}`);
    expect(() => tree.read('cpu/cpu0/topology/core_id')).toThrow(
      `cpu/cpu0/topology/core_id: ${fault}`,
    );
  });

  it('that is cut off or damaged is refused', async () => {
    const bytes = tarOfFiles(FILES);
    const gzip = gzipSync(bytes);
    const damaged = Buffer.from(bytes);
    damaged.fill('x', 2048, 2060);
    const cut = 'is not whole: the tar is cut off or damaged behind its entry number';
    await expect(openSysfsTar(bytes.subarray(0, 1300))).rejects.toThrow(`${cut} 1`);
    await expect(openSysfsTar(bytes.subarray(0, -1024))).rejects.toThrow(`${cut} 5`);
    await expect(openSysfsTar(damaged)).rejects.toThrow(`${cut} 2`);
    await expect(openSysfsTar(Buffer.from('x'.repeat(2048)))).rejects.toThrow('is no tar');
    await expect(openSysfsTar(Buffer.from('short'))).rejects.toThrow('is no tar');
    const cutGzip = 'is not whole: the gzip data is cut off or damaged';
    await expect(openSysfsTar(gzip.subarray(0, -20))).rejects.toThrow(cutGzip);
    await expect(openSysfsTar(gzipSync(gzip))).rejects.toThrow('is compressed twice');
  });
});
