/** The script and the style of a page, as text that stands in it. */
import { INK } from './picture.ts';

/**
 * Marks of Vega's SVG say what they are in their label ("CPUs: 8; error: 31; scheme: tree"): that is what is
 * shown below the pointer, and by what a scheme's marks are found.
 */
export const pageScript = `
'use strict';
for (const hidden of document.querySelectorAll('.legend, .copy')) hidden.hidden = false;
for (const button of document.querySelectorAll('thead button')) {
  button.addEventListener('click', () => {
    const column = Number(button.dataset.column);
    const head = button.closest('th');
    const down = head.getAttribute('aria-sort') === 'ascending';
    for (const other of head.parentElement.children) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const body = button.closest('table').tBodies[0];
    const amount = (row) => {
      const text = row.cells[column].textContent;
      const number = Number.parseFloat(text.replace(/,/g, '').replace(/^[\\u00b1<]/, ''));
      return [Number.isNaN(number) ? Infinity : number, text];
    };
    // A row without a name goes on with what the one above it is about, and stays below it.
    const groups = [];
    for (const row of body.rows) {
      if (groups.length > 0 && row.cells[0].textContent === '') groups.at(-1).push(row);
      else groups.push([row]);
    }
    const keyed = groups.map((rows) => [amount(rows[0]), rows]);
    keyed.sort(([[a, s]], [[b, t]]) => (a === b ? (s < t ? -1 : s > t ? 1 : 0) : a - b));
    if (down) keyed.reverse();
    body.append(...keyed.flatMap(([, rows]) => rows));
  });
}
const schemeOf = (mark) => {
  const label = mark.getAttribute('aria-label') ?? '';
  const at = label.lastIndexOf('scheme: ');
  return at < 0 ? null : label.slice(at + 8).split('; ')[0];
};
for (const legend of document.querySelectorAll('.legend')) {
  const marks = [...legend.closest('figure').querySelectorAll('svg [aria-label]')];
  for (const button of legend.querySelectorAll('button')) {
    button.addEventListener('click', () => {
      const shown = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(shown));
      for (const mark of marks) {
        if (schemeOf(mark) === button.dataset.scheme) mark.style.display = shown ? '' : 'none';
      }
    });
  }
}
const tip = document.createElement('div');
tip.className = 'tip';
tip.setAttribute('role', 'tooltip');
tip.hidden = true;
document.body.append(tip);
for (const svg of document.querySelectorAll('figure svg')) {
  svg.addEventListener('pointermove', (event) => {
    const mark = event.target.closest('[role=graphics-symbol][aria-label]');
    tip.hidden = mark === null;
    if (mark === null) return;
    tip.textContent = mark.getAttribute('aria-label').replaceAll('; ', '\\n');
    tip.style.left = Math.min(event.pageX + 12, scrollX + innerWidth - tip.offsetWidth - 8) + 'px';
    tip.style.top = event.pageY + 12 + 'px';
  });
  svg.addEventListener('pointerleave', () => { tip.hidden = true; });
}
for (const button of document.querySelectorAll('.copy')) {
  const line = button.parentElement.querySelector('code');
  const status = button.parentElement.querySelector('[role=status]');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(line.textContent);
      status.textContent = 'Copied.';
    } catch {
      getSelection().selectAllChildren(line);
      status.textContent = 'Selected: copy it with the keyboard.';
    }
  });
}
`;

/** Colours that a dark ground swallows, and what stands for them there. */
const ON_DARK: Readonly<Record<string, string>> = {
  [INK]: '#e6edf3',
  '#000000': '#e6edf3',
  '#0072B2': '#3a9bdc',
  '#8B6508': '#b8902a',
  '#5D3A9B': '#a58ae0',
};

const DARKER = Object.entries(ON_DARK)
  .flatMap(([colour, lighter]) =>
    ['stroke', 'fill'].map(
      (what) => `  figure svg [${what}='${colour}' i] { ${what}: ${lighter}; }\n`,
    ),
  )
  .join('');

export const pageStyle = `
:root { --ink: #24292f; --soft: #57606a; --line: #d0d7de; --ground: #fff; --raised: #f6f8fa; }
[hidden] { display: none !important; }
body { margin: 0; color: var(--ink); background: var(--ground); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.25rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 1.5rem 0; }
.scroll { overflow-x: auto; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem; margin-bottom: .5rem; }
button { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line);
  border-radius: 6px; padding: .1rem .6rem; cursor: pointer; }
button:focus-visible { outline: 2px solid #0969da; outline-offset: 1px; }
.legend button[aria-pressed=false] { opacity: .45; text-decoration: line-through; }
.swatch { margin-right: .4em; vertical-align: middle; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .7rem; text-align: left; font-weight: normal;
  white-space: nowrap; }
.chart { font-family: monospace; }
.right { text-align: right; }
thead button { background: none; border: 0; padding: 0; font-weight: 600; }
th[aria-sort=ascending] button::after { content: ' \\2191'; }
th[aria-sort=descending] button::after { content: ' \\2193'; }
.note, .reproduce { color: var(--soft); font-size: .9rem; }
code { background: var(--raised); padding: .15rem .4rem; border-radius: 4px; overflow-wrap: anywhere; }
.reproduce button { margin: 0 .5rem; }
.tip { position: absolute; white-space: pre; pointer-events: none; background: var(--ground);
  border: 1px solid var(--line); border-radius: 6px; padding: .3rem .6rem; font-size: .85rem;
  box-shadow: 0 2px 8px rgb(0 0 0 / .2); }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --ground: #0d1117; --raised: #151b23; }
  figure svg.marks > rect { fill: var(--ground); }
  figure svg text { fill: var(--ink); }
  figure svg text[fill='#57606a'] { fill: var(--soft); }
  figure svg [stroke='#eaeef2'] { stroke: #262c36; }
  figure svg [stroke='#d0d7de'] { stroke: var(--line); }
  figure svg [stroke='#57606a'] { stroke: var(--soft); }
  figure svg [stroke='white'] { stroke: var(--ground); }
${DARKER}}
@media print {
  .legend, .copy, .tip { display: none; }
  body { color: #000; background: #fff; }
  main { max-width: none; padding: 0; }
  figure, table { break-inside: avoid; }
}
`;
