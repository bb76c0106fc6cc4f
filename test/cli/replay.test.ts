/** `rss-err replay` as a user runs it: golden streams, processes, hotplug, bad lines. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { readVector, type StreamVector } from '../golden/vectors.ts';
import { runCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/shell.ts';

/** Kind 0 of the golden files is one add with one event, which is what fault-around is. */
function recordsOf({ cpu, thread, delta, kind }: StreamVector, format: 'csv' | 'ndjson'): string {
  const rows = delta.map((pages, u) => ({
    thread: thread[u]!,
    cpu: cpu[u]!,
    pages,
    kind: kind[u] === 1 ? 'bulk' : 'fault-around',
  }));
  if (format === 'ndjson') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  return ['thread,cpu,pages,kind', ...rows.map((row) => Object.values(row).join(','))].join('\n');
}

/** The stream's machine: each CPU's node as the stream has it, the others on node 0. */
function machineOf({ cpus, cpu, node }: StreamVector): string {
  const nodeOf = new Map(cpu.map((id, u) => [id, node[u]!]));
  const members = new Map<number, number[]>();
  for (let id = 0; id < cpus; id++) {
    const home = nodeOf.get(id) ?? 0;
    members.set(home, [...(members.get(home) ?? []), id]);
  }
  return JSON.stringify({
    name: 'golden',
    cpus: { possible: `0-${cpus - 1}` },
    numaNodes: [...members].map(([id, ids]) => ({ id, cpus: ids.join(',') })),
  });
}

/** What is said of a stream that takes more pages than there are, at the first update that does. */
function belowZeroWarning(pagesAfter: readonly number[], firstLine: number): string {
  const u = pagesAfter.findIndex((pages) => pages < 0);
  return u < 0
    ? ''
    : `rss-err: warning: standard input: line ${u + firstLine}: anon would hold ${pagesAfter[u]} pages: the recording begins in the middle of a process's life, or lacks updates\n`;
}

describe.each([1, 2, 4, 8, 64, 250, 384, 1024])('golden-%i through the command', (cpus) => {
  const vector = readVector<StreamVector>(`golden-${cpus}`);

  it.each(['csv', 'ndjson'] as const)('reads what the kernel reads, from %s', async (format) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'machine.json'), machineOf(vector));
    const { stdout, stderr, code } = await runCli(
      ['replay', '-', '--topology', 'machine.json', '--readings'],
      { cwd, stdin: recordsOf(vector, format) },
    );
    const warning = belowZeroWarning(vector.tree.precise, format === 'csv' ? 2 : 1);
    expect({ stderr, code }).toEqual({ stderr: warning, code: 0 });
    const rows: Record<string, string>[] = parseCsv(stdout, { columns: true });
    const column = (name: string) => rows.map((row) => Number(row[name]));
    const { percpu, pernuma, perthread, tree } = vector;
    const schemes = { 'per-cpu': percpu, 'per-numa': pernuma, 'per-thread': perthread, tree };
    for (const [name, { approx, precise }] of Object.entries(schemes)) {
      expect(column(`${name} approximate`)).toEqual(approx);
      expect(column(`${name} precise`)).toEqual(precise);
    }
    expect(column('precise')).toEqual(tree.precise);
    expect(column('update')).toEqual(vector.delta.map((_, i) => i + 1));
  });
});

const FEW = [
  '{"thread":1,"cpu":0,"pages":40,"kind":"fault"}',
  '{"thread":1,"cpu":249,"pages":-40,"kind":"bulk"}',
].join('\n');

describe('replay', () => {
  it('prints what compare prints, in every format', async () => {
    const replay = (format: string) => runCli(['replay', '-', '--format', format], { stdin: FEW });
    const json = JSON.parse((await replay('json')).stdout);
    expect(json).toMatchObject({
      format: 'rss-err/replay@2',
      recording: { name: 'standard input', records: 2, mm: null },
      operations: 2,
      used: { cpus: 2, numaNodes: 2, threads: 1 },
    });
    expect((await replay('ascii')).stdout).toContain('Observed, 2 operations, in pages of 4 KiB');
    expect((await replay('markdown')).stdout).toContain('- recording: standard input: 2 records');
    const rows: Record<string, string>[] = parseCsv((await replay('csv')).stdout, {
      columns: true,
    });
    expect(rows.map(({ recording, scheme }) => [recording, scheme])).toEqual([
      ['standard input', 'per-thread'],
      ['standard input', 'per-cpu'],
      ['standard input', 'per-numa'],
      ['standard input', 'tree'],
    ]);
    expect((await replay('ndjson')).stdout.split('\n')[0]).toContain('rss-err/replay-line@2');
  });

  it('replays one process of several where it is chosen', async () => {
    const stdin = `${FEW}\n{"thread":5,"cpu":1,"pages":7,"kind":"fault","mm":12}\n`;
    const both = await runCli(['replay', '-'], { stdin });
    expect(both).toMatchObject({ code: 2, stdout: '' });
    expect(both.stderr).toBe(
      'rss-err: standard input: line 3: mm is 12, after 0: choose a process with --mm\n',
    );
    const one = await runCli(['replay', '-', '--mm', '12', '--format', 'json'], { stdin });
    expect(JSON.parse(one.stdout)).toMatchObject({ operations: 1, rssPages: 7 });
  });

  it('follows CPUs off-line and on-line, and bounds what they hold meanwhile', async () => {
    const stdin = [
      '{"thread":1,"cpu":3,"pages":40,"kind":"fault"}',
      '{"cpu":3,"kind":"cpu-offline"}',
      '{"cpu":3,"kind":"cpu-online"}',
      '{"thread":1,"kind":"thread-exit"}',
    ].join('\n');
    const { stdout } = await runCli(['replay', '-', '--format', 'json'], { stdin });
    const [perThread, perCpu] = JSON.parse(stdout).schemes;
    expect(perCpu.exactUsed).toMatchObject({ under: 499, over: 499 });
    expect(perThread.exactUsed.under).toBe(66);
    const readings = await runCli(['replay', '-', '--readings', '--scheme', 'per-cpu'], { stdin });
    expect(readings.stdout.split('\n').map((line) => line.split(',')[7])).toEqual([
      'per-cpu approximate',
      '0',
      '40',
      '40',
      '40',
      undefined,
    ]);
  });

  it('bounds counts by the batch before CPUs went, which is what they may hold', async () => {
    // 32 CPUs, batch 64: 24 hold 63 pages each, and then eight others go: the batch is 48.
    const fill = Array.from({ length: 24 }, (_, cpu) => ({
      cpu,
      pages: 63,
      kind: 'fault',
      thread: 1,
    }));
    const leave = Array.from({ length: 8 }, (_, i) => ({ cpu: 24 + i, kind: 'cpu-offline' }));
    const stdin = [...fill, ...leave].map((record) => JSON.stringify(record)).join('\n');
    const replayed = [
      'replay',
      '-',
      '--topology',
      'pu:32',
      '--format',
      'json',
      '--scheme',
      'per-cpu',
    ];
    const { stdout } = await runCli(replayed, { stdin });
    const [perCpu] = JSON.parse(stdout).schemes;
    expect(perCpu.observed.raw.under).toBe(24 * 63);
    expect(perCpu.exactUsed).toMatchObject({ under: 24 * 63, cpus: 24 });
    expect(24 * 63).toBeGreaterThan(24 * 47);
  });

  it('counts a copy-on-write in both members, and a swap-in into RSS', async () => {
    const stdin = [
      '{"thread":1,"cpu":0,"pages":90,"kind":"fault","member":"file"}',
      '{"thread":1,"cpu":0,"pages":30,"kind":"cow"}',
      '{"thread":1,"cpu":0,"pages":20,"kind":"swap-in"}',
    ].join('\n');
    const precise = async (...options: string[]) => {
      const { stdout } = await runCli(['replay', '-', '--readings', ...options], { stdin });
      const rows: Record<string, string>[] = parseCsv(stdout, { columns: true });
      return rows.map((row) => Number(row.precise));
    };
    expect(await precise()).toEqual([90, 90, 110]);
    expect(await precise('--member', 'file')).toEqual([90, 60, 60]);
    expect(await precise('--member', 'anon')).toEqual([0, 30, 50]);
    expect(await precise('--member', 'swap')).toEqual([0, 0, -20]);
  });

  it.each([
    ['no text at all', '', 'empty: expected recorded updates'],
    ['a line that is no JSON', `${FEW}\n{"thread":`, 'line 3: "{\\"thread\\":" is not JSON'],
    ['a line that is no object', `${FEW}\n[]`, 'line 3: "[]" is not an object'],
    [
      'an unknown field',
      '{"thread":1,"cpu":0,"pages":1,"kind":"fault","node":3}',
      'line 1: node is an unknown field: expected thread, cpu',
    ],
    [
      'an unknown kind',
      '{"thread":1,"cpu":0,"pages":1,"kind":"munmap"}',
      'line 1: kind is "munmap": expected one of fault, fault-around',
    ],
    [
      'a missing field',
      '{"thread":1,"pages":1,"kind":"fault"}',
      'line 1: cpu is missing: expected a whole number from 0 to 1048575',
    ],
    [
      'pages that are no number',
      '{"thread":1,"cpu":0,"pages":"1","kind":"fault"}',
      'line 1: pages is "1": expected a whole number',
    ],
    [
      'a fraction',
      '{"thread":1,"cpu":0,"pages":1.5,"kind":"fault"}',
      'line 1: pages is 1.5: expected a whole number',
    ],
    [
      'a CPU that is not there',
      '{"thread":1,"cpu":250,"pages":1,"kind":"fault"}',
      'line 1: cpu is 250: 250cpu has no such CPU',
    ],
    [
      'a CPU that is off-line',
      '{"cpu":3,"kind":"cpu-offline"}\n{"thread":1,"cpu":3,"pages":1,"kind":"fault"}',
      'line 2: cpu is 3: that CPU is off-line',
    ],
    [
      'a CPU that comes twice',
      '{"cpu":3,"kind":"cpu-online"}',
      'line 1: cpu is 3: that CPU is on-line already',
    ],
    [
      'another format',
      '{"format":"rss-err/updates@2"}',
      'line 1: format is "rss-err/updates@2": expected "rss-err/updates@1"',
    ],
    ['a CSV without a column', 'thread,cpu,pages\n1,0,1', 'line 1: column kind is missing'],
    [
      'a CSV with an unknown column',
      'thread,cpu,pages,kind,node',
      'line 1: "node" is an unknown column',
    ],
    [
      'a CSV row that is short',
      'thread,cpu,pages,kind\n1,0,1',
      'line 2: 3 cells: the header has 4 columns',
    ],
    [
      'a CSV cell that is no number',
      'thread,cpu,pages,kind\n1,0,x,fault',
      'line 2: pages is "x": expected a whole number',
    ],
    [
      'a copy-on-write of swap',
      '{"thread":1,"cpu":0,"pages":1,"kind":"cow","member":"swap"}',
      'line 1: member is "swap": a copy-on-write leaves file or shmem',
    ],
    ['a line without an end', 'x'.repeat(200_000), 'standard input'],
  ])('refuses %s in one line', async (_, stdin, message) => {
    const { code, stdout, stderr } = await runCli(['replay', '-'], { stdin });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      `rss-err: standard input: ${message.replace('standard input', '')}`.trimEnd(),
    );
    expect(stderr.trimEnd().split('\n').length).toBe(1);
  });

  it.each([
    [['replay', 'missing.ndjson'], 'rss-err: missing.ndjson: no such file\n'],
    [['replay', '.'], 'rss-err: .: is a directory\n'],
    [
      ['replay', '-', '--topology', '-'],
      'rss-err: standard input is either the machine or the updates, not both (see rss-err replay --help)\n',
    ],
    [
      ['replay', '-', '--readings', '--format', 'json'],
      'rss-err: --format json: --readings are csv or ndjson (see rss-err replay --help)\n',
    ],
  ])('refuses %j in one line', async (args, message) => {
    expect(await runCli(args, { stdin: FEW })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: message,
    });
  });

  it('leaves no file where a line is bad, and the whole one where all are good', async () => {
    const cwd = temporaryFolder();
    const args = ['replay', '-', '--readings', '--output', 'out.csv'];
    const bad = await runCli(args, { cwd, stdin: `${FEW}\n{}` });
    expect(bad.code).toBe(2);
    expect(readdirSync(cwd)).toEqual([]);
    await runCli(args, { cwd, stdin: FEW });
    expect(readdirSync(cwd)).toEqual(['out.csv']);
    expect(readFileSync(join(cwd, 'out.csv'), 'utf8').split('\n').length).toBe(4);
  });
});

describe('nothing to replay is refused, and no table of zeros', () => {
  const EVENT = 'prog 12 [000] 1.0: kmem:rss_stat: mm_id=5 curr=1 type=MM_ANONPAGES size=4096B\n';
  it.each([
    [
      'a trace of one event',
      EVENT,
      [],
      'in 1 rss_stat event no size of a process replayed changes',
    ],
    [
      'a head alone',
      'thread,cpu,pages,kind\n',
      [],
      'in 0 records no page comes or goes: expected lines such as {',
    ],
    [
      'another process',
      'thread,cpu,pages,kind,mm\n0,0,1,fault,5\n0,0,1,fault,7\n',
      ['--mm', '6'],
      'none of 2 records is of mm 6: mm in it are 5, 7',
    ],
  ])('%s', async (_, stdin, words, why) => {
    for (const format of [[], ['--readings'], ['--format', 'json']]) {
      const { code, stdout, stderr } = await runCli(['replay', '-', ...words, ...format], {
        stdin,
      });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(`rss-err: standard input: no update to replay: ${why}`);
      expect(stderr.trimEnd()).not.toContain('\n');
    }
  });

  it('CPUs that come and go alone', async () => {
    const stdin = 'thread,cpu,pages,kind\n0,3,,cpu-offline\n';
    const { code, stderr } = await runCli(['replay', '-'], { stdin });
    expect(code).toBe(2);
    expect(stderr).toContain('no update to replay: in 1 record no page comes or goes');
  });
});

describe('a machine that is not given', () => {
  const updates = '{"thread":0,"cpu":0,"pages":1,"kind":"fault"}\n';

  it.each([
    ['recorded updates tell no machine: replayed on 250cpu', updates],
    [
      'the trace tells no machine: replayed on 250cpu',
      ' prog 12 [003] 1.5: kmem:rss_stat: mm_id=1 curr=1 type=MM_ANONPAGES size=4096B\n prog 12 [003] 1.6: kmem:rss_stat: mm_id=1 curr=1 type=MM_ANONPAGES size=8192B\n',
    ],
  ])('is said: %s', async (words, stdin) => {
    const note = `rss-err: note: standard input: ${words}; --topology gives the one it was made on`;
    expect((await runCli(['replay', '-'], { stdin })).stderr).toContain(note);
    const named = await runCli(['replay', '-', '--topology', '250cpu'], { stdin });
    expect(named.stderr).not.toContain('machine');
  });
});
