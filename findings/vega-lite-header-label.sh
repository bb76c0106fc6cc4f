#!/usr/bin/env bash
# Subject   the heads of small multiples, vega-lite 6.4.3 `header.labelExpr`
# Guess     "'threads ' + datum.label" puts a word before each value, as the same text does on an axis:
#           the documentation calls both a Vega expression with datum.label in it.
# Seen      For values without a format the head shows the value alone, and no warning is given. datum.label is
#           replaced in the text by a conditional without brackets, so that what stands before it
#           becomes part of the condition: 'threads ' + isValid(…) ? … : …. In brackets,
#           'threads ' + (datum.label), it is what was meant; on an axis either is.
# Meaning   A sweep's small multiples lose their unit or name ("threads 5" is "5"), and a picture for
#           a paper is checked by nobody again. Write (datum.label), or put the words into the data.
. "$(dirname "$0")/common.bash"

cat >"$work/heads.mjs" <<'JS'
import { parse, View } from 'vega';
import { compile } from 'vega-lite';

const logger = { level: () => logger, error: print, warn: print, info: () => logger, debug: () => logger };
function print(...words) {
  console.log(`message: ${words.join(' ')}`);
  return logger;
}
const values = [{ threads: 5, pages: 3 }, { threads: 40, pages: 9 }];
const pages = { field: 'pages', type: 'quantitative' };
const heads = (labelExpr) => ({
  data: { values },
  facet: { column: { field: 'threads', type: 'nominal', title: null, header: { labelExpr } } },
  spec: { mark: 'point', encoding: { x: { ...pages, axis: null } } },
});
const axis = (labelExpr) => ({
  data: { values },
  mark: 'point',
  encoding: { x: { ...pages, axis: null }, y: { field: 'threads', type: 'nominal', axis: { title: null, labelExpr } } },
});
for (const [name, spec] of [
  ['header', heads("'threads ' + datum.label")],
  ['header in brackets', heads("'threads ' + (datum.label)")],
  ['axis', axis("'threads ' + datum.label")],
]) {
  const view = new View(parse(compile(spec, { logger }).spec), { renderer: 'none', logger });
  const svg = await view.toSVG();
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
  console.log(`${name}: ${texts.join(', ')}`);
}
JS

npm_packages vega@6.4.0 vega-lite@6.4.3
guess 'threads 5, threads 40 in all three'
(cd "$work" && timeout 60 node heads.mjs) >"$work/seen"
line() { sed -n "s/^$1: //p" "$work/seen"; }
seen "header, 'threads ' + datum.label" '5, 40' "$(line header)"
seen "header, 'threads ' + (datum.label)" 'threads 5, threads 40' "$(line 'header in brackets')"
seen "axis, 'threads ' + datum.label" 'threads 5, threads 40' "$(line axis)"
seen 'messages' '' "$(line message)"
verdict
