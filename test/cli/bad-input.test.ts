/** Every fault of a command line: one line with option, value and rule; exit code 2, nothing written. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { answerTo, bundledList, type Fault, machineText, refusal } from '../support/refusal.ts';
import { temporaryFolder } from '../support/shell.ts';

/** `compare` with some options: [fault, options, line]. */
function comparing(rows: readonly (readonly [string, readonly string[], string])[]): Fault[] {
  return rows.map(([fault, options, line]) => ({ fault, args: ['compare', ...options], line }));
}

describe('a scheme', () => {
  const listed =
    'expected one of atomic, per-thread, per-cpu, per-numa, tree, two-level, lazy, atomic-until-threaded, stash';
  const arities = 'expected arities such as 4x4x4x4, each a power of two from 2 up';

  it.concurrent.each(
    comparing([
      [
        'an unknown one',
        ['--scheme', 'percpu'],
        '--scheme percpu: unknown scheme "percpu": did you mean "per-cpu"? (see rss-err compare --help)',
      ],
      [
        'an unknown one with parameters',
        ['--scheme', 'trees:batch=16'],
        '--scheme trees:batch=16: unknown scheme "trees": did you mean "tree"? (see rss-err compare --help)',
      ],
      [
        'one in capitals',
        ['--scheme', 'Tree'],
        '--scheme Tree: unknown scheme "Tree": did you mean "tree"? (see rss-err compare --help)',
      ],
      [
        'two in one',
        ['--scheme', 'tree,per-cpu'],
        '--scheme tree,per-cpu: unknown scheme "tree,per-cpu": expected one; another has a --scheme of its own (see rss-err compare --help)',
      ],
      [
        'no name',
        ['--scheme', ''],
        `--scheme : unknown scheme "": ${listed} (see rss-err compare --help)`,
      ],
      [
        'an unknown parameter',
        ['--scheme', 'tree:bacth=16'],
        '--scheme tree:bacth=16: unknown parameter "bacth": did you mean "batch"? (see rss-err compare --help)',
      ],
      [
        'an unknown parameter of per-cpu',
        ['--scheme', 'per-cpu:size=16'],
        '--scheme per-cpu:size=16: unknown parameter "size": expected one of batch, kernel (see rss-err compare --help)',
      ],
      [
        'a parameter of a scheme without any',
        ['--scheme', 'per-thread:batch=1'],
        '--scheme per-thread:batch=1: unknown parameter "batch": per-thread takes no parameters (see rss-err compare --help)',
      ],
      [
        'a parameter without a value',
        ['--scheme', 'tree:batch'],
        '--scheme tree:batch: "batch" is not of the form key=value (see rss-err compare --help)',
      ],
      [
        'a parameter without a name',
        ['--scheme', 'tree:=16'],
        '--scheme tree:=16: "=16" is not of the form key=value (see rss-err compare --help)',
      ],
      [
        'a parameter twice',
        ['--scheme', 'tree:batch=16,batch=32'],
        '--scheme tree:batch=16,batch=32: "batch" is given twice (see rss-err compare --help)',
      ],
      [
        'a batch of 0',
        ['--scheme', 'tree:batch=0'],
        'tree:batch=0: "0" is not a whole number from 2 to 1073741824 (see rss-err compare --help)',
      ],
      [
        'a batch of 1',
        ['--scheme', 'tree:batch=1'],
        'tree:batch=1: "1" is not a whole number from 2 to 1073741824 (see rss-err compare --help)',
      ],
      [
        'a negative batch',
        ['--scheme', 'tree:batch=-2'],
        'tree:batch=-2: "-2" is not a whole number from 2 to 1073741824 (see rss-err compare --help)',
      ],
      [
        'a batch that is not a power of two',
        ['--scheme', 'tree:batch=48'],
        'tree:batch=48: 48 is not a power of two (see rss-err compare --help)',
      ],
      [
        'a batch with an exponent',
        ['--scheme', 'tree:batch=1e3'],
        'tree:batch=1e3: "1e3" is not a whole number from 2 to 1073741824 (see rss-err compare --help)',
      ],
      [
        'a batch that overflows',
        ['--scheme', 'tree:batch=99999999999999999999'],
        'tree:batch=99999999999999999999: "99999999999999999999" is not a whole number from 2 to 1073741824 (see rss-err compare --help)',
      ],
      [
        'a batch too large for the tree',
        ['--scheme', 'tree:batch=1073741824'],
        'tree:batch=1073741824 is too large for 250 CPUs: batch × 768 must stay within 2147483648 pages (see rss-err compare --help)',
      ],
      [
        'an empty batch',
        ['--scheme', 'per-cpu:batch='],
        'per-cpu:batch=: "" is not a whole number from 1 to 1073741824 (see rss-err compare --help)',
      ],
      [
        'a batch of 0 of per-numa',
        ['--scheme', 'per-numa:batch=0'],
        'per-numa:batch=0: "0" is not a whole number from 1 to 1073741824 (see rss-err compare --help)',
      ],
      [
        'arities that do not cover the CPUs',
        ['--scheme', 'tree:arity=4x4'],
        'tree:arity=4x4 covers 16 CPUs: nr_cpu_ids is 250, so the product must be at least 256 (see rss-err compare --help)',
      ],
      [
        'an arity that is not a power of two',
        ['--scheme', 'tree:arity=3x128'],
        `tree:arity=3x128: ${arities} (see rss-err compare --help)`,
      ],
      [
        'an arity of 1',
        ['--scheme', 'tree:arity=1x256'],
        `tree:arity=1x256: ${arities} (see rss-err compare --help)`,
      ],
      [
        'no arities',
        ['--scheme', 'tree:arity='],
        `tree:arity=: ${arities} (see rss-err compare --help)`,
      ],
      [
        'arities beyond the table',
        ['--scheme', 'tree:arity=1024x2048'],
        'tree:arity=1024x2048: the product is more than 1,048,576 (see rss-err compare --help)',
      ],
      [
        'an unknown version',
        ['--scheme', 'tree:version=5'],
        'tree:version=5: "5" is not one of 2, 4, 17, 17-fixed, mm-tree (see rss-err compare --help)',
      ],
      [
        'an unknown mapping',
        ['--scheme', 'tree:mapping=numa'],
        'tree:mapping=numa: "numa" is not one of kernel, high, logical (see rss-err compare --help)',
      ],
      [
        'one given twice',
        ['--scheme', 'tree', '--scheme', 'atomic', '--scheme', 'tree'],
        '--scheme tree is given twice (see rss-err compare --help)',
      ],
      [
        'one given twice in other words',
        ['--scheme', 'tree', '--scheme', 'tree:batch=32,mapping=kernel'],
        '--scheme tree is given twice (see rss-err compare --help)',
      ],
    ]),
  )('is refused: $fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });
});

describe('the value of an option', () => {
  const formats =
    'table, ascii, markdown, csv, tsv, json, ndjson, svg, png, html, vega (see rss-err compare --help)';
  const mapping =
    'pages such as 64 (1 to 64) or 8-64, at most 2147483647 (see rss-err compare --help)';

  it.concurrent.each(
    comparing([
      ['an unknown format', ['--format', 'yaml'], `--format yaml: "yaml" is not one of ${formats}`],
      ['an empty format', ['--format', ''], `--format : "" is not one of ${formats}`],
      [
        'an unknown unit',
        ['--unit', 'MB'],
        '--unit MB: "MB" is not one of pages, KiB, MiB, auto (see rss-err compare --help)',
      ],
      [
        'an unknown preset',
        ['--preset', 'server'],
        '--preset server: "server" is not one of service, hop (see rss-err compare --help)',
      ],
      [
        'an unknown policy',
        ['--policy', 'random'],
        '--policy random: "random" is not one of uniform, sticky, local, round-robin, pinned, wake-affine, load-balance (see rss-err compare --help)',
      ],
      [
        'an unknown pattern',
        ['--pattern', 'saw'],
        '--pattern saw: "saw" is not one of slots, steady, sawtooth, grow, handoff, leak (see rss-err compare --help)',
      ],
      [
        'an unknown page size',
        ['--page-size', '8K'],
        '--page-size 8K: "8K" is not one of 4K, 16K, 64K (see rss-err compare --help)',
      ],
      [
        'an unknown reading',
        ['--reading', 'exact'],
        '--reading exact: "exact" is not one of clamped, raw (see rss-err compare --help)',
      ],
      [
        'an unknown scope',
        ['--policy', 'local', '--local-to', 'core'],
        '--local-to core: "core" is not one of cache, node (see rss-err compare --help)',
      ],
      [
        'an unknown use of colour',
        ['--color', 'sometimes'],
        '--color sometimes: "sometimes" is not one of auto, always, never (see rss-err compare --help)',
      ],

      [
        'no threads',
        ['--threads', '0'],
        '--threads 0: "0" is not a whole number from 1 to 1048576 (see rss-err compare --help)',
      ],
      [
        'a negative number of threads',
        ['--threads', '-1'],
        '--threads -1: "-1" is not a whole number from 1 to 1048576 (see rss-err compare --help)',
      ],
      [
        'half a thread',
        ['--threads', '1.5'],
        '--threads 1.5: "1.5" is not a whole number from 1 to 1048576 (see rss-err compare --help)',
      ],
      [
        'a thread too many',
        ['--threads', '1048577'],
        '--threads 1048577: "1048577" is not a whole number from 1 to 1048576 (see rss-err compare --help)',
      ],
      [
        'no operations',
        ['--operations', '0'],
        '--operations 0: "0" is not a whole number from 1 to 1000000000000 (see rss-err compare --help)',
      ],
      [
        'an operation too many',
        ['--operations', '1000000000001'],
        '--operations 1000000000001: "1000000000001" is not a whole number from 1 to 1000000000000 (see rss-err compare --help)',
      ],
      [
        'operations with an exponent that leaves no whole number',
        ['--operations', '1.23e1'],
        '--operations 1.23e1: "1.23e1" is not a whole number from 1 to 1000000000000 (see rss-err compare --help)',
      ],
      [
        'a negative seed',
        ['--seed', '-1'],
        '--seed -1: "-1" is not a whole number from 0 to 9007199254740991 (see rss-err compare --help)',
      ],
      [
        'a seed that a double does not hold',
        ['--seed', '9007199254740992'],
        '--seed 9007199254740992: "9007199254740992" is not a whole number from 0 to 9007199254740991 (see rss-err compare --help)',
      ],
      [
        'a word for a seed',
        ['--seed', 'random'],
        '--seed random: "random" is not a whole number from 0 to 9007199254740991 (see rss-err compare --help)',
      ],
      [
        'no slots',
        ['--preset', 'hop', '--slots', '0'],
        '--slots 0: "0" is not a whole number from 1 to 16777216 (see rss-err compare --help)',
      ],
      [
        'a slot too many',
        ['--preset', 'hop', '--slots', '16777217'],
        '--slots 16777217: "16777217" is not a whole number from 1 to 16777216 (see rss-err compare --help)',
      ],
      [
        'a run length of 0',
        ['--run-length', '0'],
        '--run-length 0: "0" is not a whole number from 1 to 2147483648 (see rss-err compare --help)',
      ],
      [
        'a run length that overflows',
        ['--run-length', '4294967296'],
        '--run-length 4294967296: "4294967296" is not a whole number from 1 to 2147483648 (see rss-err compare --help)',
      ],
      ['a mapping of 0 pages', ['--mapping', '0'], `--mapping 0: "0" is not ${mapping}`],
      ['a mapping that runs down', ['--mapping', '8-4'], `--mapping 8-4: "8-4" is not ${mapping}`],
      [
        'a mapping that overflows',
        ['--mapping', '2147483648'],
        `--mapping 2147483648: "2147483648" is not ${mapping}`,
      ],
      [
        'a size of 0',
        ['--size', '0'],
        '--size 0: 0 pages: expected 1 to 2147483647 pages (see rss-err compare --help)',
      ],
      [
        'a size that overflows',
        ['--size', '2147483648'],
        '--size 2147483648: 2147483648 pages: expected 1 to 2147483647 pages (see rss-err compare --help)',
      ],
      [
        'a size in GiB that overflows',
        ['--size', '9000GiB'],
        '--size 9000GiB: 2359296000 pages: expected 1 to 2147483647 pages (see rss-err compare --help)',
      ],
      [
        'a size in no unit',
        ['--size', '100Mb'],
        '--size 100Mb: "100Mb" is not a size such as 25600 (pages), 512KiB or 100MiB (see rss-err compare --help)',
      ],
      [
        'a size of half a page',
        ['--size', '2KiB'],
        '--size 2KiB: "2KiB" is not a whole number of pages of 4 KiB (see rss-err compare --help)',
      ],
      [
        'a size that is no whole number of the large pages',
        ['--size', '100KiB', '--page-size', '64K'],
        '--size 100KiB: "100KiB" is not a whole number of pages of 64 KiB (see rss-err compare --help)',
      ],
      [
        'a share above 100%',
        ['--huge-share', '100.1%'],
        '--huge-share 100.1%: "100.1%" is not a percentage from 0% to 100% (see rss-err compare --help)',
      ],
      [
        'a negative share',
        ['--policy', 'local', '--stay', '-1'],
        '--stay -1: "-1" is not a percentage from 0% to 100% (see rss-err compare --help)',
      ],
      [
        'a word for a threshold',
        ['--fail-above', 'much'],
        '--fail-above much: "much" is not a size such as 25600 (pages), 512KiB or 100MiB (see rss-err compare --help)',
      ],

      [
        'a CPU that is off-line',
        ['--used', '0-250'],
        '--used 0-250: CPU 250 is not on-line: 250cpu has 0-249 (see rss-err compare --help)',
      ],
      [
        'a node that the machine does not have',
        ['--used', 'node:9'],
        '--used node:9: 250cpu has no node 9 (there are 0, 1) (see rss-err compare --help)',
      ],
      [
        'no CPU',
        ['--used', ''],
        '--used : expected at least one on-line CPU (see rss-err compare --help)',
      ],
      [
        'no cpulist',
        ['--used', 'some'],
        '--used: "some": "some" is no CPU or range; expected a cpulist such as "0-3,8" (see rss-err compare --help)',
      ],
      [
        'a cpulist of too many CPUs',
        ['--used', '0-4294967295'],
        '--used: "0-4294967295": CPU 4294967295 is beyond 1,048,575, the highest there can be (see rss-err compare --help)',
      ],
    ]),
  )('is refused: $fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });

  it('is refused: a format that topology does not have', async () => {
    const { stderr } = await runCli(['topology', 'list', '--format', 'svg']);
    expect(stderr).toBe(
      'rss-err: --format svg: "svg" is not one of text, markdown, csv, tsv, json, ndjson (see rss-err topology list --help)\n',
    );
  });
});

describe('options that do not go together', () => {
  const most = 'a process has at most 2147483647 (see rss-err compare --help)';

  it.concurrent.each(
    comparing([
      [
        'a run length without sticky migration',
        ['--policy', 'uniform', '--run-length', '5'],
        '--run-length goes with --policy sticky or wake-affine (see rss-err compare --help)',
      ],
      [
        'a run length with a preset that does not stick',
        ['--preset', 'hop', '--run-length', '5'],
        '--run-length goes with --policy sticky or wake-affine (see rss-err compare --help)',
      ],
      [
        'a stay without local migration',
        ['--stay', '90%'],
        '--stay goes with --policy local (see rss-err compare --help)',
      ],
      [
        'a scope without local migration',
        ['--local-to', 'node'],
        '--local-to goes with --policy local (see rss-err compare --help)',
      ],
      [
        'slots without the pattern of slots',
        ['--slots', '5'],
        '--slots goes with --pattern slots (see rss-err compare --help)',
      ],
      [
        'a size with the pattern of slots',
        ['--preset', 'hop', '--size', '5'],
        '--size goes with --pattern steady, sawtooth, handoff or leak (see rss-err compare --help)',
      ],
      [
        'a size with a pattern that grows',
        ['--pattern', 'grow', '--size', '5'],
        '--size goes with --pattern steady, sawtooth, handoff or leak (see rss-err compare --help)',
      ],
      [
        'a handoff of one thread',
        ['--pattern', 'handoff', '--threads', '1'],
        'handoff needs at least 2 threads: one allocates, another frees (see rss-err compare --help)',
      ],
      [
        'a handoff of a preset of one thread',
        ['--preset', 'hop', '--pattern', 'handoff'],
        'handoff needs at least 2 threads: one allocates, another frees (see rss-err compare --help)',
      ],
      [
        'slots and a mapping that overflow together',
        ['--preset', 'hop', '--slots', '16777216', '--mapping', '1000'],
        `16777216 slots of up to 1000 pages can reach 16777216000 pages: ${most}`,
      ],
      [
        'a size and a mapping that overflow together',
        ['--size', '2147483647'],
        `a target of 2147483647 pages and a mapping of up to 64 can reach 2147483711 pages: ${most}`,
      ],
      [
        'growth that overflows',
        ['--pattern', 'grow', '--operations', '1000000000'],
        `1000000000 operations of up to 64 pages can reach 64000000000 pages: ${most}`,
      ],
      [
        'growth by huge pages that overflows',
        ['--pattern', 'grow', '--operations', '5000000', '--huge-share', '1%'],
        `5000000 operations of up to 512 pages can reach 2560000000 pages: ${most}`,
      ],
    ]),
  )('are refused: $fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });

  it.concurrent.each<Fault>([
    {
      fault: 'locality to caches that the machine does not describe',
      args: ['compare', '--topology', '-', '--policy', 'local'],
      stdin: machineText({}),
      line: 'local migration: m describes no cache for 4 of the CPUs that threads run on: try --local-to node (see rss-err compare --help)',
    },
    {
      fault: 'a CPU that is there and off-line',
      args: ['compare', '--topology', '-', '--used', '1-2'],
      stdin: machineText({ cpus: { possible: '0-3', online: '0-1,3' } }),
      line: '--used 1-2: CPU 2 is not on-line: m has 0-1,3 (see rss-err compare --help)',
    },
  ])('are refused: $fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });
});

describe('a command line', () => {
  const missing = (option: string) =>
    `option '${option}' argument missing (see rss-err compare --help)`;

  it.concurrent.each<Fault>([
    {
      fault: 'an unknown command',
      args: ['simulate'],
      line: "unknown command 'simulate' (see rss-err --help)",
    },
    {
      fault: 'a misspelt command',
      args: ['comapre'],
      line: "unknown command 'comapre' (Did you mean compare?) (see rss-err --help)",
    },
    {
      fault: 'a misspelt command of topology',
      args: ['topology', 'lst'],
      line: "unknown command 'lst' (Did you mean list?) (see rss-err topology --help)",
    },
    {
      fault: 'an unknown option',
      args: ['compare', '--verbose'],
      line: "unknown option '--verbose' (see rss-err compare --help)",
    },
    {
      fault: 'a misspelt option',
      args: ['compare', '--fromat', 'json'],
      line: "unknown option '--fromat' (Did you mean --format?) (see rss-err compare --help)",
    },
    {
      fault: 'an unknown short option',
      args: ['compare', '-x'],
      line: "unknown option '-x' (see rss-err compare --help)",
    },
    {
      fault: 'a parameter of a scheme as an option',
      args: ['compare', '--batch', '16'],
      line: "unknown option '--batch' (Did you mean --scheme tree:batch=16?) (see rss-err compare --help)",
    },
    {
      fault: 'help of a command that is not there',
      args: ['help', 'nope'],
      line: "unknown command 'nope' (see rss-err --help)",
    },
    {
      fault: 'help of a command of topology that is not there',
      args: ['help', 'topology', 'nope'],
      line: "unknown command 'nope' (see rss-err topology --help)",
    },
    {
      fault: 'a number of CPUs for a machine',
      args: ['compare', '--topology', '384'],
      line: `384: no such file, and no bundled machine of that name: did you mean pu:384? (there are ${bundledList()}) (see rss-err compare --help)`,
    },
    {
      fault: 'an option before its command',
      args: ['--seed', '1', 'compare'],
      line: "unknown option '--seed' (see rss-err --help)",
    },
    {
      fault: 'an argument too many',
      args: ['compare', '250cpu'],
      line: "too many arguments for 'compare'. Expected 0 arguments but got 1. (Did you mean --topology 250cpu?) (see rss-err compare --help)",
    },
    {
      fault: 'an argument too many of show',
      args: ['topology', 'show', '1cpu', '8cpu'],
      line: "too many arguments for 'show'. Expected 1 argument but got 2. (see rss-err topology show --help)",
    },
    {
      fault: 'an argument too few',
      args: ['topology', 'show'],
      line: "missing required argument 'machine' (see rss-err topology show --help)",
    },
    {
      fault: 'an option without its value',
      args: ['compare', '--seed'],
      line: missing('--seed <n>'),
    },
    {
      fault: 'a topology without its value',
      args: ['compare', '--topology'],
      line: missing('--topology <machine>'),
    },
    {
      fault: 'an output without its value',
      args: ['compare', '--output'],
      line: missing('--output <file>'),
    },
  ])('is refused: $fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });
});

describe('an output that cannot be written', () => {
  it.concurrent.each(
    comparing([
      [
        'in a missing folder',
        ['--output', 'missing/result.txt'],
        '--output missing/result.txt: no such folder',
      ],
      [
        'in a folder that is a file',
        ['--output', 'package.json/result.txt'],
        '--output package.json/result.txt: a part of the path is not a directory',
      ],
      ['without a name', ['--output', ''], "--output '': expected the name of a file"],
    ]).map((fault) => ({ ...fault, files: { 'package.json': '{}' } })),
  )('is refused: one $fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });

  it('is refused: a directory', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'folder'));
    const result = await runCli(['compare', '--output', 'folder'], { cwd });
    const stderr = 'rss-err: --output folder: is a directory\n';
    expect(result).toEqual({ code: 2, signal: null, stdout: '', stderr });
    expect(readdirSync(join(cwd, 'folder'))).toEqual([]);
  });

  it('is refused before the work is done, not after it', async () => {
    const start = performance.now();
    const result = await runCli([
      ...['compare', '--operations', '1000000000000', '--output', 'missing/result.txt'],
    ]);
    expect(result.code).toBe(2);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it.skipIf(process.getuid?.() === 0)('is refused: a file that may not be written', async () => {
    const cwd = temporaryFolder({ 'result.txt': 'before\n' });
    chmodSync(join(cwd, 'result.txt'), 0o444);
    const result = await runCli(['compare', '--output', 'result.txt'], { cwd });
    const stderr = 'rss-err: --output result.txt: permission denied\n';
    expect(result).toEqual({ code: 2, signal: null, stdout: '', stderr });
    expect(readFileSync(join(cwd, 'result.txt'), 'utf8')).toBe('before\n');
  });
});

describe('a command that fails', () => {
  const faults: readonly (readonly [string, ...string[]])[] = [
    ['on its machine', '--topology', 'broken.json'],
    ['on a missing machine', '--topology', 'missing.json'],
    ['on a scheme', '--scheme', 'percpu'],
    ['on the shape of the tree', '--scheme', 'tree:arity=4x4'],
    ['on its workload', '--pattern', 'handoff', '--threads', '1'],
    ['on an option', '--verbose'],
  ];

  it.concurrent.each(faults)('%s writes no file', async (_, ...options) => {
    const cwd = temporaryFolder({ 'broken.json': machineText({ numaNodes: [] }) });
    const result = await runCli(['compare', '--output', 'result.txt', ...options], { cwd });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(readdirSync(cwd)).toEqual(['broken.json']);
  });

  it.concurrent.each(faults)('%s leaves the file that is there', async (_, ...options) => {
    const cwd = temporaryFolder({ 'broken.json': machineText({ numaNodes: [] }) });
    writeFileSync(join(cwd, 'result.txt'), 'before\n');
    const result = await runCli(['compare', '--output', 'result.txt', ...options], { cwd });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(readdirSync(cwd).sort()).toEqual(['broken.json', 'result.txt']);
    expect(readFileSync(join(cwd, 'result.txt'), 'utf8')).toBe('before\n');
  });
});

describe('words without end', () => {
  const endless = 'x'.repeat(100_000);

  it.concurrent.each([
    [[endless]],
    [[`x${' '.repeat(100_000)}y`]],
    [['compare', `--${endless}`]],
    [['compare', '--scheme', endless]],
    [['compare', '--used', '9'.repeat(100_000)]],
    [['bound', '--topology', endless]],
    [['bound', '--topology', `pu:${'9'.repeat(100_000)}`]],
    [['replay', endless]],
  ])('are told in part: %.40j', async (words) => {
    const { code, stdout, stderr } = await runCli(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^rss-err: .*\n$/);
    expect(stderr.length).toBeLessThan(5000);
  });
});
