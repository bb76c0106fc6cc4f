/** A sweep drawn: small multiples by two of its parameters, and a map of which scheme is better where. */
import type { Pictured } from '../../render/formats.ts';
import { type Datum, pictureOf, schemeColours, schemeEncoding } from '../../render/picture.ts';
import { demandBy } from './demand-report.ts';
import type { SweepReport } from './result.ts';

type Combination = SweepReport['combinations'][number];

/** What the report's rows differ in. */
const fieldsOf = ({ parameters, keys }: Combination) => ({ ...parameters, ...keys });

const NUMBER = /^\d+(\.\d+)?$/;

/** "pu:n" of "pu:8" */
const shapeOf = (value: string) => value.replace(/\d+/, 'n');

/** "8" of "pu:8": what grows along an axis, where all values have one number and the same words. */
function amountsOf(values: readonly string[]): ReadonlyMap<string, number> | null {
  const shapes = new Set(values.map(shapeOf));
  const numbers = values.map((value) => /\d+/.exec(value)?.[0] ?? '');
  if (shapes.size !== 1 || !numbers.every((text) => NUMBER.test(text))) return null;
  return new Map(values.map((value, index) => [value, Number(numbers[index])]));
}

/** "topology (pu:n)": what the numbers along an axis are of; "threads" alone says it. */
function amountsTitle(name: string, value: string): string {
  const shape = shapeOf(value);
  return shape === 'n' ? name : `${name} (${shape})`;
}

/** "clamped_under, pages": the column with its unit apart. */
const figureTitle = (figure: string) => figure.replace(/_(pages|bytes|percent|seconds)$/, ', $1');

/** Values in the order in which they first come. */
const distinct = (combinations: readonly Combination[], name: string) => [
  ...new Set(combinations.map((each) => fieldsOf(each)[name]!)),
];

/**
 * The parameters of the two axes: those asked for, else the ones with the most values.
 * @throws InputError where one is no parameter of the sweep.
 */
function axesOf(combinations: readonly Combination[], by: readonly string[]): string[] {
  const names = Object.keys(fieldsOf(combinations[0]!));
  demandBy(by, names);
  const count = (name: string) => distinct(combinations, name).length;
  const others = names
    .filter((name) => !by.includes(name) && count(name) > 1)
    .sort((a, b) => count(b) - count(a));
  return [...by, ...others].slice(0, 2);
}

/** Null where nothing varies. */
export function sweepPicture(report: SweepReport, by: readonly string[]): Pictured | null {
  const { combinations, command, figure, overall, points } = report;
  const names = overall.map(({ name }) => name);
  const [across, down] = combinations.length === 0 ? [] : axesOf(combinations, by);
  if (across === undefined) return null;
  const rest = (fields: Record<string, string>) =>
    Object.entries(fields)
      .filter(([name]) => name !== across && name !== down)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  const amounts = amountsOf(distinct(combinations, across));
  /** The head of a small multiple. */
  const groupOf = (value = '') => `${down} ${value}`;
  const told = combinations.map((combination) => {
    const fields: Record<string, string> = fieldsOf(combination);
    return {
      combination,
      across: fields[across]!,
      down: down === undefined ? '' : fields[down]!,
      group: groupOf(fields[down ?? '']),
      rest: rest(fields),
    };
  });
  const lines = told.flatMap(({ combination: { schemes }, ...place }) =>
    schemes.map(
      ({ name, mean, halfWidth95 }): Datum => ({
        ...place,
        amount: amounts?.get(place.across) ?? null,
        ...{ scheme: name, mean, low: mean - (halfWidth95 ?? 0), high: mean + (halfWidth95 ?? 0) },
      }),
    ),
  );
  const best = told.map(
    ({ combination, ...place }): Datum => ({
      ...place,
      scheme: combination.best?.scheme ?? (combination.best === null ? names[0]! : 'equal'),
      doubt: combination.best?.scheme && !combination.best.decided ? '?' : '',
    }),
  );
  const ordinal = {
    field: 'across',
    type: 'ordinal',
    title: across,
    sort: distinct(combinations, across),
    axis: { labelAngle: 0 },
  };
  const x =
    amounts === null
      ? ordinal
      : {
          ...{
            field: 'amount',
            type: 'quantitative',
            title: amountsTitle(across, told[0]!.across),
          },
          scale: { type: Math.min(...amounts.values()) > 0 ? 'log' : 'linear', nice: false },
          axis: { values: [...amounts.values()], format: ',d' },
        };
  const facet = {
    ...(down === undefined
      ? {}
      : {
          column: {
            ...{
              field: 'group',
              type: 'nominal',
              title: null,
              sort: distinct(combinations, down).map(groupOf),
            },
          },
        }),
    ...(told.some((row) => row.rest !== '')
      ? { row: { field: 'rest', type: 'nominal', title: null, sort: null } }
      : {}),
  };
  const y = { field: 'mean', type: 'quantitative', title: figureTitle(figure) };
  const multiples = {
    data: { values: lines },
    facet,
    spec: {
      ...{ width: 190, height: 160 },
      layer: [
        {
          mark: { type: 'errorband', opacity: 0.2 },
          encoding: {
            x,
            y: { ...y, field: 'low' },
            y2: { field: 'high' },
            color: schemeEncoding(names).color,
          },
        },
        {
          mark: { type: 'line', point: true, strokeWidth: 2 },
          encoding: { x, y, ...schemeEncoding(names) },
        },
      ],
    },
  };
  const scale = schemeColours([...new Set(best.map(({ scheme }) => String(scheme)))]);
  const map = {
    data: { values: best },
    facet: Object.fromEntries(Object.entries(facet).filter(([place]) => place === 'row')),
    spec: {
      width: { step: 46 },
      height: { step: 26 },
      encoding: {
        x: ordinal,
        y: {
          field: 'down',
          type: 'ordinal',
          title: down ?? null,
          sort: down === undefined ? null : distinct(combinations, down),
        },
      },
      layer: [
        {
          mark: { type: 'rect', stroke: 'white' },
          encoding: { color: { field: 'scheme', type: 'nominal', title: 'lowest', scale } },
        },
        {
          mark: { type: 'text', color: 'white', fontWeight: 'bold' },
          encoding: { text: { field: 'doubt', type: 'nominal' } },
        },
      ],
    },
  };
  const unfaceted = ({
    facet: own,
    spec,
    ...view
  }: {
    data: object;
    facet: object;
    spec: object;
  }) => (Object.keys(own).length === 0 ? { ...view, ...spec } : { ...view, facet: own, spec });
  const picture = pictureOf(
    {
      title: `${command}: ${figure}`,
      subtitle: [
        `lines: means over seeds, shaded: their 95% intervals; ${points} simulated points`,
        ...(best.some(({ doubt }) => doubt !== '')
          ? ['?: the difference to the next may be 0']
          : []),
      ],
      description: `${figure} of ${names.join(', ')} by ${[across, down].filter(Boolean).join(' and ')}`,
    },
    names.length < 2
      ? unfaceted(multiples)
      : {
          vconcat: [unfaceted(multiples), unfaceted(map)],
          resolve: { scale: { color: 'independent', strokeDash: 'independent' } },
        },
  );
  return { picture, schemes: names };
}
