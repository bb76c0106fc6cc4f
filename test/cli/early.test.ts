/** What can be known before anything runs is said then: each of these would run for minutes, hours or days. */
import { expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/shell.ts';

const LONG = '--operations 100M';

it.concurrent.each([
  [
    `sweep compare ${LONG} --seed 1..3 --by threads --format svg`,
    /--by threads: points differ in nothing but the seed/,
  ],
  [
    `sweep compare ${LONG} --by seed --format svg`,
    /--by seed: points differ in nothing but the seed/,
  ],
  [
    `sweep compare ${LONG} --threads 1,2 --by thread --output x.svg`,
    /--by thread: did you mean "threads"/,
  ],
  [
    `sweep compare ${LONG} --threads 1,2 --by threads`,
    /--by goes with --format svg, png, html or vega/,
  ],
  [`sweep compare ${LONG} --by a,b,c --format svg`, /--by a,b,c: expected two parameters at most/],
  [
    `sweep compare ${LONG} --threads 1..3 --where threads=2 --format svg`,
    /--format svg: points differ in nothing/,
  ],
  [
    `sweep compare ${LONG} --threads 1,2 --figure clamped_p99`,
    /--figure clamped_p99: no column of numbers .* "clamped_p99_pages"/,
  ],
  [`sweep compare ${LONG} --threads 1,2 --figure policy`, /--figure policy: no column of numbers/],
  [
    `sweep compare ${LONG} --threads 1,2 --figure clamped_p99_pages --output x.csv`,
    /--figure goes with --format table/,
  ],
  [
    `sweep compare ${LONG} --threads 1,2 --against tree --format ndjson`,
    /--against goes with --format table/,
  ],
  [`sweep compare ${LONG} --threads 1,2 --against tre`, /--against tre: did you mean "tree"/],
  [`sweep watchdog ${LONG} --against precise`, /--against precise: did you mean "precise-sum"/],
  ['sweep oom --runs 10000 --figure wrong', /--figure wrong: no column .*"wrong_runs"/],
  [
    'sweep processes --processes 1M --against nosuch',
    /--against nosuch: expected one of per-thread/,
  ],
  [
    `sweep compare ${LONG} --topology pu:8 --policy sticky,local`,
    /local migration: pu:8 describes no cache/,
  ],
  [
    `sweep compare ${LONG} --topology pu:8 --scheme two-level:group=cache`,
    /the machine describes no caches/,
  ],
  [
    `sweep compare ${LONG} --threads 1,2 --where threads<cpus`,
    /"cpus" is no number .* did you mean "online-cpus"/,
  ],
  [`compare ${LONG} --runs 3 --format svg`, /--runs goes with --format table, ascii/],
  [
    `compare ${LONG} --warm-up 200M`,
    /--warm-up 200000000: there are 100,000,000 operations: expected fewer/,
  ],
  [
    `sweep compare ${LONG} --pattern steady,handoff --threads 1`,
    /handoff needs at least 2 threads/,
  ],
  [
    'sweep processes --processes 1M --servers 1 --failing-forks 0%,100%',
    /no server would ever be born/,
  ],
  ['sweep', /expected what to sweep \(compare, processes, oom, watchdog\), --grid FILE/],
])('%s', async (line, said) => {
  const { code, stdout, stderr } = await runCli(line.split(' '), { cwd: temporaryFolder({}) });
  expect({ code, stdout, lines: stderr.split('\n').length }).toEqual({
    code: 2,
    stdout: '',
    lines: 2,
  });
  expect(stderr).toMatch(said);
});

it.each([`compare ${LONG}`, 'processes --processes 1M'])(
  'a terminal gets no PNG: %s',
  async (line) => {
    const words = [...line.split(' '), '--format', 'png'];
    expect(await runCli(words, { columns: 80 })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(
        'standard output is a terminal: expected --output FILE, or a pipe',
      ),
    });
  },
);

it('a figure that only --cost has is missed in the first point', async () => {
  const words = 'sweep compare --operations 1k --threads 1,2 --figure cost_touches_sum'.split(' ');
  const { code, stderr } = await runCli(words);
  expect(code).toBe(2);
  expect(stderr).toMatch(/--figure cost_touches_sum: no row has this column here/);
  expect((await runCli([...words, '--cost'])).code).toBe(0);
});

it('help names commands below commands', async () => {
  const { stdout } = await runCli(['help', 'sweep', 'compare']);
  expect(stdout).toBe((await runCli(['sweep', 'compare', '--help'])).stdout);
});
