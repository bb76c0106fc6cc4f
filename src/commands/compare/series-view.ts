/** A series as a small chart below the tables: two rows of bars a scheme, low and high. */
import { formatMagnitude, formatNumber, type Scale } from '../../render/amounts.ts';
import { left, type TextTable, type TextView } from '../../render/view.ts';
import type { ComparisonSeries, Reading, SeriesRecord } from './result.ts';
import { comparisonView, scaleOf, type ViewChoices } from './view.ts';

/** Bars beside each other: with names a line of a mail. */
const MOST_BARS = 40;

/** Neighbours together, so many of them at the most. */
function gathered<T>(all: readonly T[]): T[][] {
  const count = Math.min(all.length, MOST_BARS);
  const from = (i: number) => Math.floor((i * all.length) / count);
  return Array.from({ length: count }, (_, i) => all.slice(from(i), from(i + 1)));
}

/** The largest magnitude of each bar, on one side of the truth. */
function heights(
  records: readonly SeriesRecord[],
  reading: Reading,
  side: 'min' | 'max',
): number[] {
  const sign = side === 'min' ? -1 : 1;
  return gathered(records).map((bar) =>
    Math.max(0, ...bar.map((record) => sign * record[reading][side])),
  );
}

function chart({ schemes, series }: ComparisonSeries, reading: Reading, scale: Scale): TextTable {
  const rows = schemes.flatMap(({ name }) => {
    const own = series.filter(({ scheme }) => scheme === name);
    return [
      { name, side: 'low', bars: heights(own, reading, 'min') },
      { name: '', side: 'high', bars: heights(own, reading, 'max') },
    ];
  });
  const highest = Math.max(1, ...rows.flatMap(({ bars }) => bars));
  const [first, last] = [series[0]!.fromOperation, series.at(-1)!.toOperation];
  return {
    title: `Largest error over operations ${formatNumber(first)} to ${formatNumber(last)}; the highest bar is ${formatMagnitude(highest, scale)}`,
    scale,
    columns: [left('scheme'), left('side'), left('')],
    rows: rows.map(({ name, side, bars }) => [
      name,
      side,
      { bars: bars.map((height) => height / highest) },
    ]),
  };
}

export function seriesView(result: ComparisonSeries, choices: ViewChoices): TextView {
  const view = comparisonView(result, choices);
  const drawn = chart(result, choices.reading, scaleOf(result, choices));
  const note = 'bars: eighths of the highest, rounded up; a dot is none';
  return { ...view, tables: [...view.tables, drawn], notes: [...view.notes, note] };
}
