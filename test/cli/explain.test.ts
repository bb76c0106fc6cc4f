/** What users have asked, each with the figures of their report. */
import { describe, expect, it } from 'vitest';
import type { ExplainResult } from '../../src/commands/explain/result.ts';
import { runCli } from '../support/cli.ts';

const quick = ['--operations', '200', '--format', 'json'];

async function explained(...words: string[]): Promise<ExplainResult> {
  const { stdout, stderr, code } = await runCli(['explain', ...words, ...quick]);
  expect(stderr).not.toMatch(/^rss-err: (?!note)/);
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe('explain', () => {
  it('shows how a JVM reads 0 on 128 CPUs with a kernel made of 6.4', async () => {
    const { batch, exact, readings } = await explained(
      ...['--kernel', '6.4.0-150700.53-default', '--topology', 'pu:128', '--reader', 'java'],
      ...['--value', '0'],
    );
    expect(batch).toBe(256);
    const rss = { under: 97_920, over: 97_920 };
    expect(exact).toEqual({ under: 32_640, over: 32_640, rss });
    expect(readings[0]).toMatchObject({
      sums: 'approximate',
      evidence: 'inferred',
      now: { low: 0, high: 97_920 },
      better: ['smaps_rollup'],
      preciseFrom: ['6.12.39', '6.15.7', '6.16'],
    });
  });

  it('shows how top has 0 with pages of 64 KiB: 2,040 MiB a member', async () => {
    const words = ['--kernel', '6.14.2', '--topology', 'pu:128', '--page-size', '64K'];
    const { topology, exact, readings } = await explained(
      ...[...words, '--reader', 'top', '--value', '0'],
    );
    expect((exact.under * topology.pageSize) / 2 ** 20).toBe(2040);
    expect(readings[0]).toMatchObject({ reader: 'top', reads: '/proc/PID/statm, field 2' });
    const { stdout } = await runCli(['explain', ...words, '--reader', 'top', '--value', '0']);
    expect(stdout).toContain('0 to 97,920 pages (6,120.0 MiB)');
    expect(stdout).toContain('32,640 pages (2,040.0 MiB)');
  });

  it('shows how getrusage() has 0 on 72 CPUs with a kernel of RHEL 9.5', async () => {
    const { scheme, batch, readings } = await explained(
      ...['--kernel', '5.14.0-503.11.1.el9_5.aarch64', '--topology', 'pu:72', '--reader', 'time'],
      ...['--value', '0'],
    );
    expect({ scheme, batch }).toEqual({ scheme: 'per-cpu', batch: 144 });
    expect(readings[0]!.peak).toEqual({ low: 0, high: 3 * 10_296 });
  });

  it.each([
    [43, 1_058_471_936],
    [60, 1_969_766_400],
    [110, 1_969_766_400],
  ])('finds ru_maxrss %i pages below statm explicable on 4 CPUs', async (below, bytes) => {
    const shown = bytes / 4096;
    const { pairs, exact, together } = await explained(
      ...['--kernel', '6.12.40', '--topology', 'pu:4', '--reader', 'ru_maxrss'],
      ...['--value', `${bytes}B`, '--and', `statm=${bytes + below * 4096}B`],
    );
    expect(exact.rss.under).toBe(372);
    expect(pairs).toEqual([
      {
        ...{ first: 'ru_maxrss', second: 'statm', difference: -below, when: 'at once' },
        ...{ lowest: -372, highest: null, explicable: true, errorOf: ['ru_maxrss'] },
      },
    ]);
    expect(together).toEqual({ low: shown + below, high: shown + below });
  });

  it('finds 373 pages below not explicable', async () => {
    const words = ['--kernel', '6.12.40', '--topology', 'pu:4', '--reader', 'ru_maxrss'];
    const given = ['--value', '9627', '--and', 'statm=10000'];
    const { pairs, together } = await explained(...words, ...given);
    expect(pairs[0]).toMatchObject({ difference: -373, lowest: -372, explicable: false });
    expect(together).toBeNull();
    const { stdout } = await runCli(['explain', ...words, ...given]);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'NOT explicable by the counters, which allow up to 372 pages',
    );
  });

  it.each([
    [1, 62],
    [2, 124],
  ])('shows that a leak of 30 pages need not show on %i CPUs', async (cpus, member) => {
    const { batch, pairs, readings } = await explained(
      ...['--kernel', '6.12.27', '--topology', `pu:${cpus}`, '--reader', 'RssAnon'],
      ...['--value', '17304 kB', '--and', 'RssAnon=17304kB'],
    );
    expect(batch).toBe(32);
    expect(readings[0]!.equalHide).toBe(member);
    expect(member).toBeGreaterThan(30);
    expect(pairs[0]).toMatchObject({
      ...{ when: 'one after the other', difference: 0, lowest: -member, highest: member },
    });
    const rss = await explained(
      ...['--kernel', '6.12.27', '--topology', `pu:${cpus}`, '--reader', 'ps'],
      ...['--value', '17304 kB', '--and', 'ps=17304 kB'],
    );
    expect(rss.pairs[0]).toMatchObject({ lowest: -3 * member, highest: 3 * member });
  });

  it('finds VmHWM 122 pages below VmRSS explicable across two reads, not in one', async () => {
    const words = ['--kernel', '6.12.40', '--topology', 'pu:4', '--reader', 'VmHWM'];
    const given = ['--value', '97155', '--and', 'VmRSS=97277'];
    const { pairs, readings } = await explained(...words, ...given);
    expect(pairs[0]).toMatchObject({
      ...{ difference: -122, lowest: -372, explicable: true, when: 'across reads' },
    });
    expect(readings[0]).toMatchObject({
      peak: { low: 96_783, high: 97_527 },
      now: { low: 0, high: 97_155 },
    });
    const { stdout } = await runCli(['explain', ...words, ...given]);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'not so in one read of status, which shows the higher of the two. Explicable by the counters where VmRSS was read first, up to 372 pages (1.5 MiB)',
    );
    // Where status is approximate too, both are of the same sums.
    const before = await explained(...words.with(1, '6.12.30'), ...given);
    expect(before.pairs[0]).toMatchObject({ lowest: 0, explicable: false });
  });

  it('holds two readers of one approximate sum to be equal', async () => {
    const words = ['--kernel', '6.6.1', '--topology', 'pu:8', '--reader', 'pidstat'];
    const { pairs } = await explained(...words, '--value', '4000', '--and', 'top=4004');
    expect(pairs[0]).toMatchObject({ lowest: 0, highest: 0, explicable: false });
  });

  it('says that a kernel may read otherwise than the release it is taken for', async () => {
    const words = ['--topology', 'pu:4', '--reader', 'ru_maxrss', '--value', '1000'];
    const told = async (kernel: string) => {
      const given = [...words, '--and', 'statm=1043', '--kernel', kernel];
      const { stdout } = await runCli(['explain', ...given, '--operations', '9']);
      return stdout.replace(/\s+/g, ' ');
    };
    const otherwise = 'or this kernel reads otherwise than the release it is taken for';
    expect(await told('6.14.0-1017-azure')).toContain(otherwise);
    const mainline = await told('6.14.0');
    expect(mainline).toContain('NOT explicable by the counters: it is never so at one moment.');
    expect(mainline).not.toContain(otherwise);
  });

  it('compares every two of several', async () => {
    const { pairs, together } = await explained(
      ...['--kernel', '6.18.1', '--topology', '8cpu', '--reader', 'statm', '--value', '5000'],
      ...['--and', 'stat=4950', '--and', 'smaps_rollup=5000', '--and', 'VmHWM=9000'],
    );
    expect(pairs.map(({ first, second }) => `${first} ${second}`)).toEqual([
      ...['statm stat', 'statm smaps_rollup', 'statm VmHWM'],
      ...['stat smaps_rollup', 'stat VmHWM', 'smaps_rollup VmHWM'],
    ]);
    expect(pairs.every(({ explicable }) => explicable)).toBe(true);
    expect(together).toEqual({ low: 5000, high: 5000 });
  });

  it('keeps to the CPUs used, and to the batch of before where some went off-line', async () => {
    const words = ['--kernel', '6.12.117', '--topology', 'pu:24', '--reader', 'stat'];
    const used = await explained(...words, '--used', '0-3');
    expect(used.exact).toMatchObject({ under: 4 * 47, over: 4 * 47 });
    const offlined = await explained(...words, '--offlined', '8');
    expect(offlined.batch).toBe(64);
    expect(offlined.exact.under).toBe(24 * 63);
  });

  it('labels the replay as an observation with seed and operations', async () => {
    const { typical } = await explained('--kernel', '6.6.1', '--topology', 'pu:8', '--seed', '7');
    expect(typical).toMatchObject({ seed: 7, operations: 200, threads: 5 });
    const precise = await explained('--kernel', '6.18.1', '--topology', 'pu:8');
    expect(precise.typical).toBeNull();
    expect(precise.readings[0]).toMatchObject({ sums: 'precise', error: { under: 0, over: 0 } });
  });

  it('is of this machine and this kernel where none is named', async () => {
    const { topology, kernel } = await explained('--threads', '2');
    expect(topology.name).toBe('this machine');
    expect(kernel.from).toBe('running system');
  });

  it('says that a bad counter is no approximation', async () => {
    const line = 'BUG: Bad rss-counter state mm:00000000c9c1a0b1 type:MM_ANONPAGES val:-1';
    const table = await runCli(['explain', line]);
    expect(table.stdout).toContain('answer  Not an approximation.');
    expect(table.stdout).toContain(`\n    '${line}'\n`);
    const json = await runCli(['explain', '-', '--format', 'json'], {
      stdin: `[ 1.5] kernel: Bad page map\n[ 1.6] ${line}\n`,
    });
    expect(JSON.parse(json.stdout)).toMatchObject({
      format: 'rss-err/bad-counter@1',
      isApproximation: false,
      counters: [{ member: 'anon', pages: -1 }],
    });
  });

  it.each<[string, string[], RegExp]>([
    ['no line of these', ['nothing'], /"nothing": expected lines of .*"BUG: Bad rss-counter state/],
    ['a line and a figure', ['VmRSS:3kB', '--value', '3'], /--value: goes without a text that has/],
    ['two readers', ['VmRSS:3kB', '--reader', 'top'], /--reader top: goes without a text/],
    ['threads unknown before 6.2', ['--kernel', '6.1.9'], /expected --threads too/],
    ['more CPUs than there are', ['--kernel', '6.9', '--used', '0-8'], /--used 0-8: CPU 8/],
    ['a score', ['--reader', 'oom_score', '--value', '3'], /oom_score shows no pages of a process/],
    ['other members', ['--value', '3', '--and', 'RssFile=3'], /RssFile: counts file, VmRSS file, /],
    ['half a page', ['--kernel', '6.9', '--value', '3KiB'], /is not a whole number of pages/],
    [
      'no reader',
      ['--kernel', '6.9', '--value', '3', '--and', '3'],
      /expected a reader and its figure/,
    ],
    ['--and alone', ['--and', 'stat=3'], /--and goes with --value/],
  ])('refuses %s', async (_, words, message) => {
    const where =
      words.includes('nothing') || words[0] === 'VmRSS:3kB' ? [] : ['--topology', '8cpu'];
    const { code, stdout, stderr } = await runCli(['explain', ...words, ...where]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('lines of status', () => {
  it('are an argument each, or one of several lines', async () => {
    const where = ['--kernel', '6.12.40', '--topology', '8cpu'];
    const lines = ['VmHWM: 50000 kB', 'VmRSS: 44032 kB'];
    const apart = await runCli(['explain', ...lines, ...where]);
    const together = await runCli(['explain', lines.join('\n'), ...where]);
    expect(apart).toMatchObject({ code: 0, stderr: '' });
    const shown = ({ stdout }: typeof apart) => stdout.slice(0, stdout.indexOf('reproduce:'));
    expect(shown(apart)).toBe(shown(together));
  });
});

describe('a figure', () => {
  const words = ['--kernel', '6.12.40', '--topology', 'pu:4', '--reader', 'stat'];

  it.each([
    ['44032kB', 11_008],
    ['44032 kB', 11_008],
    ['  44032   kB ', 11_008],
    ['44032KB', 11_008],
    ['44032k', 11_008],
    ['44032K', 11_008],
    ['43m', 11_008],
    ['43 MiB', 11_008],
    ['11008 pages', 11_008],
    ['45088768B', 11_008],
    // Tools round to a decimal: the nearest page.
    ['1.2G', 314_573],
    // No machine of today's is too large.
    ['24TiB', 6_442_450_944],
  ])('of %j is %i pages', async (text, pages) => {
    const { readings } = await explained(...words, '--value', text);
    expect(readings[0]!.shown).toBe(pages);
  });

  it.each(['', ' ', 'NaN', '-1', '1e400', '4097B', '4 4 kB', '9999999999TiB'])(
    'is none of %j',
    async (text) => {
      const { code, stderr } = await runCli(['explain', ...words, '--value', text]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^rss-err: --value [^\n]*\n$/m);
    },
  );

  it('without a unit is in KiB, where its tool prints them, and said to be', async () => {
    for (const tool of ['ps', 'top', 'htop', 'pidstat', 'time']) {
      const asked = [...words.with(-1, tool), '--value', '44032'];
      const { readings } = await explained(...asked);
      expect(readings[0]).toMatchObject({ shown: 11_008, rounded: null });
      const { stdout } = await runCli(['explain', ...asked]);
      const note = `a figure of ${tool} without a unit is in KiB, as it is printed: of pages write 11008pages`;
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(note);
    }
    const [, other] = (await explained(...words, '--value', '1', '--and', 'ps=44032')).readings;
    expect(other!.shown).toBe(11_008);
    const pages = await explained(...words.with(-1, 'ps'), '--value', '44032pages');
    expect(pages.readings[0]!.shown).toBe(44_032);
  });

  it('without a unit that is no whole number of pages in KiB is refused', async () => {
    const { code, stderr } = await runCli(['explain', ...words.with(-1, 'ps'), '--value', '44033']);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        '--value 44033: ps prints KiB, and 44033 KiB are no whole number of pages of 4 KiB: expected a unit, such as 44033pages',
      ),
    });
  });

  it('without a unit is said to be in pages, where its reader shows none', async () => {
    const said = async (reader: string, value: string) =>
      (await runCli(['explain', ...words.with(-1, reader), '--value', value])).stdout;
    expect(await said('node', '11008')).toContain(
      'a figure without a unit is in pages: where node',
    );
    expect(await said('node', '11008pages')).not.toContain('without a unit');
    expect(await said('ps', '44032kB')).not.toContain('without a unit');
    expect(await said('statm', '11008')).not.toContain('without a unit');
  });
});

describe('a bad counter', () => {
  const line = 'BUG: Bad rss-counter state mm:00000000c9c1a0b1 type:MM_ANONPAGES val:-1';

  it('may be pasted without quotes', async () => {
    const { stdout, code } = await runCli(['explain', ...line.split(' ')]);
    expect(code).toBe(0);
    expect(stdout).toContain('Not an approximation');
  });

  it('of 0 pages is none', async () => {
    expect((await runCli(['explain', line.replace('-1', '0')])).code).toBe(2);
  });

  it('of a task whose name a terminal would obey shows it harmless', async () => {
    const { stdout } = await runCli(['explain', '-'], {
      stdin: `${line} Comm:\u001b[31mred Pid:5\n`,
    });
    expect(stdout).toContain('?[31mred (5)');
    expect(stdout).not.toContain('\u001b');
  });
});
