/** The HTML of a result in a real browser: what it shows, what its script does, and what it never does. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { runCli } from '../support/cli.ts';
import { GALLERY } from '../support/gallery.ts';
import { machineText } from '../support/refusal.ts';
import { temporaryFolder } from '../support/shell.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Ends a script, opens an element that runs one, and breaks out of attributes, if it is let. */
const HOSTILE = `</script><img src=x onerror="document.title='MARK'">"'<b>MARK</b>`;

async function pageOf(words: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runCli([...words, '--format', 'html'], { cwd });
  expect(code, stderr).toBe(0);
  return stdout;
}

/** A page of the gallery, made once. */
const made = new Map<string, Promise<string>>();
function galleryPage(name: string): Promise<string> {
  const page = made.get(name) ?? pageOf(GALLERY.get(name)!.words, root);
  made.set(name, page);
  return page;
}

/** A page of a series of four schemes. */
const seriesPage = () =>
  pageOf(['compare', '--topology', '8cpu', '--operations', '20000', '--series', '20'], root);

async function hostilePage(): Promise<string> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'm.json'), machineText({ name: HOSTILE }));
  return pageOf(['compare', '--topology', 'm.json', '--operations', '500'], cwd);
}

describe('a page', () => {
  it.each([...GALLERY.keys()])('of %s names nothing outside itself', async (name) => {
    const html = await galleryPage(name);
    const addresses = html.match(/\b(?:https?:)?\/\/[\w.-]+[^\s"'<]*/g) ?? [];
    expect(new Set(addresses)).toEqual(
      new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']),
    );
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(html) ?? [];
    const hash = createHash('sha256').update(script).digest('base64');
    expect(html).toContain(`script-src 'sha256-${hash}'`.replaceAll("'", '&#x27;'));
    expect(html).toContain('default-src &#x27;none&#x27;');
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html.match(/<svg[^>]*class="marks"/g)).toHaveLength(1);
  });

  it('has what a machine is called as text alone', async () => {
    const html = await hostilePage();
    expect(html).toContain('MARK');
    expect(html).not.toMatch(/<img|<b>/);
    expect(html.match(/<\/script>/g)).toHaveLength(1);
  });
});

describe.skipIf(noBrowser !== null)(
  `in a browser${noBrowser === null ? '' : `, ${noBrowser}`}`,
  () => {
    let browser: Browser;
    let html = '';
    const file = join(temporaryFolder(), 'page.html');

    beforeAll(async () => {
      html = await seriesPage();
      browser = await startBrowser();
    });
    afterAll(() => browser?.close());

    /** What `work` finds on the page, which must say nothing on its console and ask for nothing. */
    async function onPage<T>(
      text: string,
      work: (page: Page) => Promise<T>,
      options: BrowserContextOptions = {},
    ): Promise<T> {
      writeFileSync(file, text);
      const context = await browser.newContext(options);
      const said: string[] = [];
      const requests: string[] = [];
      const page = await context.newPage();
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(error.message));
      page.on('request', (request) => requests.push(request.url()));
      const { href } = pathToFileURL(file);
      await page.goto(href);
      const found = await work(page);
      await context.close();
      expect({ said, requests }).toEqual({ said: [], requests: [href] });
      return found;
    }

    it.each([...GALLERY.keys()])('%s is drawn and fits its frame', async (name) => {
      const text = await galleryPage(name);
      await onPage(text, async (page) => {
        const svg = await page.locator('figure svg.marks').boundingBox();
        expect(svg!.width).toBeGreaterThan(300);
        expect(await page.locator('figure [role=graphics-symbol]').count()).toBeGreaterThan(5);
        // On a narrow screen pictures and tables scroll, never the page.
        await page.setViewportSize({ width: 380, height: 700 });
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(overflow).toBe(0);
      });
    });

    it('lets a hostile name do nothing', async () => {
      await onPage(await hostilePage(), async (page) => {
        expect(await page.title()).not.toBe('MARK');
        expect(await page.locator('img, b').count()).toBe(0);
        expect(await page.locator('dd').first().textContent()).toContain(HOSTILE);
        await page.locator('figure [role=graphics-symbol]').first().hover({ force: true });
        expect(await page.locator('img, b').count()).toBe(0);
      });
    });

    it('switches a scheme off and on', async () => {
      await onPage(html, async (page) => {
        const button = page.getByRole('button', { name: 'tree', exact: true });
        const shownOf = (scheme: string) =>
          page.evaluate<number>(
            `[...document.querySelectorAll('figure [aria-label*="scheme: ${scheme}"]')]
              .filter(({ style }) => style.display !== 'none').length`,
          );
        const shown = () => Promise.all(['tree', 'per-cpu'].map(shownOf));
        const all = await shown();
        expect(all[0]).toBeGreaterThan(3);
        await button.click();
        expect(await button.getAttribute('aria-pressed')).toBe('false');
        expect(await shown()).toEqual([0, all[1]]);
        // By the keyboard.
        await button.press('Enter');
        expect(await shown()).toEqual(all);
      });
    });

    it('says the values below the pointer', async () => {
      await onPage(html, async (page) => {
        const tip = page.getByRole('tooltip');
        expect(await tip.isVisible()).toBe(false);
        const points = page.locator('figure path[aria-label^="operations: 10k"]');
        await points.last().hover({ force: true });
        expect(await tip.innerText()).toMatch(
          /^operations: 10k\nerror .*, pages of 4 KiB: [−\d,]+\nscheme: [\w-]+$/,
        );
        await page.getByRole('heading', { level: 1 }).hover();
        expect(await tip.isVisible()).toBe(false);
      });
    });

    it('sorts tables by a column, up and down, and keeps together what belongs together', async () => {
      await onPage(html, async (page) => {
        const table = page.getByRole('table', { name: /^Observed/ });
        const column = async () =>
          (await table.locator('tbody tr').allInnerTexts()).map((row) =>
            Number(row.split('\t')[3]!.replace('+', '').replaceAll(',', '')),
          );
        const before = await column();
        const up = before.toSorted((a, b) => a - b);
        expect(up).not.toEqual(before);
        await table.getByRole('button', { name: 'mean' }).click();
        expect(await column()).toEqual(up);
        await table.getByRole('button', { name: 'mean' }).click();
        expect(await column()).toEqual(up.toReversed());
        const bars = page.getByRole('table', { name: /^Largest error/ });
        await bars.getByRole('button', { name: 'scheme' }).click();
        const sides = (await bars.locator('tbody tr').allInnerTexts()).map((row) =>
          row.split('\t').slice(0, 2).join(' ').trim(),
        );
        expect(sides).toEqual(
          ['per-cpu', 'per-numa', 'per-thread', 'tree'].flatMap((name) => [`${name} low`, 'high']),
        );
      });
    });

    it('copies the line that reproduces it', async () => {
      const [, line] = /<code>(.*?)<\/code>/.exec(html) ?? [];
      const copied = await onPage(
        html,
        async (page) => {
          await page.getByRole('button', { name: 'Copy' }).click();
          await page.getByText('Copied.').waitFor();
          return page.evaluate('navigator.clipboard.readText()');
        },
        { permissions: ['clipboard-read', 'clipboard-write'] },
      );
      expect(copied).toBe(line);
      expect(copied).toMatch(/^rss-err compare .*--series 20/);
    });

    it('is whole without a script', async () => {
      await onPage(
        html,
        async (page) => {
          expect(await page.locator('figure svg.marks').isVisible()).toBe(true);
          expect(await page.getByRole('table').count()).toBe(3);
          expect(await page.locator('.legend').isVisible()).toBe(false);
          expect(await page.locator('.copy').isVisible()).toBe(false);
        },
        { javaScriptEnabled: false },
      );
    });

    it('is light, dark and printable', async () => {
      const colours = (page: Page): Promise<string[]> =>
        page.evaluate(`[document.body, ...document.querySelectorAll('figure svg.marks > rect, figure svg text')]
        .slice(0, 3).map((part, index) => getComputedStyle(part)[['backgroundColor', 'fill', 'fill'][index]])`);
      const light = await onPage(html, colours, { colorScheme: 'light' });
      expect(light).toEqual(['rgb(255, 255, 255)', 'rgb(255, 255, 255)', 'rgb(36, 41, 47)']);
      await onPage(
        html,
        async (page) => {
          expect(await colours(page)).toEqual([
            'rgb(13, 17, 23)',
            'rgb(13, 17, 23)',
            'rgb(230, 237, 243)',
          ]);
          await page.emulateMedia({ media: 'print' });
          expect(await colours(page)).toEqual(light);
          expect(await page.locator('.legend, .copy').first().isVisible()).toBe(false);
        },
        { colorScheme: 'dark' },
      );
    });

    it('names all that can be reached', async () => {
      await onPage(html, async (page) => {
        const snapshot = await page.locator('body').ariaSnapshot();
        for (const kind of ['button', 'region', 'table', 'group']) {
          const found = snapshot.match(new RegExp(`- ${kind}\\b.*`, 'g')) ?? [];
          expect(found.length, kind).toBeGreaterThan(0);
          expect(found.filter((line) => !/"[^"]+"/.test(line))).toEqual([]);
        }
        expect(await page.locator('html').getAttribute('lang')).toBe('en');
      });
    });
  },
);
