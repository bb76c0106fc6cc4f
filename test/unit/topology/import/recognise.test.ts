/** Which form a description has, by its first bytes. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzipAll, gunzipStart } from '../../../../src/input/gunzip.ts';
import { SMP_LEVELS } from '../../../../src/topology/import/qemu.ts';
import {
  containerOf,
  recogniseText,
  wordsForm,
} from '../../../../src/topology/import/recognise.ts';

/** The form of a text of one. */
function formOf(text: string): string {
  const [only, ...more] = recogniseText(text);
  expect(more).toEqual([]);
  return only?.form ?? '';
}

describe('a text is recognised', () => {
  it.each([
    ['json', '{ "name": "m", "cpus": { "possible": "0" } }'],
    ['json', '{"cpus": {"possible": "0-3"}, "name": "m"}'],
    ['json', '\uFEFF {"name": 1'],
    ['json', '[]'],
    ['hwloc-xml', '<?xml version="1.0"?>\n<!DOCTYPE topology SYSTEM "hwloc2.dtd">'],
    ['hwloc-xml', '\n  <topology version="2.0">'],
    ['lscpu-json', '{\n   "lscpu": [\n'],
    ['lscpu-table', '{\n   "cpus": [\n      {"cpu":0, "node":-'],
    ['lscpu-table', 'CPU NODE SOCKET CORE L1d:L1i:L2:L3 ONLINE\n  0    0'],
    ['lscpu-parsable', '# The following is the parsable format, which can be fed to other\n'],
    ['lscpu-parsable', '# CPU,Core,Socket,Node,,L1d,L1i,L2,L3\n0,0,0,0,,0,0,0,0\n'],
    ['lscpu-parsable', '0,0,0,0,,0,0,0,0\n'],
    ['lscpu-parsable', "$ lscpu -p | grep -v '#'\n0,0,0,0,,0,0,0\n"],
    ['lscpu-parsable', '# Core,CPU\n0,0\n'],
    ['numactl', 'available: 2 nodes (0-1)\nnode 0 cpus: 0 1\n'],
    ['numactl', '> > available: 2 nodes (0-1)\n> > node 0 cpus: 0 1\n'],
    ['numactl', 'node 0 cpus: 0 1\n'],
    ['numactl', 'No NUMA available on this system\n'],
    ['lscpu', 'Architecture:            x86_64\n'],
    ['lscpu', '$ lscpu\nCPU(s):                  8\n'],
    ['synthetic', 'pack:2 numa:2 l3:4 core:8 pu:2\n'],
    ['synthetic', '[NUMANode(memory=1073741824)] Package:2 Core:4 PU:1\n'],
    ['synthetic', '(memory=4GB) pu:8'],
    ['qemu', '-smp 8,sockets=2'],
    ['qemu', 'qemu-system-x86_64 -m 4G \\\n -smp 8 \\\n -nographic'],
    ['qemu', '#!/bin/sh\n# CPU, memory\nexec qemu-system-x86_64 -smp 8\n'],
    ['numactl', 'qemu -smp 2 says:\nnode 0 cpus: 0 1\n'],
    ['qemu', '8,sockets=2,cores=4'],
    ['qemu', 'sockets=2,cores=4'],
    ['qemu', 'cpus=8,maxcpus=16'],
    ['qemu', '-numa node,cpus=0-3'],
  ])('as %s: %j', (form, text) => {
    expect(formOf(text)).toBe(form);
  });

  it.each([
    ['', /^is empty: expected topology JSON, hwloc XML, lscpu -J/],
    [' \n\t', /^is empty: expected/],
    ['4', /^begins with "4": expected topology JSON/],
    ['nothing of this kind at all', /^begins with "nothing of this kind…": expected/],
    ['processor\t: 0\nvendor_id\t: x', /^is a copy of \/proc\/cpuinfo, .*: give lscpu -e -J$/],
    ['Machine (31GB total)\n  Package L#0', 'is drawn by lstopo: give lstopo --of xml'],
    ['policy: default\nphyscpubind: 0 1\n', 'is of numactl --show: give numactl --hardware'],
  ])('or refused with what is read: %j', (text, message) => {
    expect(() => recogniseText(text)).toThrow(message);
  });

  it('however many blanks stand before it', () => {
    expect(formOf(`${' '.repeat(100_000)}{}`)).toBe('json');
  });

  it('as words of the command line only where it looks like them', () => {
    const words = ['pu:250', '-smp 8', '8,sockets=2', '250cpu', 'my.json', 'a/b', '16', 'x86-64'];
    expect(words.map(wordsForm)).toEqual([
      'synthetic',
      'qemu',
      'qemu',
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('words of -smp are recognised', () => {
  const keys = ['cpus', 'maxcpus', ...SMP_LEVELS];

  it.each(keys)('by their key, whatever its value: %s', (key) => {
    expect(['', 'x', '-1', '2'].map((value) => wordsForm(`${key}=${value}`))).toEqual(
      Array(4).fill('qemu'),
    );
  });

  it.each(['8,sockets=x', 'x,sockets=2', '8,sokets=2', '8,foo=1,cores=2', 'cpus=8,threads='])(
    'with a fault in them: %s',
    (text) => {
      expect(wordsForm(text)).toBe('qemu');
      expect(formOf(text)).toBe('qemu');
    },
  );

  it.each([
    'node,cpus=0-3',
    'runs/8,cores=4',
    'my-cores=4',
    '8,16',
    'cores',
    'pu:4(indexes=0,1,2,3)',
  ])('and not in %s', (text) => {
    expect(wordsForm(text)).not.toBe('qemu');
  });

  it('in time that grows as the text does', () => {
    expect(wordsForm('a=b,'.repeat(100_000))).toBeNull();
    expect(wordsForm(' '.repeat(100_000))).toBeNull();
  });
});

describe('bytes are recognised', () => {
  const tar = Buffer.alloc(512);
  tar.write('ustar', 257);

  it('as gzip, tar or text', () => {
    expect(containerOf(gzipSync('x'))).toBe('gzip');
    expect(containerOf(tar)).toBe('tar');
    expect(containerOf(Buffer.from('{}'))).toBe('text');
    expect(containerOf(Buffer.alloc(0))).toBe('text');
  });

  it.each([
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'xz -dc'],
    ['bzip2', [0x42, 0x5a, 0x68, 0x39], 'bzip2 -dc'],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd], 'zstd -dc'],
    ['lzip', [0x4c, 0x5a, 0x49, 0x50], 'lzip -dc'],
    ['zip', [0x50, 0x4b, 0x03, 0x04], 'unzip -p'],
  ])('and %s refused with what expands it', (name, magic, tool) => {
    expect(() => containerOf(Buffer.from(magic))).toThrow(
      `is compressed with ${name}, which is not read: expand it first (${tool}), or use gzip`,
    );
  });

  it('behind gzip without expanding all of it', async () => {
    const bomb = gzipSync(Buffer.concat([tar, Buffer.alloc(50_000_000)]));
    expect(containerOf(await gunzipStart(bomb))).toBe('tar');
    expect((await gunzipStart(bomb)).length).toBeLessThanOrEqual(1024);
    expect(await gunzipStart(gzipSync(''))).toHaveLength(0);
  });

  it('and expanded up to a limit', async () => {
    expect(gunzipAll(gzipSync('text'), 1024).toString()).toBe('text');
    expect(() => gunzipAll(gzipSync(Buffer.alloc(2 ** 21)), 2 ** 20)).toThrow(
      'is larger than 1 MiB when expanded',
    );
    const cut = gzipSync('text').subarray(0, 15);
    expect(() => gunzipAll(cut, 1024)).toThrow('is not whole: the gzip data is cut off or damaged');
    const wrong = Buffer.from([0x1f, 0x8b, 1, 2, 3]);
    await expect(gunzipStart(wrong)).rejects.toThrow('is not whole');
  });
});
