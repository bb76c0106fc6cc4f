/** `rss-err witness --verify` as a user runs it: the whole report, JSON, refusals, interruption. */
import { spawn } from 'node:child_process';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { type Check, verifyResult } from '../../src/commands/witness/verify/result.ts';
import { program, runCli } from '../support/cli.ts';

const MACHINE = JSON.stringify({
  name: 'four',
  cpus: { possible: '0-3' },
  numaNodes: [
    { id: 0, cpus: '0-1' },
    { id: 1, cpus: '2-3' },
  ],
});

const verify = (...options: string[]) =>
  runCli(['witness', '--verify', '--topology', '-', ...options], { stdin: MACHINE });

describe('witness --verify', () => {
  it('reports closed form, witness, search and verdict', async () => {
    const { stdout, stderr, code } = await verify('--scheme', 'tree:batch=2', '--in-flight', '2');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatch(/sha256\s+[0-9a-f]{12}$/m);
    expect(stdout.replace(/sha256\s+[0-9a-f]{12}/, 'sha256 …')).toBe(
      `rss-err 0.1.0 witness --verify: is anything beyond the exact worst case?
machine    four: 4 CPUs online, nr_cpu_ids 4, 2 NUMA nodes, sha256 …
scheme     tree:batch=2, one counter, CPUs 0-3, 5 threads
in flight  at most 2 updates of at most 1 page each
search     seed 1, at most 60 seconds

Largest errors, in pages of 4 KiB
  check        closed form  witness  search  states  transitions
  settled             -8/0     -8/0    -8/0      64          512
  2 in flight       -13/+5   -13/+5  -13/+5   1,602        6,006

Each counter's value modulo its level's batch is the state: carries
depend on nothing else, and the settled error is minus the sum of these
residues.
settled: exhaustive: the closed form is the maximum
2 in flight: exhaustive: the closed form is the maximum
reproduce:
  rss-err witness --verify --scheme tree:batch=2 --topology - \\
    --in-flight 2 --update-pages 1 --seed 1 --seconds 60
`,
    );
  });

  it.each([
    [['--scheme', 'tree:batch=2', '--in-flight', '2']],
    [['--scheme', 'per-numa', '--in-flight', '2', '--direction', 'over']],
    [['--scheme', 'per-cpu:batch=8', '--seed', '7']],
    [['--scheme', 'per-thread', '--threads', '1', '--used', '2-3']],
    [['--scheme', 'tree', '--memory', '1', '--seconds', '9']],
  ])('gives JSON of its form: %j', async (options) => {
    const { stdout, code } = await verify(...options, '--format', 'json');
    expect(code).toBe(0);
    expect(verifyResult.safeParse(JSON.parse(stdout)).error).toBeUndefined();
  });

  it('gives the same bytes for the same seed', async () => {
    const words = ['--scheme', 'tree:batch=8', '--format', 'json'];
    const first = await verify(...words);
    expect(first.stdout).toBe((await verify(...words)).stdout);
    expect(JSON.parse(first.stdout).checks[0]).toMatchObject({
      exact: { under: 44, over: 0 },
      verdict: 'exhaustive',
    });
  });

  it('is a row a check in CSV and TSV, and a line each in NDJSON, of what JSON has', async () => {
    const of = async (format: string) =>
      (await verify('--scheme', 'tree:batch=2', '--in-flight', '1', '--format', format)).stdout;
    const { checks } = JSON.parse(await of('json'));
    expect(checks.length).toBe(2);
    const [run, ...lines] = (await of('ndjson'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(run).toMatchObject({ type: 'run', scheme: 'tree:batch=2', used: { cpulist: '0-3' } });
    expect(lines.map(({ format: _f, type: _t, ...check }) => check)).toEqual(checks);
    for (const [format, delimiter] of [
      ['csv', ','],
      ['tsv', '\t'],
    ] as const) {
      const rows: Record<string, string>[] = parseCsv(await of(format), {
        columns: true,
        delimiter,
      });
      const told = rows.map(({ check, verdict, exact_under_pages: under }) => [
        check,
        verdict,
        under,
      ]);
      expect(told).toEqual(
        checks.map(({ check, verdict, exact }: Check) => [check, verdict, `${exact.under}`]),
      );
    }
  });

  it('keeps to 72 columns of ASCII', async () => {
    const { stdout } = await runCli(['witness', '--verify', '--scheme', 'per-cpu']);
    expect(stdout).toMatch(/^[\n -~]+$/);
    expect(stdout.split('\n').filter((line) => line.length > 72)).toEqual([]);
    expect(stdout).toMatch(/attained, none beyond in a search of [\d,]+ updates/);
  });

  it.each([
    [['--format', 'json'], '--format json: a stream is ndjson or csv'],
    [['--seconds', '5'], '--seconds goes with --verify'],
    [['--in-flight', '2', '--format', 'csv'], '--format csv: a schedule is ndjson'],
    [
      ['--in-flight', '2', '--memory', '1GiB'],
      '--memory does not go with --in-flight but to verify',
    ],
    [['--in-flight', '2', '--oom'], '--in-flight goes without --oom'],
    [['--verify', '--update-pages', '2'], '--update-pages goes with --in-flight'],
    [['--verify', '--output', '/'], '--output /: is a directory'],
  ])('refuses what does not go together: %j', async (options, message) => {
    const { code, stdout, stderr } = await runCli(['witness', '--scheme', 'per-cpu', ...options]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('ends on Ctrl-C with nothing printed', async () => {
    const words = ['witness', '--verify', '--scheme', 'tree:batch=2', '--topology', '-'];
    const child = spawn(process.execPath, [program, ...words]);
    const machine = { name: 'm', cpus: { possible: '0-15' }, numaNodes: [{ id: 0, cpus: '0-15' }] };
    child.stdin.end(JSON.stringify(machine));
    let stdout = '';
    child.stdout.on('data', (text: Buffer) => {
      stdout += text.toString();
    });
    setTimeout(() => child.kill('SIGINT'), 1500);
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  });
});
