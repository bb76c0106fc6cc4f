/** What a newcomer meant: refusals that name it. */
import { expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

it.each([
  ['-v', '(Did you mean -V?)'],
  ['bound --cpus 0-3', 'did you mean --used 0-3, or 1..3?'],
  ['bound --topology pu:4 --format svg', 'as with --cpus 8..512'],
  ['compare --cpus 0-3', 'Did you mean --used 0-3?'],
])('%s', async (line, hint) => {
  const { code, stdout, stderr } = await runCli(line.split(' '));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(hint);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

it('readers of one reader alone, named by itself or by a tool', async () => {
  const readersOf = async (...words: string[]) => {
    const { stdout } = await runCli(['readers', '--format', 'json', ...words]);
    const { readers, tools } = JSON.parse(stdout) as Record<string, { reader: string }[]>;
    return [...new Set([...readers!, ...tools!].map(({ reader }) => reader))];
  };
  expect(await readersOf('--reader', 'ps')).toEqual(['VmRSS']);
  expect(await readersOf('--reader', 'statm', '--reader', 'ru_maxrss')).toEqual([
    'statm',
    'ru_maxrss',
  ]);
});
