/** Manual pages tell every command and every option, and what reads such pages has no complaint. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { offeredCommands } from '../src/commands/completion/offers.ts';
import { programPages } from '../src/manual.ts';
import { neededCommands } from '../src/program.ts';
import { runCli } from './support/cli.ts';
import { temporaryFolder } from './support/shell.ts';

const pages = new Map((await programPages()).map(({ name, text }) => [name, text]));

const commands = offeredCommands(await neededCommands([])).filter(({ path }) => path !== '');

const pageOf = (path: string) => pages.get(`rss-err-${path.split(' ')[0]}`) ?? '';

/** As roff has it. */
const typed = (text: string) => text.replaceAll('-', '\\-');

/** A page as people read it, on one line. */
function shown(name: string): string {
  const file = join(temporaryFolder(), `${name}.1`);
  writeFileSync(file, pages.get(name)!);
  const { stdout } = spawnSync('mandoc', ['-T', 'utf8', file], { encoding: 'utf8' });
  return stdout.replace(/.[\b]/gu, '').replaceAll(/\s+/g, ' ');
}

const hasMandoc = existsSync('/usr/bin/mandoc');

describe('the manual', () => {
  it('has the pages that the package installs, one a command', () => {
    const { man } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    const files = [...pages.keys()].map((name) => `./man/${name}.1`);
    expect(man.toSorted()).toEqual(files.toSorted());
    const named = commands.filter(({ path }) => !path.includes(' '));
    expect(pages.size).toBe(named.length + 1);
    for (const { path } of named) expect(pages.get('rss-err')).toContain(`.B ${path}\n`);
  });

  it.each(commands)('tells every option of $path', ({ path, options, description }) => {
    const page = pageOf(path);
    expect(page).toContain(typed(description).replaceAll(/^'/g, "\\&'"));
    // Between the head of a command in a group and that of the next.
    const [, section = ''] = page.split(
      new RegExp(`^\\.SS "${typed(`rss-err ${path}`).replaceAll('\\', '\\\\')}"$`, 'm'),
    );
    const own = path.includes(' ') ? section.split('\n.SS ')[0]! : page;
    const isGroup = commands.some((other) => other.path.startsWith(`${path} `));
    const missing = options.filter(({ flag }) => !own.includes(`${typed(flag)}`));
    expect(isGroup ? [] : missing).toEqual([]);
  });

  it.skipIf(!hasMandoc).each([...pages.keys()])('%s is well-formed', (name) => {
    const lint = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], {
      input: pages.get(name)!,
      encoding: 'utf8',
    });
    // The same bytes on every day: there is no date.
    expect(
      lint.stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date')),
    ).toEqual([]);
  });

  it.skipIf(!hasMandoc)('says what the help says', async () => {
    const page = shown('rss-err-compare');
    const { stdout } = await runCli(['compare', '--help']);
    // The help breaks command lines.
    const help = stdout.replaceAll(' \\\n    ', ' ');
    for (const line of help.split('\n').map((text) => text.trim())) {
      const [, words = ''] = /^(?:-\S+(?: [<[]\S+[>\]])?)? *(.*)$/.exec(line) ?? [];
      if (/^[A-Z][\w ]+:/.test(line)) continue;
      expect(page, line).toContain(words.replaceAll(/\s+/g, ' '));
    }
  });
});
