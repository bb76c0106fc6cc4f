/** Grids in files, `rss-err/grid@1`: a command, the alternatives of its options, and filters. */
import * as z from 'zod';
import type { CommandSpec } from '../../cli/command.ts';
import type { Options } from '../../cli/options.ts';
import { InputError, within } from '../../errors.ts';
import { conformTo } from '../../input/conform.ts';
import { parseJsonText } from '../../input/json.ts';
import { suggestion } from '../../suggestion.ts';
import { type Grid, gridOf, sweptOptions } from './grid.ts';
import { SWEPT } from './swept.ts';

const GRID_FORMAT = 'rss-err/grid@1';

const VALUE = 'expected a value, true, or a list of values';

const value = z.union([z.string(), z.number()], { error: VALUE });

export const gridSchema = z
  .strictObject(
    {
      $schema: z.string({ error: 'expected text' }).optional().describe('For editors'),
      format: z.literal(GRID_FORMAT, { error: `expected "${GRID_FORMAT}"` }),
      command: z
        .literal(Object.keys(SWEPT), { error: `expected one of ${Object.keys(SWEPT).join(', ')}` })
        .describe('Whose points are run'),
      options: z
        .record(z.string(), z.union([value, z.literal(true), z.array(value)], { error: VALUE }), {
          error: 'expected an object with the options',
        })
        .describe('By option without dashes: all its alternatives; true for one without a value'),
      where: z
        .array(z.string({ error: 'expected text' }), { error: 'expected a list of filters' })
        .default([])
        .describe('Filters such as threads<=online-cpus: points that pass all of them are run'),
    },
    { error: 'expected an object' },
  )
  .describe('A grid as rss-err sweep --grid reads it');

function textsOf(given: string | number | true | readonly (string | number)[]): readonly string[] {
  if (given === true) return [''];
  return Array.isArray(given) ? given.map(String) : [String(given)];
}

/** @throws InputError that begins with `origin` and names the place, the value and the rule. */
export async function readGrid(
  json: string,
  origin: string,
): Promise<{ spec: CommandSpec<Options>; grid: Grid }> {
  const document = within(origin, () =>
    conformTo(gridSchema, parseJsonText(json), 'a grid of points'),
  );
  const spec = await SWEPT[document.command]!.load();
  return within(origin, () => {
    const known = sweptOptions(spec);
    for (const [name, given] of Object.entries(document.options)) {
      const option = known.get(name);
      if (option === undefined) {
        throw new InputError(
          `options.${name} is no option of ${spec.name}: ${suggestion(name, [...known.keys()])}`,
        );
      }
      if ((option.value === null) !== (given === true)) {
        throw new InputError(
          `options.${name}: expected ${option.value === null ? 'true, as it has no value' : 'a value or a list of values'}`,
        );
      }
    }
    const given = Object.entries(document.options).map(
      ([name, texts]) => [name, textsOf(texts)] as const,
    );
    return { spec, grid: gridOf(spec, new Map(given), document.where) };
  });
}
