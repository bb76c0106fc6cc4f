/**
 * Derives from a result's schema its type, its lines of JSON and their schema. The schema says what is
 * in a result; a note beside it says where that stands in lines, and in columns (columns.ts).
 */
import * as z from 'zod';

/** Of a field, or of the whole result. */
export interface Note {
  /** Pages, bytes and operations end the name of the column. */
  readonly unit?: 'pages' | 'bytes' | 'operations' | 'operation' | 'count' | 'ns';
  /** What a column is, where the schema has no description or one that says less. */
  readonly is?: string;
  /**
   * Stands for the field's own name in those of columns, without a unit; '' for none, false: no
   * column. Else `underAtOperation` of `raw` is raw_under_at_operation, and a `name` what it names.
   */
  readonly as?: string | false;
  /** Only these fields of an object are columns. */
  readonly only?: readonly string[];
  /** The column stands before this one. */
  readonly before?: string;
  /** Columns are only ever added at the end: those of a higher number came later. */
  readonly added?: number;
  /** The columns are there, if empty, where the field is not. */
  readonly always?: true;
  /**
   * The type of the line that each element of an array has; of the whole: of the first line, without
   * which every line has the fields of the whole.
   */
  readonly line?: string;
  /** Each element makes rows of its own. */
  readonly rows?: true;
  /** Each key of the object makes rows of its own, and stands in this column. */
  readonly keys?: string;
  /** The first line has the number of elements, whose lines come last; so has this column. */
  readonly counted?: string;
  /** Columns that are computed: for the documentation their names and what they are, and a row's cells. */
  readonly cells?: Cells | readonly Cells[];
  /** Of the whole: what the schema of its lines is of. */
  readonly lines?: string;
  /** As published: the schema of the lines does not say that `type` tells them apart. */
  readonly anyLine?: true;
  /** As published: the schema of the line has `format` and `type` at the end. */
  readonly typeLast?: true;
}

const NOTES = z.registry<Note>();

/** Some computed columns of a field; `added` as in its note. */
export interface Cells {
  readonly columns: string;
  readonly is?: string;
  readonly added?: number;
  of(value: never, result: never): Record<string, string | number>;
}

/** A copy of the schema that has the note, beside those of what it was made from. */
export function noted<T extends z.ZodType>(schema: T, note: Note): T {
  const copy = schema.clone();
  NOTES.add(copy, note);
  return copy;
}

type Plain<T> = T extends readonly (infer E)[]
  ? readonly Plain<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Plain<T[K]> }
    : T;

/** The type of what has a schema, read-only throughout. */
export type ResultOf<S extends z.ZodType> = Plain<z.infer<S>>;

function innerOf(schema: z.ZodType): z.ZodType | undefined {
  return (schema.def as { innerType?: z.ZodType }).innerType;
}

/** The schema within those that say that it may be null or absent. */
export function bare(schema: z.ZodType): z.ZodType {
  const inner = innerOf(schema);
  return inner === undefined ? schema : bare(inner);
}

export function noteOf(schema: z.ZodType): Note {
  const inner = innerOf(schema);
  return { ...(inner === undefined ? {} : noteOf(inner)), ...NOTES.get(schema) };
}

export function descriptionOf(schema: z.ZodType): string | undefined {
  const inner = innerOf(schema);
  return schema.description ?? (inner === undefined ? undefined : descriptionOf(inner));
}

/** The fields of an object, of a union those of all its members. */
export function fieldsOf(schema: z.ZodType): [string, z.ZodType][] {
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((each) => fieldsOf(each as never));
  return schema instanceof z.ZodObject ? Object.entries(schema.shape) : [];
}

export type Fields = Readonly<Record<string, unknown>>;

function without(fields: Fields, keys: readonly (string | undefined)[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
}

export function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce((inner, key) => (inner as Fields | null | undefined)?.[key], value);
}

/** A result's rows: the whole, an element of the array there, one of the array in that, … */
export function rowsOf(result: object, arrays: readonly (readonly string[])[]): unknown[][] {
  return arrays.reduce<unknown[][]>(
    (rows, path) =>
      rows.flatMap((row) => {
        const there = at(row.at(-1), path) ?? [];
        const elements = Array.isArray(there) ? there : Object.entries(there);
        return elements.map((element) => [...row, element]);
      }),
    [[result]],
  );
}

/** The way to an array whose elements are lines: the keys of arrays, and the form of their elements. */
interface LineArray {
  readonly keys: readonly string[];
  readonly elements: readonly z.ZodType[];
  readonly note: Note;
}

function lineArrays(schema: z.ZodType): LineArray[] {
  const inside = (of: z.ZodType, outer: Omit<LineArray, 'note'>): LineArray[] =>
    fieldsOf(of).flatMap(([key, field]) => {
      const array = bare(field);
      const note = noteOf(field);
      if (!(array instanceof z.ZodArray) || !(note.line ?? note.rows)) return [];
      const element = array.element as z.ZodType;
      const way = { keys: [...outer.keys, key], elements: [...outer.elements, element] };
      return note.line === undefined ? inside(element, way) : [{ ...way, note }];
    });
  const isLast = ({ note }: LineArray) => Number(note.counted !== undefined);
  return inside(schema, { keys: [], elements: [] }).sort((a, b) => isLast(a) - isLast(b));
}

/** The fields of elements one in the other, without the inner arrays. */
function merged(elements: readonly unknown[], { keys }: LineArray): Fields {
  const own = elements.map((fields, depth) => without(fields as Fields, [keys[depth + 1]]));
  return Object.assign({}, ...own);
}

/** The fields of the first line; `count` stands for an array that has lines of its own and is counted. */
function whole(fields: Fields, arrays: readonly LineArray[], count: (array: unknown) => unknown) {
  const heads = arrays.map(({ keys }) => keys[0]!);
  const counted = arrays.filter(({ note }) => note.counted !== undefined);
  const counts = counted.map(({ keys }) => [keys[0], count(fields[keys[0]!])]);
  return { ...without(fields, ['format', ...heads]), ...Object.fromEntries(counts) };
}

/** `compare-line@1` is the format of the lines of `compare@1`. */
function lineFormat(schema: z.ZodObject): string {
  return String((schema.shape.format as z.ZodLiteral).value).replace('@', '-line@');
}

/** The first line has what concerns the whole result; a line for each of its rows follows. */
export function linesOf(schema: z.ZodObject, result: object): readonly object[] {
  const format = lineFormat(schema);
  const { line: type } = noteOf(schema);
  const arrays = lineArrays(schema);
  const first = whole(result as Fields, arrays, (array) => (array as unknown[]).length);
  const inEach = type === undefined ? first : {};
  return [
    ...(type === undefined ? [] : [{ format, type, ...first }]),
    ...arrays.flatMap((array) => {
      const paths = array.keys.map((key) => [key]);
      const head = { format, type: array.note.line, ...inEach };
      return rowsOf(result, paths).map(([, ...own]) => ({ ...head, ...merged(own, array) }));
    }),
  ];
}

/** The schema of any of its lines; undefined where a result has none. */
export function lineSchemaOf(schema: z.ZodObject): z.ZodType | undefined {
  const { line: type, lines, anyLine } = noteOf(schema);
  if (lines === undefined) return undefined;
  const arrays = lineArrays(schema);
  const first = whole(schema.shape, arrays, () => z.int().min(0));
  const inEach = type === undefined ? first : {};
  const lineSchema = (line: string | undefined, fields: Fields, typeLast = false) => {
    const head = { format: z.literal(lineFormat(schema)), type: z.literal(line) };
    return z.strictObject((typeLast ? { ...fields, ...head } : { ...head, ...fields }) as never);
  };
  const schemas = [
    ...(type === undefined ? [] : [lineSchema(type, first)]),
    ...arrays.map((array) => {
      const shapes = array.elements.map((element) => Object.fromEntries(fieldsOf(element)));
      const fields = { ...inEach, ...merged(shapes, array) };
      return lineSchema(array.note.line, fields, array.note.typeLast);
    }),
  ];
  if (schemas.length === 1) return schemas[0]!.describe(lines);
  const any = schemas as never;
  return (anyLine ? z.union(any) : z.discriminatedUnion('type', any)).describe(lines);
}
