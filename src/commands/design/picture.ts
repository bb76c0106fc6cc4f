/** The front, drawn: how far off a counter can be over what its busiest line goes through, both logarithmic. */
import type { Pictured } from '../../render/formats.ts';
import {
  AMOUNT_FORMAT,
  amountOf,
  amountTitle,
  type Datum,
  pictureOf,
  schemeColours,
} from '../../render/picture.ts';
import { largerSide } from '../../schemes/bound.ts';
import type { Design, DesignResult } from './result.ts';
import { type DesignChoices, scaleOf } from './view.ts';

/** Lowest and leftmost of all: what is drawn as a line. */
function isOuter(row: Design, rows: readonly Design[]): boolean {
  const worst = largerSide(row.exact);
  return !rows.some(
    (other) =>
      (other.busiest < row.busiest && largerSide(other.exact) <= worst) ||
      (other.busiest <= row.busiest && largerSide(other.exact) < worst),
  );
}

/** The front as a line, its points filled, hollow ones beside it, names of the schemes as they are. */
function layersOf(
  data: readonly Datum[],
  x: object,
  y: object,
  schemes: readonly string[],
): object[] {
  const color = {
    ...{ field: 'scheme', type: 'nominal', scale: schemeColours(schemes) },
    legend: { title: 'scheme', symbolType: 'circle', symbolSize: 60 },
  };
  // Vega has no scale for a layer without data.
  const fronts = [1, 0].filter((front) => data.some((row) => row.front === front));
  return [
    {
      transform: [{ filter: 'datum.line == 1' }],
      mark: { type: 'line', color: '#8c959f', strokeWidth: 1, interpolate: 'linear' },
      encoding: { x, y, order: { field: 'busiest' } },
    },
    ...fronts.map((front) => ({
      transform: [{ filter: `datum.front == ${front}` }],
      mark: { type: 'point', filled: front === 1, size: 45, strokeWidth: 1.5 },
      encoding: { x, y, color },
    })),
    ...(data.some(({ label }) => label !== null)
      ? [
          {
            transform: [{ filter: 'datum.label != null' }],
            mark: { type: 'text', align: 'left', dx: 7, dy: -5, fontSize: 10 },
            encoding: { x, y, text: { field: 'label' } },
          },
        ]
      : []),
  ];
}

/** The same data, names of designs that lie close together in one label, where they would be written over each other. */
function withLabelsApart(data: readonly Datum[]): Datum[] {
  const isNear = (a: Datum, b: Datum) =>
    Math.abs(Math.log(Number(a.pages) / Number(b.pages))) < 0.3 &&
    Math.abs(Math.log(Number(a.busiest) / Number(b.busiest))) < 1.5;
  const heads: { readonly row: Datum; readonly names: (string | number | null)[] }[] = [];
  for (const row of data.filter(({ label }) => label !== null)) {
    const head = heads.find((other) => isNear(other.row, row));
    if (head === undefined) heads.push({ row, names: [row.label!] });
    else head.names.push(row.label!);
  }
  return data.map((row) => {
    const names = heads.find((head) => head.row === row)?.names;
    return { ...row, label: names?.join(', ') ?? null };
  });
}

/** Null where nothing is on the front. */
export function designPicture(result: DesignResult, choices: DesignChoices): Pictured | null {
  const scale = scaleOf(result, choices);
  const drawn = result.designs.filter(
    // A logarithm has no 0, and a row beyond the front no bound, perhaps.
    ({ busiest, exact }) =>
      busiest > 0 && largerSide(exact) > 0 && Number.isFinite(largerSide(exact)),
  );
  const data = result.searches.flatMap(({ onlineCpus }) => {
    const rows = drawn.filter((row) => row.onlineCpus === onlineCpus);
    const told = rows.map(
      (row): Datum => ({
        machine: `${onlineCpus} CPUs`,
        scheme: row.scheme,
        name: row.name,
        label: row.isNamed ? row.name : null,
        front: row.isOnFront ? 1 : 0,
        line: isOuter(row, rows) ? 1 : 0,
        busiest: 1 / row.busiest,
        pages: amountOf(largerSide(row.exact), scale),
      }),
    );
    return withLabelsApart(told);
  });
  const schemes = [...new Set(drawn.map(({ scheme }) => scheme))];
  if (data.length === 0) return null;
  const x = {
    ...{ field: 'busiest', type: 'quantitative', title: 'pages a touch of the busiest line' },
    scale: { type: 'log' },
    axis: { format: AMOUNT_FORMAT, tickCount: 6 },
  };
  const y = {
    ...{ field: 'pages', type: 'quantitative', scale: { type: 'log' } },
    title: amountTitle('worst case of one counter', scale),
    axis: { format: AMOUNT_FORMAT },
  };
  const picture = pictureOf(
    {
      title: 'Which counter to build: worst case against the busiest line',
      subtitle: [
        `front by ${result.objectives.join(', ')}; filled: on the front, hollow: dominated`,
        'lower and further to the right is better; logarithmic axes',
      ],
      description: `Designs on the front for ${result.searches.map(({ onlineCpus }) => onlineCpus).join(', ')} CPUs`,
    },
    {
      data: { values: data },
      facet: {
        field: 'machine',
        type: 'nominal',
        title: null,
        sort: result.searches.map(({ onlineCpus }) => `${onlineCpus} CPUs`),
      },
      columns: 2,
      spec: {
        width: 460,
        height: 380,
        layer: layersOf(data, x, y, schemes),
      },
    },
  );
  return { picture, schemes };
}
