/** What reports read of each swept command is there: its columns, and the options that a grid may give. */
import { describe, expect, it } from 'vitest';
import { sweptOptions } from '../../../../src/commands/sweep/grid.ts';
import { isInShard, pointsOfShard } from '../../../../src/commands/sweep/run-sweep.ts';
import { ROWS, SWEPT } from '../../../../src/commands/sweep/swept.ts';
import { describeColumns } from '../../../../src/render/columns.ts';

describe.each(Object.entries(ROWS))('rows of %s', (format, { schema, keys, figure }) => {
  it('are of that format, and have the columns that are read', async () => {
    const declared = await schema();
    expect(declared.shape.format.value).toBe(format);
    const columns = describeColumns(declared).map(([name]) => name);
    expect(columns).toEqual(expect.arrayContaining([...keys, figure, 'scheme', 'seed']));
  });
});

describe.each(Object.entries(SWEPT))('the grid of %s', (name, { load, words }) => {
  it('has what the points are, not how they are shown, nor what each begins with', async () => {
    const command = await load();
    expect(command.name).toBe(name);
    const options = [...sweptOptions(command).keys()];
    expect(options).toEqual(expect.arrayContaining(['topology', 'scheme', 'seed']));
    for (const shown of ['format', 'output', 'unit', 'color', 'jobs', 'fail-above', 'series']) {
      expect(options).not.toContain(shown);
    }
    for (const word of words) expect(options).not.toContain(word.slice(2));
  });
});

it('a shard has as many points as it says', () => {
  for (const points of [1, 2, 7, 40]) {
    for (const of of [1, 2, 3, 50]) {
      for (let index = 1; index <= of; index++) {
        const all = Array.from({ length: points }, (_, i) => i + 1);
        const own = all.filter((point) => isInShard(point, { index, of }));
        expect(pointsOfShard(points, { index, of })).toBe(own.length);
      }
    }
  }
  expect(pointsOfShard(7, null)).toBe(7);
});
