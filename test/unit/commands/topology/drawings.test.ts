/** Drawings are well-formed, the same each time, of bounded size, and draw what there is. */
import fc from 'fast-check';
import sax from 'sax';
import { describe, expect, it } from 'vitest';
import { machineTree } from '../../../../src/commands/topology/machine-tree.ts';
import { machineSvg } from '../../../../src/commands/topology/svg.ts';
import { summariseTopology } from '../../../../src/commands/topology/topology-summary.ts';
import { counterTree } from '../../../../src/commands/topology/tree/counter-tree.ts';
import { counterTreeSvg } from '../../../../src/commands/topology/tree/svg.ts';
import { parseScheme } from '../../../../src/schemes/registry.ts';
import { bundledNames, loadBundled } from '../../../../src/topology/bundled.ts';
import { validateTopology } from '../../../../src/topology/read-document.ts';
import type { Topology } from '../../../../src/topology/topology.ts';
import { randomMachine } from '../../../support/random-machines.ts';

function drawMachine(topology: Topology): string {
  return machineSvg(topology, machineTree(topology), summariseTopology(topology));
}

function drawTree(topology: Topology, text = 'tree'): string {
  const spec = parseScheme(text);
  if (spec.scheme !== 'tree') throw new Error(text);
  return counterTreeSvg(counterTree('0', topology, spec), topology);
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The elements in order. @throws where the XML is not well-formed. */
function elementsOf(svg: string): Element[] {
  const parser = sax.parser(true);
  const elements: Element[] = [];
  const open: { name: string; attributes: Record<string, string>; text: string }[] = [];
  parser.onerror = (error) => {
    throw error;
  };
  parser.onopentag = ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, text: '' };
    open.push(element);
    elements.push(element);
  };
  parser.ontext = (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.onclosetag = () => void open.pop();
  parser.write(svg).close();
  return elements;
}

/** Width of a character of the small and of the normal size, as drawings reckon with it. */
const widthOf = ({ attributes, text }: Element) =>
  text.length * (/small|cell/.test(attributes.class ?? '') ? 6.1 : 7.3);

/** Everything is within the picture, and no box or line of text sticks out of it. */
function demandInside(svg: string): void {
  const elements = elementsOf(svg);
  const [, , width, height] = elements[0]!.attributes.viewBox!.split(' ').map(Number);
  for (const element of elements) {
    const { x, y, width: w = '0', height: h = '0', class: name = '' } = element.attributes;
    if (x === undefined) continue;
    const isText = element.name === 'text';
    const isMiddle = name.includes('middle');
    const wide = isText ? widthOf(element) : Number(w);
    const left = Number(x) - (isText && isMiddle ? wide / 2 : 0);
    // A bold title is a little wider than it is reckoned.
    const room = name === 'title' ? 1.25 : 1;
    const isInside =
      left >= 0 &&
      left + wide <= Number(width) * room + 0.1 &&
      Number(y) + Number(h) <= Number(height) + 0.1;
    if (!isInside) expect(element).toBe('inside');
  }
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function boxesOf(svg: string): Box[] {
  return elementsOf(svg)
    .filter(({ name }) => name === 'rect')
    .map(({ attributes }): Box => {
      const [x = 0, y = 0, width = 0, height = 0] = ['x', 'y', 'width', 'height'].map((key) =>
        Number(attributes[key]),
      );
      return { left: x, top: y, right: x + width, bottom: y + height };
    });
}

/** Two boxes are apart or one is in the other; neighbours may touch. */
function demandNesting(svg: string): void {
  const boxes = boxesOf(svg);
  const within = (a: Box, b: Box) =>
    a.left >= b.left && a.top >= b.top && a.right <= b.right && a.bottom <= b.bottom;
  // Tenths of a pixel are rounded.
  const apart = (a: Box, b: Box) =>
    a.right <= b.left + 0.2 ||
    a.bottom <= b.top + 0.2 ||
    b.right <= a.left + 0.2 ||
    b.bottom <= a.top + 0.2;
  boxes.forEach((a, i) => {
    for (const b of boxes.slice(i + 1)) {
      if (!apart(a, b) && !within(a, b) && !within(b, a)) expect([a, b]).toBe('apart or nested');
    }
  });
}

const cpusDrawn = (svg: string) =>
  elementsOf(svg)
    .filter(({ attributes }) => attributes.class === 'cell middle')
    .map(({ text }) => Number(text.split(' ')[0]));

describe.each([
  ['a machine', (topology: Topology) => drawMachine(topology)],
  ['the counter tree', (topology: Topology) => drawTree(topology)],
  ['the logical counter tree', (topology: Topology) => drawTree(topology, 'tree:mapping=logical')],
  ['the binary counter tree', (topology: Topology) => drawTree(topology, 'tree:version=2')],
])('the drawing of %s', (_, draw) => {
  it.each(bundledNames())('of %s is well-formed, inside its frame and not too large', (name) => {
    const svg = draw(loadBundled(name));
    demandInside(svg);
    expect(svg.length).toBeLessThan(150_000);
    expect(draw(loadBundled(name))).toBe(svg);
  });

  it.each(['250cpu', 'epyc-9654-2s-nps4', '8cpu'])('of %s has no boxes that overlap', (name) => {
    demandNesting(draw(loadBundled(name)));
  });

  it('of a machine of CPUs alone has them all in one box', () => {
    const svg = draw(validateTopology({ name: 'flat', cpus: { possible: '0-29' } }));
    demandNesting(svg);
    expect(cpusDrawn(svg)).toHaveLength(30);
  });

  it('is well-formed and inside its frame, of any machine', () => {
    fc.assert(
      fc.property(randomMachine, (topology) => demandInside(draw(topology))),
      { numRuns: 50 },
    );
  });

  it('has a title and a description for those who do not see it, escaped', () => {
    const topology = validateTopology({ name: '<a> & "b"', cpus: { possible: '0-3' } });
    const elements = elementsOf(draw(topology));
    const [svg, title, desc] = elements;
    expect(svg?.attributes).toMatchObject({ role: 'img', 'aria-labelledby': 'title desc' });
    expect(title?.text).toContain('<a> & "b"');
    expect(desc?.text).toContain('4 CPUs on-line');
  });

  it('is bounded for a machine whose parts are all different', () => {
    const sizes = Array.from({ length: 400 }, (_, i) => i + 1);
    let next = 0;
    const caches = sizes.map((size) => {
      const first = next;
      next += size;
      return { level: 3, cpus: `${first}-${next - 1}` };
    });
    const topology = validateTopology({
      name: 'unlike',
      cpus: { possible: `0-${next - 1}` },
      caches,
    });
    expect(draw(topology).length).toBeLessThan(400_000);
  });
});

describe('what is drawn of a machine', () => {
  it('is every CPU where there are few', () => {
    const drawn = cpusDrawn(drawMachine(loadBundled('epyc-9754-2s')));
    expect(drawn.sort((a, b) => a - b)).toEqual(Array.from({ length: 512 }, (_, cpu) => cpu));
  });

  it('is the first of equal packages where there are many, and that is told', () => {
    const svg = drawMachine(loadBundled('8192cpu'));
    expect(cpusDrawn(svg)).toHaveLength(128);
    expect(svg).toContain('64 × package 0-63 + node 0-63');
    expect(svg).toContain('equal parts are drawn once');
  });

  it('tells off-line CPUs from those that are not there', () => {
    const svg = drawMachine(
      validateTopology({ name: 'm', cpus: { possible: '0-3', present: '0-2', online: '0' } }),
    );
    const classes = elementsOf(svg).map(({ attributes }) => attributes.class);
    expect(classes.filter((name) => name === 'cpus online')).toHaveLength(1);
    expect(classes.filter((name) => name === 'cpus offline')).toHaveLength(2);
    // The frame around loose CPUs has the plain class of its kind.
    expect(classes.filter((name) => name === 'cpus absent')).toHaveLength(1);
    expect(svg).toContain('dashed: present, off-line');
  });
});

describe('what is drawn of a counter tree', () => {
  it('is every on-line CPU once where there are few items, under the item that it shares', () => {
    const drawn = cpusDrawn(drawTree(loadBundled('250cpu')));
    expect(drawn.slice(0, 9)).toEqual([0, 32, 64, 96, 128, 160, 192, 224, 4]);
    expect(drawn.sort((a, b) => a - b)).toEqual(Array.from({ length: 250 }, (_, cpu) => cpu));
  });

  it('has a colour for each node that shares an item', () => {
    const stripes = (text: string) =>
      elementsOf(drawTree(loadBundled('64cpu-2n'), text)).filter(
        ({ attributes }) => attributes.class?.startsWith('group') && attributes.height === '8',
      ).length;
    // The sum, 4 items of level 2 and 16 of level 1: kernel items are on both nodes, logical on one.
    expect(stripes('tree')).toBe(2 * (1 + 4 + 16));
    expect(stripes('tree:mapping=logical')).toBe(2 + 4 + 16);
  });

  it.each(['250cpu', '8192cpu', '8cpu'])(
    'of %s has its lines from the middle below an item to the middle above another',
    (name) => {
      const svg = drawTree(loadBundled(name));
      const boxes = boxesOf(svg);
      const lines = elementsOf(svg).filter((element) => element.name === 'path');
      expect(lines.length).toBeGreaterThan(2);
      for (const { attributes } of lines) {
        const [fromX, fromY, toX, toY] = attributes.d!.match(/[\d.]+/g)!.map(Number);
        const isMiddle = ({ left, right }: Box, x: number | undefined) =>
          Math.abs((left + right) / 2 - x!) < 1;
        const from = boxes.filter((box) => box.bottom === fromY && isMiddle(box, fromX));
        const to = boxes.filter((box) => box.top === toY && isMiddle(box, toX));
        expect([from.length, to.length]).toEqual([1, 1]);
      }
    },
  );

  it('has different colours for nodes that are a power of two apart', () => {
    const cells = elementsOf(drawTree(loadBundled('8192cpu'))).filter(
      ({ attributes }) => attributes.height === '18',
    );
    expect(new Set(cells.slice(0, 4).map(({ attributes }) => attributes.class)).size).toBe(4);
  });
});
