/** The gallery's pictures are what the commands beside them write, and hold to what every picture promises. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { drawSvg } from '../src/render/draw.ts';
import { CONFIG, type Picture, schemeColours } from '../src/render/picture.ts';
import { SCHEME_NAMES } from '../src/schemes/registry.ts';
import { runCli } from './support/cli.ts';
import { GALLERY } from './support/gallery.ts';
import { temporaryFolder } from './support/shell.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

async function printed(command: string, format: string): Promise<string> {
  const words = [...GALLERY.get(command)!.words, '--format', format];
  const { code, stdout, stderr } = await runCli(words, { cwd: root });
  expect(code, stderr).toBe(0);
  return stdout;
}

/** A picture of the gallery as its command specifies it, which takes the command's time but once. */
const specified = new Map<string, Promise<Picture>>();
function pictureOf(name: string): Promise<Picture> {
  const picture = specified.get(name) ?? printed(name, 'vega').then((text) => JSON.parse(text));
  specified.set(name, picture);
  return picture;
}

/** Every object in a specification. */
function* objectsOf(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  yield value as Record<string, unknown>;
  for (const each of Object.values(value)) yield* objectsOf(each);
}

/** What an axis of numbers counts, or measures in. */
const UNITS =
  /\b(pages of \d+ KiB|pages|KiB|MiB|operations|CPUs|alarms a run|seconds|pages a touch|pu:n|threads)\b|%/;

describe('the gallery', () => {
  it('shows a picture of every kind', () => {
    const shown = [...GALLERY.values()].map(({ words }) => words[0]);
    expect(new Set(shown)).toEqual(
      new Set(['bound', 'compare', 'processes', 'watchdog', 'oom', 'sweep', 'design', 'observe']),
    );
  });

  it.each([...GALLERY.keys()])('%s is drawn of what its command specifies', async (name) => {
    const svg = await drawSvg(await pictureOf(name));
    const path = join(root, GALLERY.get(name)!.file);
    if (process.env.UPDATE_SNAPSHOTS) writeFileSync(path, svg);
    // One expectation without a difference of a hundred thousand characters.
    expect(svg === readFileSync(path, 'utf8'), `${path}: npm run gallery`).toBe(true);
  });

  it.each([...GALLERY.keys()])('%s has a unit on every axis of numbers', async (name) => {
    const picture = await pictureOf(name);
    const axes = [...objectsOf(picture)].flatMap(({ x, y }) => [x, y]) as Record<string, unknown>[];
    const numbers = axes.filter((axis) => axis?.type === 'quantitative');
    expect(numbers.length).toBeGreaterThan(0);
    for (const { title } of numbers) expect(title).toMatch(UNITS);
    expect(picture).toMatchObject({ config: CONFIG, $schema: expect.stringContaining('/v6.json') });
    expect(picture.description).toMatch(/\w+ \w+/);
  });
});

describe('a picture', () => {
  it.each(['bound', 'oom'])(
    'is drawn by its command as from its specification: %s',
    async (name) => {
      const drawn = await printed(name, 'svg');
      expect(drawn === readFileSync(join(root, GALLERY.get(name)!.file), 'utf8')).toBe(true);
    },
  );

  it('has a colour of its own for every scheme', () => {
    expect(new Set(schemeColours(SCHEME_NAMES).range).size).toBe(SCHEME_NAMES.length);
  });

  it('has the same bytes as a PNG everywhere', async () => {
    const path = join(temporaryFolder(), 'oom.png');
    const { code } = await runCli([...GALLERY.get('oom')!.words, '--output', path], { cwd: root });
    expect(code).toBe(0);
    const png = readFileSync(path);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(createHash('sha256').update(png).digest('hex')).toMatchInlineSnapshot(
      `"e350d21f2d3e7966469756e39014d9a058d66d3c1aaa99ed4fb39457a774da23"`,
    );
  });

  it('that Vega warns of is not drawn', async () => {
    const encoding = { x: { field: 'a', type: 'quantitative' }, colour: { field: 'a' } };
    const faulty = { data: { values: [{ a: 1 }] }, mark: 'point', encoding } as unknown as Picture;
    await expect(drawSvg(faulty)).rejects.toThrow(/^picture: .*colour/);
    const { colour: _, ...known } = encoding;
    expect(await drawSvg({ ...faulty, encoding: known } as Picture)).toMatch(/^<svg /);
  });
});
