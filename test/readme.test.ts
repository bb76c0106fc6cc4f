/** The README shows what the program prints, and its commands run as they stand. */
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli } from './support/cli.ts';
import { runShell, temporaryFolder } from './support/shell.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, body]) => body ?? '',
  );
}

const commands = blocks('sh')
  .flatMap((block) => block.trimEnd().split('\n'))
  .map((line) => line.replace(/\s+#.*$/, ''))
  .filter((line) => line.startsWith('rss-err '));

/** The commands of the table of questions. */
const answers = [...readme.matchAll(/^\| [^|]+\? \| `(rss-err .+)` \|$/gm)].map(
  ([, command = '']) => command.replaceAll('\\|', '|'),
);

/** Those that a page of docs/ shows too are run by docs.test.ts. */
const pages = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => readFileSync(`${root}docs/${path}`, 'utf8'));
const isShown = (command: string) => pages.some((page) => page.includes(`\n$ ${command}\n`));

/** Done, with no word but on what a description of a machine does not tell. */
const fine = { code: 0, stderr: expect.stringMatching(/^(?:rss-err: note: .*\n)*$/) };

describe('the README', () => {
  it('shows what the last command above each table prints', async () => {
    const shown = [...readme.matchAll(/^rss-err .*$(?=\n```\n)|```text\n([\s\S]*?)```/gm)];
    const tables = shown.flatMap(([, table], i) =>
      table === undefined ? [] : [[shown[i - 1]![0], table] as const],
    );
    expect(tables.length).toBe(3);
    for (const [command, table] of tables) {
      const { stdout } = await runCli(command.split(' ').slice(1), { cwd: root });
      // A table alone begins with an ellipsis.
      const [, part] = /^…\n([\s\S]*)/.exec(table) ?? [];
      if (part === undefined) expect(table).toBe(stdout);
      else expect(stdout).toContain(part);
    }
  });

  it('links only to files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path ?? '');
    expect(links.length).toBeGreaterThan(5);
    for (const path of links) expect(() => readFileSync(`${root}${path}`), path).not.toThrow();
  });

  it('has commands, eleven of them answers', () => {
    expect(commands.length).toBeGreaterThan(5);
    expect(answers.length).toBe(11);
  });

  describe('has commands that run', () => {
    // One folder: a command reads what one above it has written.
    const cwd = temporaryFolder();
    symlinkSync(`${root}test`, `${cwd}/test`);
    it.each([...commands, ...answers].filter((line) => !isShown(line)))('%s', async (command) => {
      expect(await runShell(command, { cwd })).toMatchObject(fine);
    });
  });
});
