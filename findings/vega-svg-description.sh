#!/usr/bin/env bash
# Subject   the accessible name of a picture, vega 6.4.0 `View.toSVG()`
# Guess     A specification's `description` is the picture's name for who does not see it: in a page Vega sets
#           role graphics-document and aria-label on the element that holds the view, and marks and
#           axes get labels of their own. A file drawn without a browser has the same.
# Seen      Axes, legends and marks have their labels in the file, the description is nowhere in it: neither as
#           aria-label nor as <title> or <desc>, and the root has no role.
# Meaning   A chart that is drawn on a server and put into a report or a README has hundreds of named
#           parts and no name. Write the description into the root element oneself.
. "$(dirname "$0")/common.bash"

cat >"$work/name.mjs" <<'JS'
import { parse, View } from 'vega';

const spec = {
  description: 'bounds by the number of CPUs',
  width: 100,
  height: 100,
  data: [{ name: 'rows', values: [{ cpus: 8, pages: 31 }] }],
  scales: [{ name: 'x', type: 'linear', domain: [0, 10], range: 'width' }],
  axes: [{ scale: 'x', orient: 'bottom', title: 'CPUs' }],
  marks: [{ type: 'symbol', from: { data: 'rows' }, encode: { enter: { x: { scale: 'x', field: 'cpus' } } } }],
};
const svg = await new View(parse(spec), { renderer: 'none' }).toSVG();
const root = svg.slice(0, svg.indexOf('>') + 1);
const count = (pattern) => (svg.match(pattern) ?? []).length;
console.log(`description: ${svg.includes(spec.description) ? 'there' : 'nowhere'}`);
console.log(`root: ${/role=|aria-label=/.test(root) ? 'named' : 'no role, no label'}`);
console.log(`title or desc: ${count(/<(title|desc)\b/g)}`);
console.log(`labels inside: ${count(/aria-label="[^"]*axis[^"]*"/gi)}`);
JS

npm_packages vega@6.4.0
guess 'the description stands in the file, as it does in a page'
(cd "$work" && timeout 60 node name.mjs) >"$work/seen"
line() { sed -n "s/^$1: //p" "$work/seen"; }
seen 'the description' 'nowhere' "$(line description)"
seen 'the root element' 'no role, no label' "$(line root)"
seen 'elements title and desc' '0' "$(line 'title or desc')"
seen 'labels of axes' '1' "$(line 'labels inside')"
verdict
