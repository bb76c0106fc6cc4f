/** `rss-err bound` as a user runs it: whole outputs, machine formats against each other, refusals. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { BoundResult } from '../../src/commands/bound/result.ts';
import { runCli } from '../support/cli.ts';
import { answerTo, refusal } from '../support/refusal.ts';
import { temporaryFolder } from '../support/shell.ts';

const OUTPUTS: readonly { of: string; args: readonly string[]; output: string }[] = [
  {
    of: 'one machine',
    args: ['--topology', '250cpu'],
    output: String.raw`rss-err 0.1.0 bound: how far off the reported RSS can be
machine    250cpu: 250 CPUs online, nr_cpu_ids 250, 2 NUMA nodes, sha256
           04672aba47ba
process    5 threads
in flight  at most 2 updates at once, of at most 1 page
error      the raw counters minus what is resident: -low/+high; 1,000
           pages = 3.9 MiB

Worst case of one counter, settled, in pages of 4 KiB
  scheme      formula            stated  exact, 250 CPUs  reached by
  per-thread  64 * threads        +-320           -330/0   5 threads
  per-cpu     500 * CPUs      +-125,000        +-124,750    250 CPUs
  per-numa    32 * nodes [1]       +-64             +-62     2 nodes
  tree        32 * 768         +-24,576        -22,086/0    250 CPUs

Updates in flight, one counter, in pages of 4 KiB
  scheme        settled       2 running       1 stalled
  per-thread     -330/0          -330/0          -330/0
  per-cpu     +-124,750       +-124,750       +-124,750
  per-numa         +-62    no bound [1]    no bound [1]
  tree        -22,086/0  -24,135/+2,049  -24,134/+2,048

RSS (file + anon + shmem), in pages of 4 KiB
  scheme         stated  exact, 250 CPUs       2 running
  per-thread      +-320           -330/0          -330/0
  per-cpu     +-375,000        +-374,250       +-374,250
  per-numa        +-192            +-186    no bound [1]
  tree         +-73,728        -66,258/0  -68,307/+2,049

Memory of one process, in bytes
  scheme      mm_struct  per-CPU  tree items  tasks   total
  per-thread         32        -           -    100     132
  per-cpu           160    4,000           -      -   4,160
  per-numa        1,056        -           -      -   1,056
  tree              192    4,000       9,472      -  13,664

Over all CPUs the exact worst case of tree is 5.6 times below that of
per-cpu (86.3 against 487.3 MiB). With the first k of the online CPUs
used, in ascending order, the exact worst case of tree is above that of
per-cpu for k = 1 to 29, below it for k = 30 to 250.
what the columns are: rss-err bound --help
[1] for updates one after the other; one burst of 2 on a node: up to 64
    pages off; burst after burst: no bound
per-thread: up to 66 faults a thread are held back (stated: 64), one
    page each; where fault-around maps 16, 1,056 pages a thread
memory: four counters, without the rounding of allocators; 64-bit, cache
    lines of 64 bytes, CPU hotplug, no debug options; per-thread: Linux
    6.1, include/linux/mm_types_task.h; per-cpu: Linux 6.2 and later,
    include/linux/percpu_counter.h; per-numa: RFC v2 of 31 March 2025,
    include/linux/mm_types.h (proposed); tree: tree series v4,
    include/linux/percpu_counter_tree.h, lib/percpu_counter_tree.c
    (proposed)
reproduce:
  rss-err bound --topology 250cpu --threads 5 --in-flight 2 \
    --update-pages 1
`,
  },
  {
    of: 'some of its CPUs, and what a reader of a small process sees',
    args: [
      '--used',
      '0-3',
      '--size',
      '100MiB',
      '--unit',
      'MiB',
      '--scheme',
      'tree',
      '--scheme',
      'per-cpu',
    ],
    output: String.raw`rss-err 0.1.0 bound: how far off the reported RSS can be
machine    250cpu: 250 CPUs online, nr_cpu_ids 250, 2 NUMA nodes, sha256
           04672aba47ba
used       CPUs 0-3; updates in flight and how low are of these alone
process    5 threads, 25,600 pages (100.0 MiB)
in flight  at most 2 updates at once, of at most 1 page
error      the raw counters minus what is resident: -low/+high

Worst case of one counter, settled, in MiB
  scheme   formula      stated  exact, 250 CPUs     4 used  reached by
  tree     32 * 768     +-96.0        -86.3/0.0  -32.0/0.0    250 CPUs
  per-cpu  500 * CPUs  +-488.3          +-487.3      +-7.8    250 CPUs

Updates in flight, one counter, 4 used, in MiB
  scheme     settled   2 running   1 stalled
  tree     -32.0/0.0  -40.0/+8.0  -40.0/+8.0
  per-cpu      +-7.8       +-7.8       +-7.8

RSS (file + anon + shmem), in MiB
  scheme      stated  exact, 250 CPUs     4 used    2 running
  tree       +-288.0       -258.8/0.0  -96.0/0.0  -104.0/+8.0
  per-cpu  +-1,464.8        +-1,461.9     +-23.4       +-23.4

How low of 25,600 pages (100.0 MiB), settled, 4 used, in MiB
  scheme   one counter, raw  as read  RSS, raw  as read
  tree                -32.0    -32.0     -96.0    -96.0
  per-cpu              -7.8     -7.8     -23.4    -23.4

Memory of one process, in bytes
  scheme   mm_struct  per-CPU  tree items  tasks   total
  tree           192    4,000       9,472      -  13,664
  per-cpu        160    4,000           -      -   4,160

Over all CPUs the exact worst case of tree is 5.6 times below that of
per-cpu (86.3 against 487.3 MiB), over the 4 used 4.1 times above it
(32.0 against 7.8 MiB). With the first k of the online CPUs used, in
ascending order, the exact worst case of tree is above that of per-cpu
for k = 1 to 29, below it for k = 30 to 250.
what the columns are: rss-err bound --help
memory: four counters, without the rounding of allocators; 64-bit, cache
    lines of 64 bytes, CPU hotplug, no debug options; tree: tree series
    v4, include/linux/percpu_counter_tree.h, lib/percpu_counter_tree.c
    (proposed); per-cpu: Linux 6.2 and later,
    include/linux/percpu_counter.h
reproduce:
  rss-err bound --topology 250cpu --used 0-3 --threads 5 \
    --scheme tree --scheme per-cpu --in-flight 2 --update-pages 1 \
    --size 25600 --unit MiB
`,
  },
  {
    of: 'machines of named sizes',
    args: [
      '--cpus',
      '64,250,256,384',
      '--scheme',
      'tree',
      '--scheme',
      'per-cpu',
      '--in-flight',
      '8',
      '--update-pages',
      '512',
    ],
    output: String.raw`rss-err 0.1.0 bound: how far off the reported RSS can be
machines   N = 64,250,256,384 (4 values): CPUs 0 to N - 1, all of them
           possible and online, over 2 NUMA nodes
process    5 threads
in flight  at most 8 updates at once, of at most 512 pages
error      the raw counters minus what is resident: -low/+high; 1,000
           pages = 3.9 MiB

Stated bound of one counter, in pages of 4 KiB
  CPUs      tree    per-cpu
    64   +-6,144    +-8,192
   250  +-24,576  +-125,000
   256  +-24,576  +-131,072
   384  +-49,152  +-294,912

Exact worst case of one counter, settled, in pages of 4 KiB
  CPUs       tree    per-cpu
    64   -5,056/0    +-8,128
   250  -22,086/0  +-124,750
   256  -22,272/0  +-130,816
   384  -40,576/0  +-294,528

Exact worst case of one counter, 8 running, in pages of 4 KiB
  CPUs             tree
    64    -9,152/+4,096
   250  -36,934/+14,848
   256  -37,120/+14,848
   384  -55,424/+14,848

Memory of one process, in bytes
  CPUs    tree  per-cpu
    64   6,592    1,184
   250  13,664    4,160
   256  13,760    4,256
   384  25,024    6,304

Growth of the exact worst case over N = 64 to 384: residuals
  scheme    a*N  a*N*log2(N)   a*N^2  best
  tree     9.4%         5.7%     13%  a*N*log2(N), a = 11.7
  per-cpu   22%          17%  0.034%  a*N^2, a = 2

Over machines of N CPUs the exact worst case of tree is below that of
per-cpu for N = 64 to 384 (4 values). Over N = 64 to 384 tree has 3
levels: over another range another curve can fit best.
what the columns are: rss-err bound --help
RSS (file + anon + shmem): 3 times the figures of one counter
memory: four counters, without the rounding of allocators; 64-bit, cache
    lines of 64 bytes, CPU hotplug, no debug options; tree: tree series
    v4, include/linux/percpu_counter_tree.h, lib/percpu_counter_tree.c
    (proposed); per-cpu: Linux 6.2 and later,
    include/linux/percpu_counter.h
reproduce:
  rss-err bound --cpus 64,250,256,384 --nodes 2 --threads 5 \
    --scheme tree --scheme per-cpu --in-flight 8 --update-pages 512
`,
  },
  {
    of: 'a range, of which the readable rows are printed',
    args: ['--cpus', '8..66', '--scheme', 'tree', '--scheme', 'per-cpu', '--in-flight', '0'],
    output: String.raw`rss-err 0.1.0 bound: how far off the reported RSS can be
machines   N = 8..66 (59 values): CPUs 0 to N - 1, all of them possible
           and online, over 2 NUMA nodes
process    5 threads
in flight  no update
error      the raw counters minus what is resident: -low/+high; 1,000
           pages = 3.9 MiB

Stated bound of one counter, in pages of 4 KiB
  CPUs      tree  per-cpu
     8     +-768    +-256
     9   +-1,536    +-288
    16   +-1,536    +-512
    17   +-3,072    +-578
    32   +-3,072  +-2,048
    33   +-6,144  +-2,178
    64   +-6,144  +-8,192
    65  +-12,288  +-8,450
    66  +-12,288  +-8,712

Exact worst case of one counter, settled, in pages of 4 KiB
  CPUs      tree  per-cpu
     8    -504/0    +-248
     9    -919/0    +-279
    16  -1,136/0    +-496
    17  -2,063/0    +-561
    32  -2,528/0  +-2,016
    33  -4,095/0  +-2,145
    64  -5,056/0  +-8,128
    65  -8,671/0  +-8,385
    66  -8,702/0  +-8,646

Memory of one process, in bytes
  CPUs   tree  per-cpu
     8  2,112      288
     9  2,128      304
    16  2,240      416
    17  3,280      432
    32  3,520      672
    33  6,096      688
    64  6,592    1,184
    65  6,608    1,200
    66  6,624    1,216

Growth of the exact worst case over N = 8 to 66: residuals
  scheme   a*N  a*N*log2(N)  a*N^2  best
  tree     17%          19%    31%  a*N, a = 95.4
  per-cpu  25%          17%  0.84%  a*N^2, a = 1.98

Steps of tree, one counter, in pages of 4 KiB
  CPUs  levels    stated     exact  stated/exact
    15       3   +-1,536  -1,105/0           1.4
    16       3   +-1,536  -1,136/0           1.4
    17       3   +-3,072  -2,063/0           1.5
    31       3   +-3,072  -2,497/0           1.2
    32       3   +-3,072  -2,528/0           1.2
    33       3   +-6,144  -4,095/0           1.5
    63       3   +-6,144  -5,025/0           1.2
    64       3   +-6,144  -5,056/0           1.2
    65       3  +-12,288  -8,671/0           1.4

Over machines of N CPUs the exact worst case of tree is above that of
per-cpu for N = 8 to 47, 65 and 66, equal to it for N = 48, below it for
N = 49 to 64. Over N = 8 to 66 tree has 3 levels: over another range
another curve can fit best.
what the columns are: rss-err bound --help
RSS (file + anon + shmem): 3 times the figures of one counter
memory: four counters, without the rounding of allocators; 64-bit, cache
    lines of 64 bytes, CPU hotplug, no debug options; tree: tree series
    v4, include/linux/percpu_counter_tree.h, lib/percpu_counter_tree.c
    (proposed); per-cpu: Linux 6.2 and later,
    include/linux/percpu_counter.h
reproduce:
  rss-err bound --cpus 8..66 --nodes 2 --threads 5 --scheme tree \
    --scheme per-cpu --in-flight 0 --update-pages 1
`,
  },
  {
    of: 'one CPU, settled',
    args: ['--topology', '1cpu', '--in-flight', '0', '--scheme', 'tree', '--scheme', 'atomic'],
    output: String.raw`rss-err 0.1.0 bound: how far off the reported RSS can be
machine    1cpu: 1 CPU online, nr_cpu_ids 1, 1 NUMA node, sha256
           7ec41bd8be8c
process    5 threads
in flight  no update
error      the raw counters minus what is resident: -low/+high; 1,000
           pages = 3.9 MiB

Worst case of one counter, settled, in pages of 4 KiB
  scheme  formula  stated  exact, 1 CPU  reached by
  tree    32 * 0        0             0           -
  atomic  0             0             0           -

RSS (file + anon + shmem), in pages of 4 KiB
  scheme  stated  exact, 1 CPU
  tree         0             0
  atomic       0             0

Memory of one process, in bytes
  scheme  mm_struct  per-CPU  tree items  tasks  total
  tree          192       16           -      -    208
  atomic         32        -           -      -     32

what the columns are: rss-err bound --help
memory: four counters, without the rounding of allocators; 64-bit, cache
    lines of 64 bytes, CPU hotplug, no debug options; tree: tree series
    v4, include/linux/percpu_counter_tree.h, lib/percpu_counter_tree.c
    (proposed); atomic: one atomic_long_t a member (no kernel)
reproduce:
  rss-err bound --topology 1cpu --threads 5 --scheme tree \
    --scheme atomic --in-flight 0 --update-pages 1
`,
  },
];

/** Columns are only ever added at the end: those that were there first stay, in their order. */
const FIRST_COLUMNS =
  'format,version,topology,topology_sha256,online_cpus,nr_cpu_ids,numa_nodes,page_size_bytes,threads,updates_in_flight,pages_an_update,size_pages,used_cpulist,used_cpus,scheme,levels,stated_under_pages,stated_over_pages,stated_rss_under_pages,stated_rss_over_pages,exact_under_pages,exact_over_pages';

it('a range as CSV has a row a machine, of figures under their columns', async () => {
  const { stdout } = await runCli(
    'bound --cpus 250,384 --scheme tree:version=17 --format csv'.split(' '),
  );
  expect(stdout.startsWith(`${FIRST_COLUMNS},`)).toBe(true);
  const rows: object[] = parseCsv(stdout, { columns: true });
  const both = { format: 'rss-err/bound@2', scheme: 'tree:version=17', levels: '3' };
  expect(rows).toMatchObject([
    {
      ...{ ...both, online_cpus: '250', nr_cpu_ids: '250', numa_nodes: '2', threads: '5' },
      ...{ stated_under_pages: '24576', stated_over_pages: '23808' },
      ...{ stated_rss_under_pages: '73728', exact_under_pages: '22086', exact_over_pages: '0' },
      ...{ exact_rss_under_pages: '66258', exact_reached_by: '250', exact_reached_by_what: 'CPUs' },
      ...{ running_under_pages: '24135', running_over_pages: '2049', stalled_over_pages: '2048' },
      ...{ exact_used_under_pages: '', seen_under_pages: '', burst_under_pages: '' },
      ...{ mm_struct_bytes: '256', per_cpu_bytes: '8000', total_bytes: '17728' },
      ...{ scheme_batch: '32', scheme_version: '17', scheme_mapping: 'kernel', scheme_kernel: '' },
    },
    {
      ...{ ...both, online_cpus: '384', stated_under_pages: '49152', exact_under_pages: '40576' },
      ...{ running_under_pages: '42625', tree_items_bytes: '18688', total_bytes: '31232' },
    },
  ]);
});

describe('the bounds of', () => {
  it.each(OUTPUTS)('$of', async ({ args, output }) => {
    const { stdout, stderr, code } = await runCli(['bound', ...args]);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toBe(output);
  });
});

/** The arguments of the command below "reproduce:". */
function lastWords(stdout: string): string[] {
  const [, command = ''] = stdout.split('reproduce:\n');
  return command.replaceAll('\\\n', ' ').trim().split(/\s+/).slice(1);
}

describe('text', () => {
  const variants = ['per-cpu:batch=32', 'tree:batch=16,version=17', 'tree:mapping=logical'];
  const wide = variants.flatMap((name) => ['--scheme', name]);

  it.each([
    [[]],
    [['--topology', '8192cpu', '--in-flight', '100', '--update-pages', '8192']],
    [['--used', 'node:0', '--size', '512GiB']],
    [['--topology', '8192cpu', '--used', '0-4095', ...wide]],
    [['--cpus', '8..8192']],
    [
      [
        '--cpus',
        '1..1024',
        '--size',
        '1GiB',
        ...wide,
        '--scheme',
        'per-thread',
        '--scheme',
        'atomic',
      ],
    ],
    [['--cpus', '1000000,1048576', '--threads', '100000']],
  ])('is ASCII of at most 72 columns: %j', async (args) => {
    const { stdout, code } = await runCli(['bound', ...args, '--format', 'ascii']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[\n\x20-\x7e]*$/);
    expect(stdout.split('\n').filter((line) => line.length > 72)).toEqual([]);
    expect(stdout.split('\n').filter((line) => line.endsWith(' '))).toEqual([]);
  });

  it.each([
    [['--used', '0-3,7', '--size', '100MiB', '--threads', '2', '--in-flight', '0']],
    [['--cpus', '8..64,100', '--nodes', '4', '--scheme', 'tree:batch=16', '--page-size', '64K']],
  ])('gives the command that gives it again: %j', async (args) => {
    const { stdout } = await runCli(['bound', ...args]);
    expect((await runCli(lastWords(stdout))).stdout).toBe(stdout);
  });

  it('has boxes and colour where they are asked for, and Markdown its tables', async () => {
    const env = { LC_ALL: 'C.UTF-8' };
    const coloured = await runCli(['bound', '--color', 'always'], { env });
    expect(coloured.stdout).toContain('┌');
    expect(coloured.stdout).toContain('\x1b[1mscheme');
    const plain = await runCli(['bound']);
    const title = plain.stdout
      .split('\n')
      .find((line) => line.startsWith('Worst case of one counter'));
    expect(coloured.stdout.split('\n')).toContain(`\x1b[1m${title}\x1b[22m`);
    const markdown = await runCli(['bound', '--format', 'markdown']);
    expect(markdown.stdout).toContain('| tree       | 32 * 768       |  ±24,576 |');
  });

  it('has boxes of ASCII where the locale is another', async () => {
    const env = { LC_ALL: 'C', LANG: 'en_GB.UTF-8' };
    const { stdout } = await runCli(['bound', '--color', 'always'], { env });
    expect(stdout).toMatch(/^\+-+\+-+\+/m);
    expect(Buffer.byteLength(stdout)).toBe(stdout.length);
  });

  it('goes to a file', async () => {
    const cwd = temporaryFolder();
    const { stdout } = await runCli(['bound', '--cpus', '8,16']);
    const written = await runCli(['bound', '--cpus', '8,16', '--output', 'bounds.txt'], { cwd });
    expect(written).toMatchObject({ stdout: '', stderr: '', code: 0 });
    expect(readFileSync(join(cwd, 'bounds.txt'), 'utf8')).toBe(stdout);
  });
});

describe('machine formats', () => {
  const args = ['bound', '--cpus', '1..300', '--size', '50', '--threads', '3'];

  it('CSV and TSV say what JSON says', async () => {
    const json = await runCli([...args, '--format', 'json']);
    const result: BoundResult = JSON.parse(json.stdout);
    const all = result.schemes;
    expect(all.length).toBe(4 * 300);
    for (const [format, delimiter] of [
      ['csv', ','],
      ['tsv', '\t'],
    ] as const) {
      const { stdout } = await runCli([...args, '--format', format]);
      const rows: Record<string, string>[] = parseCsv(stdout, { columns: true, delimiter });
      expect(rows.length).toBe(all.length);
      rows.forEach((record, i) => {
        const row = all[i]!;
        expect(record).toMatchObject({
          format: 'rss-err/bound@2',
          online_cpus: `${row.onlineCpus}`,
          scheme: row.name,
          threads: '3',
          size_pages: '50',
          levels: `${row.levels ?? ''}`,
          stated_over_pages: `${row.stated.over}`,
          stated_rss_under_pages: `${row.stated.rss.under}`,
          exact_under_pages: `${row.exact.under}`,
          exact_rss_over_pages: `${row.exact.rss.over}`,
          exact_reached_by: `${row.exact.reachedBy.count}`,
          exact_reached_by_what: row.exact.reachedBy.of,
          exact_used_under_pages: '',
          running_under_pages: `${row.inFlight.running?.under ?? ''}`,
          stalled_rss_over_pages: `${row.inFlight.stalled?.rss.over ?? ''}`,
          burst_over_pages: `${row.inFlight.burst?.over ?? ''}`,
          seen_rss_under_pages: `${row.seen?.rss.under}`,
          tree_items_bytes: `${row.memory.items}`,
          total_bytes: `${row.memory.total}`,
        });
      });
    }
  });

  it('NDJSON is the JSON document in lines', async () => {
    const json = await runCli([...args, '--format', 'json']);
    const { schemes, crossings, growth, staircase }: BoundResult = JSON.parse(json.stdout);
    const { stdout } = await runCli([...args, '--format', 'ndjson']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const of = (type: string) =>
      lines
        .filter((line) => line.type === type)
        .map(({ format: _format, type: _type, ...rest }) => rest);
    expect(of('run').length).toBe(1);
    expect(of('scheme')).toEqual(schemes);
    expect(of('crossing')).toEqual(crossings);
    expect(of('growth')).toEqual(growth);
    expect(of('staircase')).toEqual(staircase);
  });

  it('have the machines beside powers of two alone of a very long range, and say so', async () => {
    const { stdout, stderr } = await runCli(['bound', '--cpus', '1..10001', '--format', 'csv']);
    expect(stderr).toContain(
      'rss-err: note: --cpus 1..10001: 10001 machines, of which those beside',
    );
    expect(stdout.trimEnd().split('\n').length).toBeLessThan(200);
  });

  it('are in pages, whatever the unit of tables', async () => {
    const plain = await runCli([...args, '--format', 'json']);
    const inMiB = await runCli([...args, '--format', 'json', '--unit', 'MiB']);
    expect(inMiB.stdout).toBe(plain.stdout);
  });
});

describe('a fault is told in one line, exit code 2:', () => {
  it.each([
    [
      '--cpus',
      '0',
      '--cpus 0: "0" is no number of CPUs from 1 to 1048576 or range such as 8..8192 (see rss-err bound --help)',
    ],
    [
      '--cpus',
      '8..4',
      '--cpus 8..4: "8..4" is no number of CPUs from 1 to 1048576 or range such as 8..8192 (see rss-err bound --help)',
    ],
    ['--cpus', '8,8', '--cpus 8,8: 8 is there twice (see rss-err bound --help)'],
    ['--nodes', '2', '--nodes goes with --cpus (see rss-err bound --help)'],
    [
      '--used',
      '0-300',
      '--used 0-300: CPU 250 is not on-line: 250cpu has 0-249 (see rss-err bound --help)',
    ],
    [
      '--used',
      'node:7',
      '--used node:7: 250cpu has no node 7 (there are 0, 1) (see rss-err bound --help)',
    ],
    [
      '--in-flight',
      '-1',
      '--in-flight -1: "-1" is not a whole number from 0 to 65536 (see rss-err bound --help)',
    ],
    [
      '--update-pages',
      '0',
      '--update-pages 0: "0" is not a whole number from 1 to 1048576 (see rss-err bound --help)',
    ],
    [
      '--size',
      '5KiB',
      '--size 5KiB: "5KiB" is not a whole number of pages of 4 KiB (see rss-err bound --help)',
    ],
    [
      '--threads',
      '0',
      '--threads 0: "0" is not a whole number from 1 to 1048576 (see rss-err bound --help)',
    ],
  ])('%s %s', async (flag, value, line) => {
    const fault = { fault: flag, args: ['bound', flag, value], line };
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });

  it.each([
    [
      ['--topology', '8cpu', '--cpus', '8'],
      '--topology and --cpus: expected one of the two (see rss-err bound --help)',
    ],
    [
      ['--cpus', '8..64', '--used', '6-8'],
      '--used 6-8: expected CPUs from 0 to 7, which each machine of --cpus 8..64 has (see rss-err bound --help)',
    ],
    [
      ['--cpus', '8', '--used', 'node:0'],
      '--used node:0: with --cpus expected a cpulist such as 0-3 (see rss-err bound --help)',
    ],
    [
      ['--scheme', 'tree', '--scheme', 'tree:batch=32'],
      '--scheme tree is given twice (see rss-err bound --help)',
    ],
    [
      ['--cpus', '8..300', '--scheme', 'tree:arity=4x4x4x4'],
      'tree:arity=4x4x4x4 covers 256 CPUs: nr_cpu_ids is 257, so the product must be at least 512 (see rss-err bound --help)',
    ],
  ])('%j', async (args, line) => {
    const fault = { fault: 'together', args: ['bound', ...args], line };
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });
});
