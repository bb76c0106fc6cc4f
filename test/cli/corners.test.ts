/** Standard input and pipes that are not what they should be. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { runShell, startShell, temporaryFolder, untilIdle } from '../support/shell.ts';

it('a directory on standard input is told as one', async () => {
  const { stderr } = await runShell('rss-err topology show - </');
  expect(stderr).toBe('rss-err: standard input: is a directory\n');
});

it.concurrent.each([
  ['a FIFO that no one writes', '--topology fifo'],
  ['a FIFO that no one reads', '--output fifo'],
])('an interruption is noticed at %s', async (_, options) => {
  const cwd = temporaryFolder();
  await runShell('mkfifo fifo', { cwd });
  const running = startShell(`exec rss-err compare --operations 10 ${options}`, { cwd });
  await untilIdle(running);
  running.child.kill('SIGINT');
  const ended = await Promise.race([running.result, sleep(1000)]);
  running.child.kill('SIGKILL');
  // A shell says 130 of either: the exit code, or the death of a process that a pipe blocks.
  expect([
    { code: 130, signal: null },
    { code: null, signal: 'SIGINT' },
  ]).toContainEqual({ code: ended?.code, signal: ended?.signal });
});
