/** Each file of cases/ is what a user types and, byte for byte, all that the program answers. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCase } from '../support/case-file.ts';
import type { CliResult } from '../support/cli.ts';
import { runShell, temporaryFolder } from '../support/shell.ts';

const folder = new URL('cases/', import.meta.url);

const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.md'))
  .sort()
  .map((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const parsed = parseCase(text);
    return [file, parsed.title, { text, ...parsed }] as const;
  });

describe('the case', () => {
  it.concurrent.each(cases)('%s: %s', async (file, _, { text, files, stdin, steps, render }) => {
    const cwd = temporaryFolder(files);
    const results: CliResult[] = [];
    for (const { command } of steps) results.push(await runShell(command, { cwd, stdin }));
    const answered = render(results);
    if (process.env.UPDATE_SNAPSHOTS) writeFileSync(new URL(file, folder), answered);
    else expect(answered).toBe(text);
  });
});

describe('a case that tells', () => {
  const results = [{ code: 0, signal: null, stdout: 'one\n', stderr: '' }];
  const written = parseCase('# Title\n\n```sh\nrss-err\n```\n').render(results);

  it('what is answered is written as it is read', () => {
    expect(parseCase(written).render(results)).toBe(written);
  });

  it.each<[string, Partial<CliResult>]>([
    ['another exit code', { code: 1 }],
    ['a signal', { code: null, signal: 'SIGKILL' }],
    ['other output', { stdout: 'two\n' }],
    ['less output', { stdout: '' }],
    ['output without its last line end', { stdout: 'one' }],
    ['output with a fence in it', { stdout: 'one\n```\n' }],
    ['a word on stderr', { stderr: 'word\n' }],
  ])('something else than the answer differs from it: %s', (_, change) => {
    expect(parseCase(written).render([{ ...results[0]!, ...change }])).not.toBe(written);
  });
});
