/**
 * A result as one self-contained page: pictures and tables that are read without a script, and a script that
 * sorts, shows values, hides schemes and copies. Nothing is fetched: its policy forbids it.
 */
import { createHash } from 'node:crypto';
import type { Element } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { h, s } from 'hastscript';
import { NUMERALS } from './amounts.ts';
import { pageScript, pageStyle } from './page-script.ts';
import { schemeColours, schemeDashes } from './picture.ts';
import { cellText, type TextTable, type TextView, titleText } from './view.ts';

/** A picture that is drawn, and the schemes in it. */
interface DrawnPicture {
  readonly svg: string;
  /** For who does not see it. */
  readonly description: string;
  readonly schemes: readonly string[];
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Scripts and styles are those of the page alone, and nothing is loaded. */
function policy(): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf(pageScript)}`,
    // Vega writes styles into attributes of its SVG.
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** What may be wider than the page: the keyboard scrolls it too. */
function scrolled(label: string, children: Element[]): Element {
  return h(
    'div',
    { className: ['scroll'], role: 'region', ariaLabel: label, tabIndex: 0 },
    children,
  );
}

function tableElement(table: TextTable): Element {
  const { columns, rows, scale } = table;
  const head = columns.map((column, index) =>
    h('th', { scope: 'col', className: [column.align] }, [
      // Without a head there is nothing to say what it would sort by.
      column.head === ''
        ? ''
        : h('button', { type: 'button', dataColumn: index, title: 'Sort' }, column.head),
    ]),
  );
  const body = rows.map((row) =>
    h(
      'tr',
      row.map((cell, index) => {
        const text = cellText(cell, scale, NUMERALS);
        const isChart = typeof cell === 'object' && 'bars' in cell;
        const className = [columns[index]!.align, ...(isChart ? ['chart'] : [])];
        return index === 0
          ? h('th', { scope: 'row', className }, text)
          : h('td', { className }, text);
      }),
    ),
  );
  const title = titleText(table);
  return scrolled(title, [
    h('table', [h('caption', title), h('thead', [h('tr', head)]), h('tbody', body)]),
  ]);
}

/** The line of a scheme, as the pictures draw it. */
function swatch(colour: string, dashes: readonly number[]): Element {
  const line = { x2: 26, y1: 5, y2: 5, stroke: colour, strokeWidth: 3 };
  return s('svg', { className: ['swatch'], width: 26, height: 10, ariaHidden: 'true' }, [
    s('line', { ...line, strokeDashArray: dashes.join(' ') }),
  ]);
}

/** Switches of the schemes; without a script they are not there. */
function legendElement(schemes: readonly string[]): Element {
  const { range: colours } = schemeColours(schemes);
  const { range: dashes } = schemeDashes(schemes);
  return h(
    'div',
    { className: ['legend'], role: 'group', ariaLabel: 'Schemes shown', hidden: true },
    schemes.map((name, index) =>
      h('button', { type: 'button', ariaPressed: 'true', dataScheme: name }, [
        swatch(colours[index]!, dashes[index]!),
        name,
      ]),
    ),
  );
}

/** The SVG stands as it was drawn: between two pieces of the page, which know nothing of its text. */
const SVG_PLACE = 'rss-err-svg-';

function figureElement({ schemes, description }: DrawnPicture, index: number): Element {
  return h('figure', [
    ...(schemes.length > 1 ? [legendElement(schemes)] : []),
    scrolled(description, [h('div', { id: `${SVG_PLACE}${index}` })]),
  ]);
}

export function renderPage(view: TextView, pictures: readonly DrawnPicture[]): string {
  const page = h(null, [
    { type: 'doctype' },
    h('html', { lang: 'en' }, [
      h('head', [
        h('meta', { charSet: 'utf-8' }),
        h('meta', { httpEquiv: 'Content-Security-Policy', content: policy() }),
        h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
        h('meta', { name: 'color-scheme', content: 'light dark' }),
        h('title', view.title),
        h('style', pageStyle),
      ]),
      h('body', [
        h('main', [
          h('h1', view.title),
          h(
            'dl',
            view.facts.flatMap(([label, text]) => [h('dt', label), h('dd', text)]),
          ),
          ...pictures.map(figureElement),
          ...view.tables.map(tableElement),
          ...(view.findings.length === 0 ? [] : [h('p', view.findings.join(' '))]),
          ...view.notes.map((note) => h('p', { className: ['note'] }, note)),
          h('p', { className: ['reproduce'] }, [
            h('code', view.reproduce),
            h('button', { type: 'button', className: ['copy'], hidden: true }, 'Copy'),
            h('span', { role: 'status' }),
          ]),
        ]),
        h('script', pageScript),
      ]),
    ]),
  ]);
  let html = toHtml(page);
  for (const [index, { svg }] of pictures.entries()) {
    const place = `<div id="${SVG_PLACE}${index}"></div>`;
    const at = html.indexOf(place);
    html = `${html.slice(0, at)}${svg.trim()}${html.slice(at + place.length)}`;
  }
  return `${html}\n`;
}
