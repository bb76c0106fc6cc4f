/** `rss-err watchdog` at its ends: too few readings for an alarm, and as many overruns as can be. */
import { expect, it } from 'vitest';
import { watchdogResult } from '../../src/commands/watchdog/result.ts';
import { runCli } from '../support/cli.ts';

it.each([
  ['--every 1000000000 --operations 1000', '0 readings in 1,000 operations', 3],
  ['--every 1000 --operations 2999', '2 readings in 2,999 operations', 3],
  ['--every 1 --for 1000000 --operations 5', '5 readings in 5 operations', 1_000_000],
])('refuses a run that cannot have an alarm: %s', async (options, found, least) => {
  const { code, stdout, stderr } = await runCli(['watchdog', ...options.split(' ')]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(
    `${found} of a run: expected ${least} at least, as many as make an alarm (see rss-err watchdog --help)\n`,
  );
});

it('counts overruns without holding each: more than a call has arguments', async () => {
  const options =
    '--budget 25600 --every 1 --for 1 --pattern steady --operations 400000 --runs 3 --scheme per-cpu';
  const words = ['watchdog', ...options.split(' '), '--format', 'json'];
  const { code, stdout } = await runCli(words);
  const { schemes, truth } = watchdogResult.parse(JSON.parse(stdout));
  expect(code).toBe(0);
  expect(truth.overruns).toBeGreaterThan(125_000);
  expect(schemes.at(-1)).toMatchObject({
    ...{ reads: 'precise sum', seen: truth.overruns, missed: 0 },
    ...{ falseAlarms: { total: 0 }, delay: { mean: 0, most: 0 } },
  });
});
