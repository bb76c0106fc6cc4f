/** What a report is asked for, held against the rows to come: found before a point runs, not after the last. */
import type * as z from 'zod';
import { InputError } from '../../errors.ts';
import { isPicture } from '../../render/formats.ts';
import { suggestion } from '../../suggestion.ts';
import type { ShownFlags } from './options.ts';
import type { Plan } from './plan.ts';
import { ROWS } from './swept.ts';

const formatOf = (schema: z.ZodObject) =>
  String((schema.shape.format as z.ZodLiteral<string> | undefined)?.value);

async function demandFigure(figure: string, schemas: readonly z.ZodObject[]): Promise<void> {
  const { numberColumns } = await import('../../render/columns.ts');
  const columns = schemas.map(numberColumns);
  const names = [...new Set(columns.flatMap((each) => each.names))];
  const beginnings = columns.flatMap((each) => each.beginnings);
  if (names.includes(figure) || beginnings.some((begun) => figure.startsWith(begun))) return;
  throw new InputError(
    `--figure ${figure}: no column of numbers has this name: ${suggestion(figure, names)}`,
  );
}

/** @throws InputError where one is no parameter that points differ in. */
export function demandBy(by: readonly string[], names: readonly string[]): void {
  const unknown = by.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const meant =
    names.length === 0
      ? 'points differ in nothing but the seed: expected an option with several values'
      : suggestion(unknown, names);
  throw new InputError(`--by ${by.join(',')}: ${meant}`);
}

/** @throws InputError where the rows cannot have the figure or the scheme, or nothing would be drawn. */
export async function demandReport(
  { axes, points, rows }: Plan,
  { figure, against, by, format }: ShownFlags,
): Promise<void> {
  const { schemes } = rows;
  if (schemes.size === 0) return;
  const schemas = await Promise.all(Array.from(rows.schemas, (load) => load()));
  if (figure !== undefined) await demandFigure(figure, schemas);
  if (against !== undefined && !schemes.has(against)) {
    throw new InputError(`--against ${against}: ${suggestion(against, [...schemes])}`);
  }
  if (!isPicture(format)) return;
  const keys = schemas.flatMap((schema) => ROWS[formatOf(schema)]?.keys ?? []);
  const parameters = axes.filter((name) => name !== 'seed');
  demandBy(by ?? [], [...parameters, ...keys]);
  const differs = (name: string) => new Set(points.map(({ values }) => values.get(name))).size > 1;
  if (keys.length > 0 || parameters.some(differs)) return;
  throw new InputError(
    `--format ${format}: points differ in nothing but the seed: expected an option with several values`,
  );
}
