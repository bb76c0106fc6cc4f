/** Every command that the documentation shows runs, and prints what is shown: those lines, in order. */
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CLAIMS_PAGE, examplesOf, expectShown } from './support/examples.ts';
import { runShell, temporaryFolder } from './support/shell.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => join('docs', path));

/** All but what claims.test.ts holds to the claims that it recomputes. */
const examples = pages.filter((page) => page !== CLAIMS_PAGE).flatMap(examplesOf);

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

  it.each(examples)('$page: $command', async (example) => {
    const cwd = temporaryFolder();
    // What an example reads of a checkout.
    symlinkSync(join(root, 'test'), join(cwd, 'test'));
    const run = await runShell(example.command, { cwd, merged: true });
    expectShown(example, run.stdout);
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
