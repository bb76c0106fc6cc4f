/** Every command that the documentation shows runs, and prints what is shown: those lines, in order. */
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runShell, temporaryFolder } from './support/shell.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => join('docs', path));

interface Example {
  readonly page: string;
  readonly command: string;
  readonly shown: readonly string[];
}

/** Where a command ends: after its first line, or after the END of its here-document. */
function commandLength(lines: readonly string[]): number {
  return lines[0]?.includes("<<'END'") ? lines.indexOf('END') + 1 : 1;
}

/** `$ command` and the lines below it. */
function examplesOf(page: string): Example[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((example) => {
        const lines = example.trimEnd().split('\n');
        const command = lines.slice(0, commandLength(lines));
        return {
          page,
          command: command.join('\n'),
          shown: lines.slice(command.length).filter((line) => line.trim() !== '' && line !== '…'),
        };
      }),
  );
}

const examples = pages.flatMap(examplesOf);

/** The anchors of a page's headings, as GitHub and npm make them. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = readFileSync(join(root, page), 'utf8').matchAll(/^#+ (.+)$/gm);
  const anchors = [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set(anchors);
}

/** The page and anchor that each link to a page leads to; an anchor may be empty. */
function linksOf(page: string): readonly (readonly [page: string, anchor: string])[] {
  const links = readFileSync(join(root, page), 'utf8').matchAll(
    /\]\(([^)\s:#]*\.md)?(?:#([^)\s]+))?\)/g,
  );
  return [...links].map(([, to, anchor = '']) => [
    to === undefined ? page : join(dirname(page), to),
    anchor,
  ]);
}

describe('the documentation', () => {
  it.each(['README.md', 'CONTRIBUTING.md', ...pages])(
    '%s links to headings that are there',
    (page) => {
      const broken = linksOf(page).filter(
        ([to, anchor]) => anchor !== '' && !anchorsOf(to).has(anchor),
      );
      expect(broken).toEqual([]);
    },
  );

  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(20);
  });

  it.each(examples)('$page: $command', async ({ command, shown }) => {
    const cwd = temporaryFolder();
    // What an example reads of a checkout.
    symlinkSync(join(root, 'test'), join(cwd, 'test'));
    const run = await runShell(command, { cwd, merged: true });
    const printed = run.stdout.split('\n');
    let at = 0;
    for (const line of shown) {
      const found = printed.indexOf(line, at);
      expect(found, `${JSON.stringify(line)} in\n${printed.join('\n')}`).toBeGreaterThanOrEqual(0);
      at = found + 1;
    }
  });

  it.each(pages)('%s links only to files that are there', (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link ?? '');
    for (const link of links.filter((target) => !target.startsWith('http'))) {
      const target = resolve(root, dirname(page), link);
      expect(() => readdirSync(dirname(target)), link).not.toThrow();
      expect(readdirSync(dirname(target)), link).toContain(target.split('/').at(-1));
    }
  });
});
