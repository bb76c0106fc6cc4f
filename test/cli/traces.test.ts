/** `rss-err replay` of kernels' traces as a user runs it: processes, choices, warnings, bad input. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

const path = (name: string) => fileURLToPath(new URL(`../golden/traces/${name}`, import.meta.url));

async function replay(name: string, ...options: string[]) {
  const result = await runCli(['replay', path(name), ...options, '--format', 'json']);
  expect(result.code, result.stderr).toBe(0);
  return { json: JSON.parse(result.stdout), stderr: result.stderr };
}

const PERF = 'perf-script-rss_stat.txt';

/** The default machine, named: nothing is said of it then. */
const NAMED = ['--topology', '250cpu'];

/** Lines of perf script of one task, sizes in pages. */
function perf(...sizes: readonly [pages: number, type?: string][]): string {
  return sizes
    .map(
      ([pages, type = 'ANONPAGES'], i) =>
        `prog 12 [000] 1.${`${i}`.padStart(6, '0')}: kmem:rss_stat: mm_id=5 curr=1 type=MM_${type} size=${pages * 4096}B\n`,
    )
    .join('');
}

describe('--jobs', () => {
  const FILES = [
    PERF,
    'perf-script-lost-events.txt',
    'ftrace-sched_switch.txt',
    'trace-cmd-report.txt',
  ];

  it.each(FILES)('changes no byte of %s', async (name) => {
    const run = (...words: string[]) =>
      runCli(['replay', path(name), '--format', 'json', ...words]);
    const one = await run('--jobs', '1');
    expect(one.code).toBe(0);
    expect(await run('--jobs', '2')).toEqual(one);
  });

  it.each([
    ['costs', '--cost'],
    ['a warm-up', '--warm-up', '50'],
    ['places that are drawn', '--spread', 'sticky'],
    ['schemes that heed switches', '--scheme', 'stash'],
  ])('changes no byte with %s', async (_, ...words) => {
    const run = (jobs: string) =>
      runCli(['replay', path(PERF), ...words, '--format', 'json', '--jobs', jobs]);
    const one = await run('1');
    expect(one.code, one.stderr).toBe(0);
    expect(await run('2')).toEqual(one);
  });

  // Of several blocks, the last of which has no line end.
  const long = perf(...Array.from({ length: 12_000 }, (_, i) => [i % 700] as [number])).trimEnd();

  /** Every third line of another process; a CPU that is not there in a line of the one, and of the other. */
  function withFaults(one: number, other: number): string {
    const lines = long
      .split('\n')
      .map((line, i) => (i % 3 === 0 ? line.replace('=5', '=6') : line));
    for (const [at, mm] of [
      [one, '=5'],
      [other, '=6'],
    ] as const) {
      lines[at] = lines[at]!.replace('[000]', '[999]').replace(/=[56]/, mm);
    }
    return lines.join('\n');
  }

  it.each([
    ['of several blocks', long],
    ['with a fault in the middle', long.replace('size=4096B', 'size=4097B')],
    ['with a CPU that is not there', long.replaceAll('[000] 1.011', '[999] 1.011')],
    ['with such CPUs in two processes', withFaults(2000, 6000)],
    ['with such CPUs in the other one first', withFaults(6000, 2000)],
    ['with a line that is too long', `${long}\n${'x'.repeat(70_000)}\n${long}`],
    ['without an event', '# tracer: nop\n#\n'],
  ])('changes no byte of a pipe %s', async (_, stdin) => {
    const run = (jobs: string) =>
      runCli(['replay', '-', '--format', 'csv', '--jobs', jobs], { stdin });
    expect(await run('2')).toEqual(await run('1'));
  });

  it('changes nothing where no process is as asked for', async () => {
    const run = (jobs: string) => runCli(['replay', path(PERF), '--comm', 'x', '--jobs', jobs]);
    const one = await run('1');
    expect(one).toMatchObject({ code: 2, stderr: expect.stringContaining('tasks in it are') });
    expect(await run('2')).toEqual(one);
  });
});

describe('the processes of a trace', () => {
  it('have counters of their own: each alone is what it is among all', async () => {
    const all = (await replay(PERF)).json;
    expect(all.processes.length).toBe(2);
    for (const among of all.processes) {
      const alone = (await replay(PERF, '--mm', `${among.mm}`)).json;
      expect(alone.processes).toEqual([among]);
      expect(alone.schemes.map(errorsOf)).toEqual(among.schemes.map(errorsOf));
    }
    const sum = (of: string) =>
      all.processes.reduce((total: number, one: Record<string, number>) => total + one[of]!, 0);
    expect([all.operations, all.updates, all.rssPages]).toEqual([
      sum('operations'),
      sum('updates'),
      sum('rssPages'),
    ]);
  });

  it('together are off by what the worst of them is, and on average by what all are', async () => {
    const { json } = await replay(PERF);
    json.schemes.forEach((scheme: Scheme, i: number) => {
      const rows = json.processes.map((one: { schemes: Scheme[]; operations: number }) => ({
        ...one.schemes[i]!.observed.clamped,
        operations: one.operations,
      }));
      const { under, over, mean } = scheme.observed.clamped;
      expect(under).toBe(Math.max(...rows.map((row: { under: number }) => row.under)));
      expect(over).toBe(Math.max(...rows.map((row: { over: number }) => row.over)));
      const weighted = rows.reduce(
        (sum: number, row: { mean: number; operations: number }) => sum + row.mean * row.operations,
        0,
      );
      expect(mean).toBeCloseTo(weighted / json.operations, 9);
    });
  });

  it('that have ended hold no pages, and an exact scheme is never off', async () => {
    const { json } = await replay(PERF, '--scheme', 'atomic');
    for (const { ended, rssPages, schemes } of json.processes) {
      expect([ended, rssPages]).toEqual([true, 0]);
      expect(schemes[0].observed.raw).toMatchObject({ under: 0, over: 0, mean: 0 });
    }
  });

  it('are chosen by the name of any of their tasks', async () => {
    const renamed = `${perf([5], [6])}worker 13 [000] 2.5: kmem:rss_stat: mm_id=5 curr=1 type=MM_ANONPAGES size=28672B\n`;
    const other = renamed.replaceAll('mm_id=5', 'mm_id=6').replaceAll('worker', 'idler');
    const args = ['replay', '-', '--comm', 'worker', '--format', 'json'];
    const { stdout } = await runCli(args, { stdin: renamed + other.replaceAll(' 1', ' 2') });
    const { processes, operations } = JSON.parse(stdout);
    expect(processes.map(({ mm, comm }: { mm: number; comm: string }) => [mm, comm])).toEqual([
      [5, 'prog'],
    ]);
    expect(operations).toBe(2);
  });

  it('are chosen by their id as raw output and as results have it', async () => {
    const two =
      'a 12 [000] 1.0: kmem:rss_stat: mm_id=5 curr=1 type=MM_ANONPAGES size=4096B\n' +
      'a 12 [000] 1.1: kmem:rss_stat: mm_id=5 curr=1 type=MM_ANONPAGES size=8192B\n' +
      'k 3 [000] 1.2: kmem:rss_stat: mm_id=5 curr=0 type=MM_ANONPAGES size=0B\n' +
      'b 13 [000] 1.3: kmem:rss_stat: mm_id=5 curr=1 type=MM_ANONPAGES size=12288B\n';
    const chosen = async (...options: string[]) => {
      const args = ['replay', '-', '--mm', ...options];
      const { stdout } = await runCli([...args, '--format', 'json'], { stdin: two });
      const { processes } = JSON.parse(stdout);
      return processes.map(({ comm, life }: { comm: string; life: number }) => [comm, life]);
    };
    const both = [
      ['a', 1],
      ['b', 2],
    ];
    expect(await chosen('5')).toEqual(both);
    expect(await chosen('0x5')).toEqual(both);
    expect(await chosen('5#1')).toEqual([['a', 1]]);
    expect(await chosen('0x5#2')).toEqual([['b', 2]]);
    const refused = async (...options: string[]) =>
      (await runCli(['replay', '-', ...NAMED, ...options], { stdin: two })).stderr;
    expect(await refused('--readings')).toMatch(/ line 4: mm_id is 5#2, after 5: --readings are/);
    expect(await refused('--mm', '5#3')).toMatch(/: no process with mm_id 5#3: tasks in it are/);
    const one = await runCli(['replay', '-', ...NAMED, '--readings', '--mm', '5#2'], {
      stdin: two,
    });
    expect(one).toMatchObject({ code: 0, stderr: '' });
    const table = await runCli(['replay', '-', '--mm', '0x5#2'], { stdin: two });
    expect(table.stdout).toContain("--mm '5#2'");
    expect(table.stdout).toContain('4 records, process 5#2, 1 operation');
  });

  it('are told where there is none as asked for', async () => {
    const asked = (...options: string[]) => runCli(['replay', path(PERF), ...options]);
    expect(await asked('--comm', 'nix')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `rss-err: ${PERF}: no process with a task named "nix": tasks in it are "perf-exec", "rssload", "rssload-0", "rssload-1", "rssload-2", "rssload-3"\n`,
    });
    expect((await asked('--mm', '1', '--comm', 'nix')).stderr).toContain(
      'no process with mm_id 1 and a task named "nix": mm_ids in it are ',
    );
    const events = perf([1], [2]);
    const two = `${events}${events.replaceAll('=5', '=6')}`;
    for (const jobs of ['1', '2']) {
      const other = await runCli(['replay', '-', '--mm', '99', '--jobs', jobs], { stdin: two });
      expect(other.stderr).toMatch(/no process with mm_id 99: mm_ids in it are 5, 6\n$/);
    }
  });

  it.each([[[]], [['--mm', '5']]])(
    'are in a trace where nothing is told of them: %j',
    async (asked) => {
      const stdin = ' app 7 [000] 1.5: kmem:rss_stat: mm_id=5 curr=0 type=MM_ANONPAGES size=0B\n';
      const refused = await runCli(['replay', '-', ...NAMED, ...asked], { stdin });
      expect(refused.stderr).toMatch(/: no update to replay: in 1 rss_stat event no size /);
      const other = await runCli(['replay', '-', ...NAMED, '--mm', '6'], { stdin });
      expect(other.stderr).toMatch(/: no process with mm_id 6: mm_ids in it are 5\n$/);
    },
  );
});

describe('events of a member that is not known', () => {
  it('are counted and told with the first line', async () => {
    const stdin = perf([1], [2, 'FOO'], [3], [4], [5]);
    const { code, stdout, stderr } = await runCli(['replay', '-', ...NAMED, '--format', 'json'], {
      stdin,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).trace).toMatchObject({
      rssStatEvents: 4,
      unknownMembers: { count: 1, firstLine: 2 },
    });
    expect(stderr).toContain(
      'standard input: 1 rss_stat event (first: line 2) of a member that is not known, and not replayed\n',
    );
  });

  it('are the reason where there are no others', async () => {
    const stdin = perf([1, 'FOO'], [2, 'FOO']);
    expect(await runCli(['replay', '-'], { stdin })).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'rss-err: standard input: line 1: none of 2 rss_stat events is of a member that is known: expected type=MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES\n',
    });
  });
});

describe('the machine that was traced', () => {
  const of4 = [
    [
      'ftrace',
      '# tracer: nop\n#\n# entries-in-buffer/entries-written: 2/2   #P:4\n',
      'prog-12 [000] ....',
    ],
    ['trace-cmd', 'cpus=4\n', 'prog-12 [000] ....'],
    ['perf', '# ========\n# nrcpus online : 4\n', 'prog 12 [000]'],
  ] as const;
  const note =
    'rss-err: note: standard input: the trace is of a machine of 4 CPUs, replayed on one of 250: --topology pu:4, or a description of that machine\n';

  it.each(of4)('is noted by the header of %s where none is given', async (_, head, task) => {
    const stdin = `${head}${perf([1], [2]).replaceAll('prog 12 [000]', task)}`;
    const run = (...words: string[]) => runCli(['replay', '-', ...words], { stdin });
    expect(await run()).toMatchObject({ code: 0, stderr: note });
    expect((await run('--readings')).stderr).toBe(note);
    expect((await run('--topology', '8cpu')).stderr).toBe('');
  });
});

/** The most that the sizes of one mm add up to (it has no swap), pages. */
function largestRss(text: string, mm: number): number {
  const sizes = new Map<string, number>();
  let largest = 0;
  for (const [, type, bytes] of text.matchAll(
    RegExp(`mm_id=${mm} .*type=(\\w+) size=(\\d+)B`, 'g'),
  )) {
    sizes.set(type!, Number(bytes) / 4096);
    largest = Math.max(
      largest,
      [...sizes.values()].reduce((sum, pages) => sum + pages, 0),
    );
  }
  return largest;
}

describe('--readings of a trace', () => {
  const words = [
    'replay',
    path(PERF),
    ...NAMED,
    '--comm',
    'rssload',
    '--scheme',
    'atomic',
    '--scheme',
    'tree',
  ];

  it('are those that the errors are told of', async () => {
    const whole = JSON.parse((await runCli([...words, '--format', 'json'])).stdout);
    const { stdout, stderr } = await runCli([...words, '--readings', '--format', 'csv']);
    expect(stderr).toBe('');
    const rows: Record<string, string>[] = parseCsv(stdout, { columns: true });
    expect(rows.length).toBe(whole.operations);
    const column = (name: string) => rows.map((row) => Number(row[name]));
    const precise = column('precise');
    expect(column('tree precise')).toEqual(precise);
    expect(column('atomic precise')).toEqual(precise);
    const errors = column('tree approximate').map((reading, i) => reading - precise[i]!);
    const { under, over } = whole.schemes[1].observed.raw;
    expect(Math.min(...errors)).toBe(-under);
    expect(Math.max(0, ...errors)).toBe(over);
    // The last line is the end of the process: nothing is resident.
    expect(precise.at(-1)).toBe(0);
    expect(Math.max(...precise)).toBe(largestRss(readFileSync(path(PERF), 'utf8'), 247315454));
  });

  it.each([
    [
      ['--size-is', 'approximate'],
      perf([1], [66], [131]),
      'sizes are approximate: only what was flushed could be replayed, so updates and errors are lower bounds',
    ],
    [[], `${perf([1], [2])}nonsense\n`, '1 line (first: line 3) not understood'],
    [
      [],
      'thread,cpu,pages,kind\n1,0,-4,bulk\n',
      "line 2: anon would hold -4 pages: the recording begins in the middle of a process's life, or lacks updates",
    ],
  ])('come with the warnings that the errors come with: %j', async (options, stdin, warning) => {
    const { code, stderr } = await runCli(['replay', '-', ...NAMED, '--readings', ...options], {
      stdin,
    });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `rss-err: warning: standard input: ${warning}\n`,
    });
  });

  it('are of one process', async () => {
    const { code, stderr } = await runCli(['replay', path(PERF), '--readings']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `rss-err: ${PERF}: line 5: mm_id is 247315454, after 3443119931: --readings are of one process: choose it with --mm or --comm\n`,
    });
  });
});

interface Scheme {
  readonly observed: { readonly clamped: { under: number; over: number; mean: number } };
}

const errorsOf = ({ observed }: { observed: Record<string, Record<string, number>> }) =>
  ['clamped', 'raw'].map((reading) => {
    const { under, over, mean } = observed[reading]!;
    return { under, over, mean };
  });

describe('--spread', () => {
  it('places threads on CPUs that the trace does not have, the same by the same seed', async () => {
    const spread = ['--spread', 'uniform', '--seed', '7'];
    const { json } = await replay(PERF, ...spread);
    expect(json.used.cpus).toBe(250);
    expect(json.trace.spread).toEqual({ policy: { name: 'uniform' }, seed: 7, cpulist: '0-249' });
    expect((await replay(PERF, ...spread)).json).toEqual(json);
    const other = (await replay(PERF, '--spread', 'uniform', '--seed', '8')).json;
    expect(other.schemes[2].observed).not.toEqual(json.schemes[2].observed);
    expect(other.rssPages).toBe(json.rssPages);
  });

  it('moves no thread but where the policy does', async () => {
    const recorded = (await replay(PERF)).json;
    const onOne = (await replay(PERF, '--spread', 'round-robin', '--used', '9')).json;
    expect(onOne.used.cpus).toBe(1);
    // Threads hold pages back wherever they run.
    expect(onOne.schemes[0].observed).toEqual(recorded.schemes[0].observed);
  });

  it('is what a machine smaller than the trace needs', async () => {
    const refused = await runCli(['replay', path(PERF), '--topology', '1cpu']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toBe(
      `rss-err: ${PERF}: line 159: cpu is 1: 1cpu has no such CPU on-line: choose a larger machine (--topology), or place the threads on this one (--spread)\n`,
    );
    const { json } = await replay(PERF, '--topology', '1cpu', '--spread', 'pinned');
    expect(json.used.cpus).toBe(1);
  });
});

describe('what the sizes are', () => {
  const steps = (step: number) =>
    perf(...Array.from({ length: 40 }, (_, i): [number] => [100 + step * i]));

  it.each([
    ['a tree reads as', 32, [], ['multiples-of-32'], /multiple of 32 pages/],
    ["threads' syncs are", 65, [], ['thread-batches'], /kernels before 6\.2/],
    ['huge pages are', 512, [], [], /^$/],
    ['single faults are', 1, [], [], /^$/],
    ['single faults are', 1, ['--size-is', 'approximate'], ['single-pages'], /by single pages/],
    ['a tree reads as', 32, ['--size-is', 'approximate'], [], /lower bounds/],
  ])(
    'contradicts what they are taken for where they are like %s: %i pages, %j',
    async (_, step, options, contradictions, warning) => {
      const args = ['replay', '-', ...NAMED, ...options, '--format', 'json'];
      const { stdout, stderr } = await runCli(args, { stdin: steps(step) });
      const { trace } = JSON.parse(stdout);
      expect(trace.contradictions).toEqual(contradictions);
      expect(trace.lowerBound).toBe(options.length > 0);
      expect(stderr).toMatch(warning);
    },
  );

  it('cannot be negative and precise', async () => {
    const stdin = perf([3], [-2], [1]);
    const { stdout, stderr } = await runCli(['replay', '-', ...NAMED, '--format', 'json'], {
      stdin,
    });
    expect(JSON.parse(stdout).trace.contradictions).toEqual(['negative-sizes']);
    expect(stderr).toContain('some sizes are negative');
  });
});

describe('warnings of a trace', () => {
  it('are lines on standard error, whatever the format', async () => {
    const lost = readFileSync(path('perf-script-lost-events.txt'), 'utf8');
    const stdin = `${lost}what is this\n${lost.slice(0, 90)}`;
    const { stderr, code } = await runCli(['replay', '-', ...NAMED, '--format', 'csv'], { stdin });
    expect(code).toBe(0);
    expect(stderr.trimEnd().split('\n')).toEqual([
      "rss-err: warning: standard input: events are missing in 1 place (first: line 47), 71 events by the tool's count, 1 size taken up again with 10 pages come or gone unseen",
      'rss-err: warning: standard input: 1 rss_stat line (first: line 252) cut short or malformed',
      'rss-err: warning: standard input: 1 line (first: line 251) not understood',
    ]);
  });

  it('name the line from which recorded updates take more than there is', async () => {
    const stdin = [
      '{"thread":1,"cpu":0,"pages":5,"kind":"fault"}',
      '{"thread":1,"cpu":0,"pages":-7,"kind":"bulk"}',
      '{"thread":1,"cpu":0,"pages":-9,"kind":"bulk"}',
    ].join('\n');
    const { stdout, stderr, code } = await runCli(['replay', '-', ...NAMED, '--format', 'json'], {
      stdin,
    });
    expect({ stderr, code }).toEqual({
      code: 0,
      stderr:
        "rss-err: warning: standard input: line 2: anon would hold -2 pages: the recording begins in the middle of a process's life, or lacks updates\n",
    });
    expect(JSON.parse(stdout).recording.belowZero).toEqual({ line: 2, member: 'anon', pages: -2 });
  });
});

describe('bad input', () => {
  const update = '{"thread":1,"cpu":0,"pages":5,"kind":"fault"}';
  const noCpu = 'prog 12 1.5: kmem:rss_stat: mm_id=5 curr=1 type=MM_ANONPAGES size=4096B';

  it.each([
    [
      ['--comm', ''],
      perf([1]),
      '--comm : "" is not a name of 1 to 15 bytes: the kernel keeps no more (see rss-err replay --help)',
    ],
    [
      ['--comm', 'sixteen letters.'],
      perf([1]),
      '--comm sixteen letters.: "sixteen letters." is not a name of 1 to 15 bytes: the kernel keeps no more (see rss-err replay --help)',
    ],
    [
      ['--size-is', 'exact'],
      perf([1]),
      '--size-is exact: "exact" is not one of precise, approximate (see rss-err replay --help)',
    ],
    [
      ['--run-length', '3'],
      perf([1]),
      '--run-length goes with --spread (see rss-err replay --help)',
    ],
    [['--used', '0'], perf([1]), '--used goes with --spread (see rss-err replay --help)'],
    [['--seed', '3'], perf([1]), '--seed goes with --spread (see rss-err replay --help)'],
    [['--busy', '3%'], perf([1]), '--busy goes with --spread (see rss-err replay --help)'],
    [
      ['--spread', 'uniform', '--stay', '3'],
      perf([1]),
      '--stay goes with --spread local (see rss-err replay --help)',
    ],
    [
      ['--spread', 'uniform', '--used', '250'],
      perf([1]),
      '--used 250: CPU 250 is not on-line: 250cpu has 0-249 (see rss-err replay --help)',
    ],
    ...['x', '-1', '0x', '5#', '5#0', '9007199254740992', '0xffffffffffffff'].map(
      (id) =>
        [
          ['--mm', id],
          perf([1]),
          `--mm ${id}: "${id}" is not an id such as 247315454, 0xebdb97e, or 247315454#2 for the second process that had it (see rss-err replay --help)`,
        ] as [string[], string, string],
    ),
    [
      ['--mm', '0#2'],
      update,
      "standard input: --mm with #2 goes with a kernel's trace: these are recorded updates (see rss-err replay --help)",
    ],
    [
      ['--comm', 'prog'],
      update,
      "standard input: --comm goes with a kernel's trace: these are recorded updates (see rss-err replay --help)",
    ],
    [
      ['--spread', 'uniform'],
      update,
      "standard input: --spread goes with a kernel's trace: these are recorded updates (see rss-err replay --help)",
    ],
    [
      ['--size-is', 'approximate'],
      update,
      "standard input: --size-is goes with a kernel's trace: these are recorded updates (see rss-err replay --help)",
    ],
    [
      ['--page-size', '64K'],
      perf([1]),
      'standard input: line 1: size is 4096B: not a whole number of pages of 64 KiB (--page-size)',
    ],
    [
      [],
      perf([1], [2 ** 31 + 1]),
      'standard input: line 2: anon changes by 2147483648 pages at once: expected at most 1073741824 either way',
    ],
    [
      [],
      'PERFILE2h\0\0\n',
      'standard input is as perf record wrote it: print it with perf script --ns --show-lost-events -F comm,pid,tid,cpu,time,event,trace',
    ],
    [
      [],
      '\x17\bDtracing6\0',
      'standard input is as trace-cmd record wrote it: print it with trace-cmd report',
    ],
    [
      [],
      '{\n"kernel":"6.1",',
      'standard input is a run recorded on a real kernel: replay it with --against',
    ],
    [
      [],
      '# tracer: nop\n#\n',
      'standard input: no rss_stat event in 2 lines: record with perf record -e kmem:rss_stat',
    ],
    [
      [],
      noCpu,
      `standard input: line 1: "${noCpu.slice(0, 59)}… does not begin with task, pid, [CPU] and time: print it with perf script --ns --show-lost-events -F comm,pid,tid,cpu,time,event,trace`,
    ],
  ])('%j is refused in one line', async (options, stdin, line) => {
    expect(await runCli(['replay', '-', ...options], { stdin })).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: `rss-err: ${line}\n`,
    });
  });
});
