/**
 * Descriptions that are meant to hurt: each ends in one line and exit code 2, in 300 MiB, and soon. What
 * is large is made as it is written, through a pipe.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { createMeter, type Measured, type Pieces } from '../support/hostile.ts';
import { temporaryFolder } from '../support/shell.ts';
import { tarEntry, tarOf, tarOfFiles } from '../support/sysfs-files.ts';

const MIB = 1024 * 1024;

const MOST_MEMORY_MIB = 300;

/** Two seconds are the aim; a busy machine that runs the tests beside others takes its time. */
const MOST_SECONDS = 20;

const LONGEST_LINE = 400;

/** A text, and another again and again until so many bytes are written. */
function* long(start: string, repeated: string, bytes = 100 * MIB): Generator<string> {
  yield start;
  const piece = repeated.repeat(Math.ceil(MIB / repeated.length));
  for (let written = 0; written < bytes; written += piece.length) yield piece;
}

function expectOneLine(measured: Measured, origin: string, line: string): void {
  const { code, stdout, stderr, seconds, peakMiB } = measured;
  const [first = '', ...rest] = stderr.split('\n');
  expect(rest).toEqual(['']);
  expect(first.slice(0, 11 + origin.length)).toBe(`rss-err: ${origin}: `);
  expect(first).toContain(line);
  expect(first.length - origin.length).toBeLessThan(LONGEST_LINE);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(peakMiB).toBeGreaterThan(20);
  expect(peakMiB).toBeLessThan(MOST_MEMORY_MIB);
  expect(seconds).toBeLessThan(MOST_SECONDS);
}

const { measure, end } = createMeter(MOST_MEMORY_MIB);
afterAll(end);

type Row = readonly [what: string, input: () => Pieces, line: string];

const importing = ['topology', 'import', '-'];

function refusing(rows: readonly Row[]): void {
  it.each(rows)('%s', async (_, input, line) => {
    expectOneLine(await measure(importing, input), 'standard input', line);
  });
}

const TOPOLOGY = '<topology version="2.0">';
const MACHINE = `${TOPOLOGY}<object type="Machine" cpuset="0x1">`;
const PU = '<object type="PU" os_index="0"/>';

describe('a line of 100 MB is refused as soon as it is too long', () => {
  refusing([
    ['in hwloc XML', () => long(`${TOPOLOGY}<object type="`, 'x'), 'larger than 64 MiB'],
    ['in JSON', () => long('{"name":"', 'x'), 'larger than 64 MiB'],
    ['of prose', () => long('', 'x'), 'larger than 64 MiB'],
  ]);
});

describe('a line of 40 MB is refused as none of its form is as long', () => {
  const forty = 40 * MIB;
  refusing([
    ['hwloc XML', () => long(TOPOLOGY, 'x', forty), 'larger than 16 MiB'],
    ['JSON', () => long('{"name":"', '[', forty), 'larger than 16 MiB'],
    ['lscpu -e -J', () => long('{"cpus":[', '[', forty), 'larger than 8 MiB'],
    ['lscpu -J', () => long('{"lscpu":[', '[', forty), 'larger than 8 MiB'],
    ['lscpu -p', () => long('# CPU,Core\n', '0,', forty), 'larger than 8 MiB'],
    ['lscpu', () => long('Architecture: x86\n', 'CPU(s):', forty), 'larger than 8 MiB'],
    ['numactl', () => long('available: 1 nodes (0)\n', '> ', forty), 'larger than 8 MiB'],
    ['synthetic', () => long('pu:4(indexes=', '0,', forty), 'larger than 1 MiB'],
    ['QEMU', () => long('-smp 4 ', '-numa node ', forty), 'larger than 1 MiB'],
    ['blanks', () => long('', ' ', forty), 'is empty'],
    ['NULs', () => long('', '\0', forty), 'is binary'],
  ]);
});

describe('XML', () => {
  const fifteen = 15 * MIB;
  const lol = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
  const definitions = 'line 1: the DOCTYPE has definitions in it; those are not read';
  refusing([
    [
      'with elements that nest without end',
      () => long(TOPOLOGY, '<object type="Group">', fifteen),
      'line 1: elements nested deeper than 128',
    ],
    [
      'with entities of entities, ten times ten and so on',
      () => [
        `<!DOCTYPE topology [<!ENTITY l0 "lol">${lol.join('')}]>${TOPOLOGY}<object type="&l9;"/></topology>`,
      ],
      definitions,
    ],
    [
      'with an entity that is a file',
      () => [
        `<!DOCTYPE topology [<!ENTITY x SYSTEM "file:///etc/passwd">]>${TOPOLOGY}<object type="&x;"/></topology>`,
      ],
      definitions,
    ],
    [
      'with an entity that is nowhere defined',
      () => [`${TOPOLOGY}<object type="&x;"/></topology>`],
      'malformed XML at line 1, column',
    ],
    [
      'with a DTD that is elsewhere, which is not fetched',
      () => ['<!DOCTYPE topology SYSTEM "http://127.0.0.1:9/x.dtd"><topology version="2.0"/>'],
      'no object in the topology',
    ],
    ['with a name that does not end', () => long('<', 'a', fifteen), 'malformed XML at line 1'],
    [
      'with a value that does not end',
      () => long('<a b="', 'a', fifteen),
      'malformed XML at line 1',
    ],
    [
      'with a comment that does not end',
      () => long('<!--', 'a', fifteen),
      'malformed XML at line 1',
    ],
    [
      'with CDATA that does not end',
      () => long(`${TOPOLOGY}<![CDATA[`, 'a', fifteen),
      'malformed XML at',
    ],
    [
      'with attributes without end',
      () => [
        `${TOPOLOGY}<object ${Array.from({ length: 900_000 }, (_, i) => `a${i}=""`).join(' ')}/>`,
      ],
      'line 1: an element with more than 128 attributes',
    ],
    [
      'with elements without end',
      () => long(MACHINE, '<a/>', fifteen),
      'line 1: more than 500,000 elements',
    ],
    [
      'with a bitmap beyond 2^20 bits',
      () => [`${TOPOLOGY}<object type="Machine" cpuset="0x1${','.repeat(40_000)}">`],
      'is beyond 1,048,575, the highest CPU there can be',
    ],
    [
      'with a bitmap of millions of words',
      () => long(`${TOPOLOGY}<object type="Machine" cpuset="0x1`, ',', fifteen),
      'line 1',
    ],
    [
      'with bitmaps of all CPUs without end',
      () =>
        long(
          MACHINE,
          `<object type="Core" cpuset="${'0xffffffff,'.repeat(30_000)}0xffffffff"/>`,
          fifteen,
        ),
      'line 1',
    ],
    [
      'with a CPU beyond 2^20',
      () => [`${MACHINE}<object type="PU" os_index="4294967294"/></object></topology>`],
      'line 1, PU: os_index is 4294967294',
    ],
    [
      'with distances without end',
      () =>
        long(
          `${MACHINE}${PU}</object><distances2 type="NUMANode" nbobjs="1024" kind="5" indexing="os"><u64values length="1">`,
          '1 ',
          fifteen,
        ),
      'line 1',
    ],
  ]);
});

describe('JSON', () => {
  const fifteen = 15 * MIB;
  const machine = (rest: string) => `{"name":"m","cpus":{"possible":"0-1048575"},${rest}}`;
  const many = (entry: string, count: number) => new Array(count).fill(entry).join(',');
  refusing([
    [
      'of lists without end',
      () => long('', '[', fifteen),
      'line 1, column 65: lists and objects nested',
    ],
    [
      'of objects without end',
      () => long('', '{"a":', fifteen),
      'lists and objects nested deeper than 64',
    ],
    [
      'of keys without end',
      () => [`{${Array.from({ length: 1_200_000 }, (_, i) => `"${i}":0`).join(',')}}`],
      'an object with more than 4096 keys',
    ],
    [
      'that is wrong behind 9 MB of blanks',
      () => ['{', ' '.repeat(9 * MIB), 'x}'],
      'malformed JSON at line 1, column 9437186: unknown word',
    ],
    [
      'with a key of 100 KB',
      () => [`{"${'k'.repeat(100_000)}": 1}`],
      'kkk… is an unknown key: expected one of $schema, name',
    ],
    [
      'with a cpulist of 2^32 CPUs',
      () => ['{"name":"m","cpus":{"possible":"0-4294967295"}}'],
      'CPU 4294967295 is beyond 1,048,575',
    ],
    [
      'with a cpulist of all CPUs again and again',
      () => [`{"name":"m","cpus":{"possible":"${many('0-1048575', 1_500_000)}"}}`],
      'CPUs are named twice',
    ],
    [
      'with all CPUs in each of 300 cores',
      () => [machine(`"cores":[${many('"0-1048575"', 300)}]`)],
      'cores[9]: this and other groups overlap; a CPU is in one of each kind at most',
    ],
    [
      'with all CPUs in each of 300 caches',
      () => [machine(`"caches":[${many('{"level":1,"cpus":"0-1048575"}', 300)}]`)],
      'caches[9].cpus: this and other groups overlap',
    ],
    [
      'with a fault in each of 5,000,000 cores',
      () => [machine(`"cores":[${many('0', 5_000_000)}]`)],
      'cores[0] is 0: expected a cpulist',
    ],
    [
      'with 400,000 nodes',
      () => [
        machine(
          `"numaNodes":[${Array.from({ length: 400_000 }, (_, id) => `{"id":${id},"cpus":""}`).join(',')}]`,
        ),
      ],
      'numaNodes[1024].id is 1024: expected a whole number from 0 to 1023',
    ],
    [
      'with 150,000 dies of as many packages',
      () => {
        const entries = (count: number, entry: (i: number) => string) =>
          Array.from({ length: count }, (_, i) => entry(i)).join(',');
        const packages = entries(150_000, (i) => `{"id":${i},"cpus":"${i}"}`);
        const dies = entries(149_999, (i) => `{"package":${i},"id":0,"cpus":"${i}"}`);
        const stray = '{"package":0,"id":1,"cpus":"149999"}';
        return [
          `{"name":"m","cpus":{"possible":"0-149999"},"packages":[${packages}],"dies":[${dies},${stray}]}`,
        ];
      },
      'dies[149999].cpus is "149999": CPU 149999 is not in packages[0].cpus, "0"',
    ],
    [
      'with 4,000,000 rows of distances',
      () => [
        machine(`"numaNodes":[{"id":0,"cpus":"0-1048575"}],"distances":[${many('[]', 4_000_000)}]`),
      ],
      'more than 1000000 lists and objects',
    ],
    [
      'with 900,000 rows of distances',
      () => [
        machine(`"numaNodes":[{"id":0,"cpus":"0-1048575"}],"distances":[${many('[]', 900_000)}]`),
      ],
      'distances is of length 900000: expected at most 1024, one row a node',
    ],
  ]);
});

describe('what lscpu and numactl print', () => {
  const seven = 7 * MIB;
  const rows = (count: number, row: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => row(i));
  refusing([
    ['with lists in lists', () => long('{"cpus":[', '[', seven), 'lists and objects nested deeper'],
    [
      'with sections in sections',
      () => long('{"lscpu":[', '{"field":"a","data":"b","children":[', seven),
      'nested deeper than',
    ],
    [
      'with a CPU beyond 2^20',
      () => ['{"cpus":[{"cpu":4294967295,"node":0}]}'],
      'cpus[0]: CPU is "4294967295"; expected a number from 0 to 1048575',
    ],
    [
      'with a list of 2^32 CPUs',
      () => ['{"lscpu":[{"field":"On-line CPU(s) list:","data":"0-4294967295"}]}'],
      'CPU 4294967295 is beyond 1,048,575',
    ],
    [
      'with a mask beyond 2^20 bits',
      () => [`Architecture: x86\nCPU(s): 4\nOn-line CPU(s) mask: 0x${'f'.repeat(500_000)}\n`],
      'beyond',
    ],
    [
      'with one CPU again and again',
      () => ['# CPU,Core\n', ...rows(500_000, () => '0,0\n')],
      'more than 33768 lines; expected one for each CPU',
    ],
    ['with columns without end', () => long('# CPU', ',Core', seven), 'begins with "# CPU,Core'],
    ['with blanks behind a #', () => long('#', ' ', 65_536), 'begins with "# '],
    [
      'with one list of 7 MB',
      () => long('available: 1 nodes (0)\nnode 0 cpus: ', '1 ', seven),
      'line 2: "1 1 1',
    ],
    ['with values without end', () => long('# CPU,Core\n', '0,', seven), 'line 2: '],
    [
      'with a node of 2^32 CPUs',
      () => ['available: 1 nodes (0)\nnode 0 cpus: 0-4294967295\n'],
      'line 2: "0-4294967295": CPU 4294967295 is beyond 1,048,575',
    ],
    [
      'with a node beyond 1,023',
      () => ['available: 1 nodes (0)\nnode 4294967295 cpus: 0\n'],
      'line 2: node 4294967295: expected 0 to 1023',
    ],
    [
      'with all CPUs on each of 1,000 nodes',
      () => ['available: 1000 nodes (0)\n', ...rows(1000, (i) => `node ${i} cpus: 0-1048575\n`)],
      'line 4: this and other lists name more than 2097152 CPUs together',
    ],
    [
      'with all CPUs on each of 1,000 nodes of a summary',
      () => [
        'Architecture: x86\nOn-line CPU(s) list: 0-1048575\n',
        ...rows(1000, (i) => `NUMA node${i} CPU(s): 0-1048575\n`),
      ],
      'line 5: this and other lists name more than 2097152 CPUs together',
    ],
    [
      'with a list that goes on for ever',
      () => long('available: 1 nodes (0)\nnode 0 cpus: 0\n', '1 2 3\n', seven),
      'more than 100000 lines',
    ],
    ['quoted without end', () => long('available: 1 nodes (0)\n', '> ', seven), 'line 1: '],
  ]);
});

describe('words of hwloc and QEMU', () => {
  refusing([
    ['pu:4294967295', () => ['pu:4294967295'], '"pu:4294967295"'],
    ['of 2^64 CPUs', () => ['pack:4294967295 pu:4294967295'], 'the most CPUs there can be'],
    [
      'with every cache of a million packages',
      () => ['pack:1048576 l5:1 l4:1 l3:1 l2:1 l1:1 core:1 pu:1'],
      '7340033 objects above the CPUs: expected at most 1572864',
    ],
    [
      'with a thousand nodes that have all CPUs each',
      () => [`${'[numa] '.repeat(1000)}pu:1048576`],
      '1048576000 CPUs in all NUMA nodes: expected at most 2097152',
    ],
    [
      'with two nodes in each of a million packages',
      () => ['pack:1048576 [numa] [numa] pu:1'],
      '2097152 NUMA nodes: expected at most 1024',
    ],
    ['with a level again and again', () => [`${'pack:1 '.repeat(100_000)}pu:1`], 'levels'],
    [
      'with a list of a million indexes',
      () => [`pu:4(indexes=${'0,'.repeat(500_000)}0)`],
      '500001 indexes: expected 4, one each',
    ],
    [
      'with loops without end',
      () => [`pu:1048576(indexes=${'2*524288:'.repeat(60_000)}1*1)`],
      'more than 64 loops',
    ],
    ['with parentheses that open only', () => [`pu:4${'('.repeat(1_000_000)}`], 'is no level'],
    ['-smp 4294967295', () => ['-smp 4294967295'], 'from 1 to 1048576'],
    ['maxcpus=4294967295', () => ['-smp 1,maxcpus=4294967295'], 'from 1 to 1048576'],
    ['of 2^48 CPUs', () => ['-smp sockets=65536,cores=65536,threads=65536'], 'expected at most'],
    [
      'with a node of 2^32 CPUs',
      () => ['-smp 4 -numa node,cpus=0-4294967295'],
      'expected a whole number from',
    ],
    ['with a value without end', () => [`-smp ${'9'.repeat(1_000_000)}`], '-smp 9999'],
    ['with one key again and again', () => [`-smp 4${',sockets=1'.repeat(90_000)}`], 'there twice'],
  ]);
});

/**
 * Of a machine of 2^20 CPUs, which is no hostile input: the program alone takes 120 to 240. A million
 * objects more, of whatever kind, would take 100 to 200.
 */
const MOST_MEMORY_OF_LARGEST_MIB = 400;

describe('a machine of a million CPUs is read', () => {
  const largest = createMeter(MOST_MEMORY_OF_LARGEST_MIB);
  afterAll(largest.end);

  const BOUND = ['bound', '--topology', '-'];
  const SHOW = ['topology', 'show', '-'];
  it.each([
    { args: BOUND, text: 'pu:1048576' },
    { args: BOUND, text: 'pack:1048576 pu:1' },
    { args: SHOW, text: '-smp 1048576,sockets=1048576,maxcpus=1048576' },
    { args: SHOW, text: 'pack:1 l3:1048576 pu:1' },
    { args: [...SHOW, '--all'], text: 'pack:2 core:262144 pu:2' },
    // Not into the memory of the process that measures.
    { args: [...importing, '--output', '/dev/null'], text: 'pack:1 die:1048576 pu:1' },
  ])('$args: $text', async ({ args, text }) => {
    const { code, stderr, peakMiB, seconds } = await largest.measure(args, () => [text]);
    expect({ code, stderr: stderr.split('\n')[0]?.slice(0, 27) }).toEqual({
      code: 0,
      stderr: 'rss-err: note: standard inp',
    });
    expect(peakMiB).toBeLessThan(MOST_MEMORY_OF_LARGEST_MIB);
    expect(seconds).toBeLessThan(MOST_SECONDS);
  });
});

const list = (text: string) => ({
  'cpu/possible': text,
  'cpu/present': text,
  'cpu/online': text,
});

describe('a tar', () => {
  const good = tarOfFiles(list('0-3\n')).subarray(0, -1024);
  const headers = gzipSync(Buffer.concat(new Array(128).fill(tarEntry({ path: 'x' }))));
  const nothing = gzipSync(Buffer.alloc(MIB));
  // gunzip expands one gzip file after the other as if they were one.
  const many = (piece: Buffer, count: number) => Buffer.concat(new Array(count).fill(piece));
  refusing([
    [
      'with a path out of it',
      () => [tarOf([good, tarEntry({ path: '../../../etc/passwd' }, 'x')])],
      'entry "../../../etc/passwd": the path leads out of the archive',
    ],
    [
      'with an absolute path',
      () => [tarOf([good, tarEntry({ path: '/etc/passwd' }, 'x')])],
      'entry "/etc/passwd": the path is absolute',
    ],
    [
      'with a link in place of a list',
      () => [
        tarOf([
          good,
          tarEntry({ path: 'cpu/online', type: 'SymbolicLink', linkpath: '/etc/passwd' }),
        ]),
      ],
      'cpu/online: is a link in the archive, which is not followed',
    ],
    [
      'with a list of 2^32 CPUs',
      () => [tarOfFiles(list('0-4294967295\n'))],
      'cpu/possible: "0-4294967295": CPU 4294967295 is beyond 1,048,575',
    ],
    [
      'with a mask beyond 2^20 bits',
      () => [
        tarOfFiles({
          ...list('0-3'),
          'cpu/cpu0/topology/thread_siblings': `1${',00000000'.repeat(40_000)}`,
        }),
      ],
      'cpu/cpu0/topology/thread_siblings: "1,00000000',
    ],
    [
      'with all CPUs in every set',
      () => [
        tarOfFiles({
          ...list('0-1048575'),
          ...Object.fromEntries(
            Array.from({ length: 1000 }, (_, i) => [`node/node${i}/cpulist`, `${i}-1048575`]),
          ),
        }),
      ],
      'node/node8/cpulist: this and other lists name more than 8388608 CPUs together',
    ],
    [
      'with a list of 20 MB',
      () => [tarOf([tarEntry({ path: 'cpu/possible' }, '0'.repeat(20 * MIB))])],
      'entry "cpu/possible": larger than 4 MiB',
    ],
    ['with a million entries', () => [many(headers, 8000)], 'holds more than 150000 entries'],
    [
      'that gunzip makes large',
      () => [gzipSync(tarEntry({ path: 'x', size: 2 ** 32 })), many(nothing, 400)],
      'the tar: larger than 256 MiB',
    ],
    [
      'of nothing, that gunzip makes large',
      () => [gzipSync(Buffer.alloc(400 * MIB), { level: 1 })],
      'is larger than 64 MiB when expanded',
    ],
    ['compressed twice', () => [gzipSync(gzipSync(tarOf([good])))], 'is binary'],
    ['cut off', () => [gzipSync(tarOf([good])).subarray(0, 60)], 'is not whole'],
  ]);
});

describe('a directory', () => {
  const directory = (): string => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'cpu'));
    for (const [path, text] of Object.entries(list('0-3\n')))
      writeFileSync(join(folder, path), text);
    return folder;
  };

  it.each<readonly [string, (folder: string) => void, string]>([
    [
      'with a CPU that is a link to files elsewhere',
      (folder) => {
        const elsewhere = temporaryFolder();
        mkdirSync(join(elsewhere, 'topology'));
        symlinkSync(elsewhere, join(folder, 'cpu/cpu0'));
      },
      'cpu/cpu0/topology: leads out of the directory by a link, which is not followed',
    ],
    [
      'with a list that is a link to a secret',
      (folder) => {
        rmSync(join(folder, 'cpu/online'));
        symlinkSync('/etc/passwd', join(folder, 'cpu/online'));
      },
      'cpu/online: leads out of the directory by a link, which is not followed',
    ],
    [
      'with a FIFO that no one writes to',
      (folder) => {
        mkdirSync(join(folder, 'cpu/cpu0/topology'), { recursive: true });
        execFileSync('mkfifo', [join(folder, 'cpu/cpu0/topology/core_cpus_list')]);
      },
      'cpu/cpu0/topology/core_cpus_list: is no regular file',
    ],
    [
      'with a list of 2^32 CPUs',
      (folder) => writeFileSync(join(folder, 'cpu/possible'), '0-4294967295\n'),
      'cpu/possible: "0-4294967295": CPU 4294967295 is beyond 1,048,575',
    ],
    [
      'with a file of 20 MB',
      (folder) => writeFileSync(join(folder, 'cpu/possible'), '0'.repeat(20 * MIB)),
      'cpu/possible: larger than 4 MiB',
    ],
  ])('%s', async (_, spoil, line) => {
    const folder = directory();
    spoil(folder);
    expectOneLine(await measure(['topology', 'import', folder]), folder, line);
  });
});
