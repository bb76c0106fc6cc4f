/** Derives from a result's schema the columns of CSV and TSV, and what the documentation says of them. */
import { stringify } from 'csv-stringify/sync';
import * as z from 'zod';
import {
  at,
  bare,
  type Cells,
  descriptionOf,
  fieldsOf,
  type Note,
  noteOf,
  rowsOf,
} from './result.ts';

/** A value of a row: in the whole result (depth 0), or in an element of the rows below it. */
interface Where {
  readonly depth: number;
  readonly path: readonly string[];
}

interface Column {
  readonly name: string;
  /** Where its value is; the first that is there counts. */
  readonly from: readonly Where[];
  /** What may be absent from every row: then there is no such column. */
  readonly ifThere: Where | null;
  readonly note: Note;
  /** It stands for several, computed from its value. */
  readonly cells: Cells | undefined;
  readonly is: readonly string[];
  /** Its cells are numbers, where they are not empty. */
  readonly isNumber: boolean;
}

/** Where the walk through a schema is, and what names of columns begin with there. */
interface Place extends Where {
  readonly prefix: string;
  /** What a field called `name` names. */
  readonly named: string;
  readonly ifThere: Where | null;
  /** Where the columns stand. */
  readonly order: Pick<Note, 'before' | 'added'>;
  /** What is said of it, and of what surrounds it. */
  readonly is: readonly string[];
}

const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const joined = (...parts: readonly string[]) => parts.filter((part) => part !== '').join('_');

/** Units that end the name of a column. */
const NAMED_UNITS: readonly string[] = ['pages', 'bytes', 'operations'];

function withUnit(name: string, { unit }: Note): string {
  const isNamed = unit === undefined || !NAMED_UNITS.includes(unit) || name.endsWith(unit);
  return isNamed ? name : `${name}_${unit}`;
}

/** The columns in the order of the fields, and the way from each kind of row to the next. */
function walk(root: z.ZodType) {
  const columns = new Map<string, Column>();
  const rows: (readonly string[])[] = [];

  /** Of fields with one name the first says what the column is. */
  function add(
    name: string,
    schema: z.ZodType,
    { depth, path, ifThere, order, is }: Place,
    cells?: Cells,
  ): void {
    const added = cells?.added;
    const note = { ...order, ...noteOf(schema), ...(added !== undefined && { added }) };
    const inner = bare(schema);
    const isNumber = inner instanceof z.ZodNumber || inner instanceof z.ZodArray;
    const column = { name, from: [], ifThere, note, cells, is, isNumber };
    const known = columns.get(name) ?? column;
    columns.set(name, { ...known, from: [...known.from, { depth, path }] });
  }

  function enter(schema: z.ZodType, place: Place): void {
    const { only } = noteOf(schema);
    for (const [key, field] of fieldsOf(bare(schema))) {
      if (noteOf(field).as === false || only?.includes(key) === false) continue;
      visit(key, field, place);
    }
  }

  /** The values of an array, or the entries of an object, as rows. */
  function enterRows(schema: z.ZodType, place: Place): Place {
    rows.push(place.path);
    const named = noteOf(schema).line ?? '';
    return { ...place, depth: rows.length, path: [], prefix: '', named, is: [] };
  }

  function fieldsAt(schema: z.ZodType, place: Place, name: string): void {
    const inner = bare(schema);
    const { rows: ofRows, keys, counted, cells } = noteOf(schema);
    for (const some of [cells ?? []].flat()) {
      add(some.columns, schema, { ...place, is: [...place.is, some.is ?? ''] }, some);
    }
    if (counted !== undefined) add(counted, schema, { ...place, path: [...place.path, 'length'] });
    if (inner instanceof z.ZodArray) {
      if (ofRows) enter(inner.element as z.ZodType, enterRows(schema, place));
    } else if (keys !== undefined) {
      const row = enterRows(schema, place);
      add(keys, schema, { ...row, path: ['0'], is: place.is });
      const [, first] = fieldsOf(inner)[0]!;
      fieldsAt(first, { ...row, path: ['1'], is: [noteOf(first).is ?? ''] }, '');
    } else if (fieldsOf(inner).length > 0) {
      enter(schema, place);
    } else if (
      inner instanceof z.ZodString ||
      (!(inner instanceof z.ZodRecord) && cells === undefined)
    ) {
      add(name, schema, place);
    }
  }

  function visit(key: string, field: z.ZodType, outer: Place): void {
    const note = noteOf(field);
    const path = [...outer.path, key];
    const prefix = joined(outer.prefix, note.as === false ? '' : (note.as ?? snake(key)));
    const isOptional = field.def.type === 'optional' && note.always !== true;
    const { before = outer.order.before, added = outer.order.added } = note;
    const place: Place = {
      depth: outer.depth,
      path,
      prefix,
      named: joined(outer.prefix, snake(key)),
      ifThere: isOptional ? { depth: outer.depth, path } : outer.ifThere,
      order: { ...(before && { before }), ...(added && { added }) },
      is: [...outer.is, note.is ?? descriptionOf(field) ?? ''],
    };
    const own = key === 'name' ? outer.named : withUnit(prefix, note);
    fieldsAt(field, place, note.as === undefined ? own : prefix);
  }

  enter(root, { depth: 0, path: [], prefix: '', named: '', ifThere: null, order: {}, is: [] });
  return { columns: inOrder([...columns.values()]), rows };
}

/** Columns are only ever added at the end, whatever the place of their fields. */
function inOrder(columns: readonly Column[]): Column[] {
  const order = [...columns];
  for (const column of columns) {
    const { before } = column.note;
    if (before === undefined) continue;
    order.splice(order.indexOf(column), 1);
    const place = order.findIndex(({ name }) => name === before);
    if (place === -1)
      throw new RangeError(`${column.name} stands before ${before}: no such column`);
    order.splice(place, 0, column);
  }
  return order.sort((a, b) => (a.note.added ?? 0) - (b.note.added ?? 0));
}

type Row = readonly unknown[];

const valueIn = (row: Row, { depth, path }: Where) => at(row[depth], path);

/** A cell that has no value is empty. */
function cellsIn(row: Row, { name, from, cells }: Column): Record<string, unknown> {
  const value = from.map((where) => valueIn(row, where)).find((found) => found != null);
  if (cells !== undefined) return cells.of(value as never, row[0] as never);
  if (value === Number.POSITIVE_INFINITY) return { [name]: '' };
  return { [name]: typeof value === 'boolean' ? `${value}` : (value ?? '') };
}

/** A row's cells by their columns. */
export type RowCells = Readonly<Record<string, unknown>>;

/** Makes the rows of results of one schema. */
export function rowMaker(schema: z.ZodObject) {
  const { columns, rows } = walk(schema);
  return (result: object): { readonly names: readonly string[]; readonly records: RowCells[] } => {
    const all = rowsOf(result, rows);
    const shown = columns.filter(
      ({ ifThere }) => ifThere === null || all.some((row) => valueIn(row, ifThere) !== undefined),
    );
    const records = all.map(
      (row): RowCells => Object.assign({}, ...shown.map((column) => cellsIn(row, column))),
    );
    const [first] = records;
    return { records, names: first ? Object.keys(first) : shown.map(({ name }) => name) };
  };
}

/** Rows under their columns, as RFC 4180 has it, with LF. */
export function renderRows(
  records: readonly RowCells[],
  names: readonly string[],
  delimiter: ',' | '\t',
  header: boolean,
): string {
  return stringify([...records], {
    header,
    columns: [...names],
    delimiter,
    record_delimiter: 'unix',
  });
}

/** The rows of a result under their columns, also of none. */
export function renderColumns(schema: z.ZodObject, result: object, delimiter: ',' | '\t'): string {
  const { records, names } = rowMaker(schema)(result);
  return renderRows(records, names, delimiter, true);
}

/** The columns of numbers; of computed ones what their names begin with, as "cost_". */
export function numberColumns(schema: z.ZodObject) {
  const { columns } = walk(schema);
  const computed = columns.filter(({ cells }) => cells !== undefined);
  return {
    names: columns.flatMap(({ name, cells, isNumber }) =>
      isNumber && cells === undefined ? [name] : [],
    ),
    beginnings: computed.map(({ name }) => name.slice(0, name.indexOf('_') + 1)),
  };
}

/** Each column, its unit and what it is, for the documentation: what is null is an empty cell. */
export function describeColumns(schema: z.ZodObject): readonly (readonly string[])[] {
  return walk(schema).columns.map(({ name, note: { unit = '' }, is }) => {
    const said = is.filter((text) => text !== '' && text !== unit);
    return [name, unit, said.join('; ').replaceAll(/\bnull\b/g, 'empty')];
  });
}
