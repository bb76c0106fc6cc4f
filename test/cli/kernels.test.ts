/** --kernel and --reader: the kernel's scheme, and errors as that reader has them; bytes of the command. */
import { describe, expect, it } from 'vitest';
import { READERS, sumsOfReader } from '../../src/kernel/readers.ts';
import { parseRelease, schemeOfRelease } from '../../src/kernel/releases.ts';
import { isExact } from '../../src/kernel/seen.ts';
import { runCli } from '../support/cli.ts';

const SMALL = ['--topology', '8cpu', '--operations', '600', '--seed', '5', '--format', 'json'];

interface Run {
  readonly seen?: { readonly reader: { readonly sums: string } | null };
  readonly rssPages: number;
  readonly schemes: readonly {
    readonly name: string;
    readonly readPages: number;
    readonly observed: {
      readonly clamped: Readonly<Record<string, number | null>>;
      readonly raw: Readonly<Record<string, number | null>>;
    };
  }[];
}

async function compared(...args: string[]): Promise<Run> {
  const { code, stdout, stderr } = await runCli(['compare', ...SMALL, ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

const KERNELS = ['2.6.33', '6.1.192', '6.12.38', '6.12.40', '7.0'];

describe.each(KERNELS)('compare --kernel %s', (kernel) => {
  const release = parseRelease(kernel)!;

  it('is compare --scheme of its scheme, and says so', async () => {
    const { seen, ...run } = await compared('--kernel', kernel);
    expect(seen).toMatchObject({ kernel, reader: null });
    expect(run).toEqual(await compared('--scheme', schemeOfRelease(release).value));
  });

  it.each(['stat', 'statm', 'VmRSS', 'oom-report', 'smaps_rollup'])(
    'has the errors that %s has there',
    async (reader) => {
      const { seen, ...run } = await compared('--kernel', kernel, '--reader', reader);
      const { schemes } = await compared('--kernel', kernel);
      const { value } = sumsOfReader(READERS.find(({ name }) => name === reader)!, release);
      expect(seen?.reader?.sums).toBe(value);
      expect(run.schemes[0]!.observed.raw).toEqual(schemes[0]!.observed.raw);
      if (isExact(value)) {
        const { underAtOperation, overAtOperation, ...errors } = run.schemes[0]!.observed.clamped;
        expect(Object.values(errors).every((pages) => pages === 0)).toBe(true);
        expect([underAtOperation, overAtOperation]).toEqual([null, null]);
        expect(run.schemes[0]!.readPages).toBe(run.rssPages);
      } else {
        expect(run.schemes).toEqual(schemes);
      }
    },
  );
});

it('what a warm-up leaves out is as the reader has it too', async () => {
  const { schemes } = await compared('--kernel', '7.0', '--reader', 'top', '--warm-up', '100');
  const { warmUp } = schemes[0]! as { warmUp?: Record<'clamped' | 'raw', { under: number }> };
  expect(warmUp?.clamped).toMatchObject({ under: 0, over: 0, underAtOperation: null });
  expect(warmUp?.raw.under).toBeGreaterThan(0);
});

it('a series is as the reader has it', async () => {
  const args = ['--kernel', '7.0', '--reader', 'top', '--series', '3'];
  const { series } = (await compared(...args)) as unknown as {
    series: readonly Record<'clamped' | 'raw', Readonly<Record<string, number>>>[];
  };
  expect(series.map(({ clamped }) => clamped)).toEqual(
    Array.from({ length: 3 }, () => ({ min: 0, max: 0, last: 0 })),
  );
  expect(series.some(({ raw }) => raw.min !== 0)).toBe(true);
});

it('what is judged by --fail-above is what the reader sees', async () => {
  const run = ['compare', ...SMALL, '--kernel', '6.12.40', '--fail-above', '1'];
  expect((await runCli([...run, '--reader', 'stat'])).code).toBe(1);
  expect((await runCli([...run, '--reader', 'statm'])).code).toBe(0);
});

it('bound tells the worst case of the members that the reader adds up', async () => {
  const bound = async (kernel: string, reader: string) => {
    const args = ['--topology', '8cpu', '--kernel', kernel, '--reader', reader];
    const { stdout } = await runCli(['bound', ...args, '--format', 'json']);
    return JSON.parse(stdout).schemes[0];
  };
  const { exact, read } = await bound('6.12.38', 'ps');
  expect(read).toEqual(exact.rss);
  const { under, over } = exact;
  expect((await bound('6.12.38', 'RssAnon')).read).toEqual({ under, over });
  const twice = { under: 2 * under, over: 2 * over };
  expect((await bound('6.12.38', 'shared')).read).toEqual(twice);
  expect((await bound('6.12.40', 'ps')).read).toEqual({ under: 0, over: 0 });
  expect((await bound('6.12.40', 'ru_maxrss')).read).toEqual(exact.rss);
  // What all threads hold back is of all members together.
  const perThread = await bound('6.1', 'ps');
  expect(perThread.read).toEqual(perThread.exact.rss);
});

it('a precise watchdog has the row of precise sums alone, of the same figures', async () => {
  const args = ['--topology', '8cpu', '--operations', '3000', '--every', '100', '--runs', '2'];
  const budget = ['--budget', '1MiB', '--format', 'json'];
  const watched = async (...more: string[]) => {
    const { stdout } = await runCli(['watchdog', ...args, ...budget, ...more]);
    return JSON.parse(stdout).schemes;
  };
  const both = await watched('--kernel', '6.12.40', '--reader', 'earlyoom');
  expect(both.map(({ reads }: { reads: string }) => reads)).toEqual([
    'approximate sum',
    'precise sum',
  ]);
  expect(await watched('--kernel', '6.12.40', '--reader', 'earlyoom-1.7')).toEqual([both[1]]);
});

it.each([
  ['6.19.14', ['approximate']],
  ['7.0', ['precise']],
])('the modelled OOM killer of %s chooses by %j sums', async (kernel, selections) => {
  const args = ['--topology', '8cpu', '--memory', '16MiB', '--processes', '3', '--runs', '1'];
  const model = ['oom', '--model', ...args, '--kernel', kernel, '--format', 'json'];
  const { rows } = JSON.parse((await runCli(model)).stdout);
  expect(rows.map(({ selection }: { selection: string }) => selection)).toEqual(selections);
});
