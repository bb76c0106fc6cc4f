/** What is declared once shows in lines, columns, their schemas and the documentation. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { describeColumns, renderColumns } from '../../../src/render/columns.ts';
import { lineSchemaOf, linesOf, noted } from '../../../src/render/result.ts';
import { count, pages, program } from '../../../src/render/schema-parts.ts';

const sides = z.strictObject({ under: pages, over: pages });

/** Machines, and on each of them schemes; a scheme may have more fields than these. */
function formOf(more: z.ZodRawShape) {
  const scheme = z.strictObject({
    name: z.string(),
    exact: sides.nullable().describe('worst case'),
    readings: noted(z.strictObject({ raw: sides, clamped: sides }), { as: '' }),
    secret: noted(count, { as: false }),
    ...more,
  });
  const machine = z.strictObject({
    cpus: count.describe('on-line'),
    schemes: noted(z.array(scheme), { line: 'scheme', rows: true }),
  });
  return noted(
    z.strictObject({
      format: z.literal('rss-err/small@1'),
      program,
      machines: noted(z.array(machine), { rows: true }),
      remarks: noted(z.array(z.strictObject({ text: z.string() })), { line: 'remark' }),
    }),
    { line: 'run', lines: 'a line' },
  );
}

const per = (name: string, more: object = {}) => ({
  name,
  exact: name === 'none' ? null : { under: 1, over: 2 },
  readings: { raw: { under: 3, over: 4 }, clamped: { under: 5, over: 6 } },
  secret: 7,
  ...more,
});

const result = (more: object = {}) => ({
  format: 'rss-err/small@1',
  program: { version: '1' },
  machines: [
    { cpus: 8, schemes: [per('tree', more), per('none', more)] },
    { cpus: 16, schemes: [per('tree', more)] },
  ],
  remarks: [{ text: 'a, b' }],
});

const plain = formOf({});
const head = (text: string) => text.slice(0, text.indexOf('\n')).split(',');

describe('lines', () => {
  it('are one for the whole, then one for each element, with what surrounds it', () => {
    const format = 'rss-err/small-line@1';
    expect(linesOf(plain, result())).toEqual([
      { format, type: 'run', program: { version: '1' } },
      { format, type: 'scheme', cpus: 8, ...per('tree') },
      { format, type: 'scheme', cpus: 8, ...per('none') },
      { format, type: 'scheme', cpus: 16, ...per('tree') },
      { format, type: 'remark', text: 'a, b' },
    ]);
  });

  it('conform to the schema made of the same declaration, and to nothing less', () => {
    const schema = lineSchemaOf(plain)!;
    for (const line of linesOf(plain, result())) expect(schema.parse(line)).toEqual(line);
    const [, scheme] = linesOf(plain, result()) as Record<string, unknown>[];
    expect(schema.safeParse({ ...scheme, secret: undefined }).success).toBe(false);
    expect(schema.safeParse({ ...scheme, other: 1 }).success).toBe(false);
  });

  it('have the fields of the whole where there is no first line', () => {
    const alone = noted(plain, { line: undefined as never, lines: 'a line' });
    const lines = linesOf(alone, result()) as Record<string, unknown>[];
    expect(lines.map(({ type }) => type)).toEqual(['scheme', 'scheme', 'scheme', 'remark']);
    expect(lines.map((line) => line.program)).toEqual(Array(4).fill({ version: '1' }));
    for (const line of lines) expect(lineSchemaOf(alone)!.parse(line)).toEqual(line);
  });
});

describe('columns', () => {
  it('are the fields by their way and unit, a row for each innermost element', () => {
    expect(renderColumns(plain, result(), ',').split('\n')).toEqual([
      'format,version,cpus,scheme,exact_under_pages,exact_over_pages,raw_under_pages,raw_over_pages,clamped_under_pages,clamped_over_pages',
      'rss-err/small@1,1,8,tree,1,2,3,4,5,6',
      'rss-err/small@1,1,8,none,,,3,4,5,6',
      'rss-err/small@1,1,16,tree,1,2,3,4,5,6',
      '',
    ]);
  });

  it('stand there also where there are no rows', () => {
    const none = { ...result(), machines: [] };
    expect(renderColumns(plain, none, ',')).toBe(
      `${head(renderColumns(plain, result(), ',')).join(',')}\n`,
    );
  });

  it('stand before another, and after all that came earlier', () => {
    const form = formOf({
      late: noted(count, { added: 2 }),
      early: noted(count, { added: 1 }),
      first: noted(count, { before: 'cpus' }),
    });
    const names = head(renderColumns(form, result({ late: 1, early: 1, first: 1 }), ','));
    expect(names.slice(0, 3)).toEqual(['format', 'version', 'first']);
    expect(names.slice(-2)).toEqual(['early', 'late']);
    const nowhere = formOf({ lost: noted(count, { before: 'no_such' }) });
    expect(() => renderColumns(nowhere, result(), ',')).toThrow('no_such');
  });

  it('are left out where no row has the field, unless they are always there', () => {
    const form = formOf({
      some: count.exactOptional(),
      always: noted(count.exactOptional(), { always: true }),
    });
    expect(head(renderColumns(form, result(), ',')).slice(-1)).toEqual(['always']);
    expect(head(renderColumns(form, result({ some: 1 }), ',')).slice(-2)).toEqual([
      'some',
      'always',
    ]);
  });

  it('take the keys of an object as rows, and the fields of a union together', () => {
    const form = z.strictObject({
      which: noted(
        z.discriminatedUnion('name', [
          z.strictObject({ name: z.literal('a'), x: count }),
          z.strictObject({ name: z.literal('b'), y: count }),
        ]),
        { as: '' },
      ),
      by: noted(z.strictObject({ raw: sides, clamped: sides }), { keys: 'reading' }),
    });
    const { raw, clamped } = per('').readings;
    const text = renderColumns(form, { which: { name: 'b', y: 9 }, by: { raw, clamped } }, '\t');
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((row) => row.split('\t')),
    ).toEqual([
      ['which', 'x', 'y', 'reading', 'under_pages', 'over_pages'],
      ['b', '', '9', 'raw', '3', '4'],
      ['b', '', '9', 'clamped', '5', '6'],
    ]);
  });
});

describe('a field that is added', () => {
  it('shows in the whole, in lines, in columns and in the documentation', () => {
    const form = formOf({ throwAway: pages.describe('of no use') });
    const more = { throwAway: 42 };
    expect(form.parse(result(more))).toEqual(result(more));
    const [, line] = linesOf(form, result(more));
    expect(line).toMatchObject(more);
    expect(lineSchemaOf(form)!.parse(line)).toEqual(line);
    const rows = renderColumns(form, result(more), ',').split('\n');
    expect(rows.map((row) => row.split(',').at(-1))).toEqual([
      ...['throw_away_pages', '42', '42', '42', ''],
    ]);
    expect(describeColumns(form).at(-1)).toEqual(['throw_away_pages', 'pages', 'of no use']);
    expect(JSON.stringify(z.toJSONSchema(form))).toContain('"throwAway"');
  });
});
