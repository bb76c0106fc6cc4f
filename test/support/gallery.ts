/** The pictures of docs/gallery.md: each the words of its command, and the file that they write. */
import { readFileSync } from 'node:fs';
import { plainLine } from './plain-line.ts';

const page = readFileSync(new URL('../../docs/gallery.md', import.meta.url), 'utf8');

interface Shown {
  readonly words: readonly string[];
  /** From the checkout's root. */
  readonly file: string;
}

export const GALLERY: ReadonlyMap<string, Shown> = new Map(
  [...page.matchAll(/^rss-err (.*) --output (docs\/gallery\/([\w-]+)\.svg)$/gm)].map(
    ([, line = '', file = '', name = '']) => {
      const [words = []] = plainLine(`rss-err ${line}`)?.commands ?? [];
      return [name, { words, file }] as const;
    },
  ),
);
