/** The form of a JSON document: by its schema, its faults in words. */
import type * as z from 'zod';
import { InputError, quote } from '../errors.ts';
import { suggestion } from '../suggestion.ts';
import { formatPath, type Path } from './json.ts';

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    document,
  );
}

/** The keys that the schema knows where an unknown one was found, for "did you mean". */
function knownKeys(root: z.ZodType, path: Path): readonly string[] {
  let schema: unknown = root;
  for (const key of path) {
    while (isOptional(schema)) schema = schema.unwrap();
    schema =
      typeof key === 'number' ? (schema as z.ZodArray).element : shapeOf(schema)[String(key)];
  }
  while (isOptional(schema)) schema = schema.unwrap();
  return Object.keys(shapeOf(schema));
}

function isOptional(schema: unknown): schema is z.ZodOptional {
  return (schema as z.ZodType | undefined)?.def?.type === 'optional';
}

function shapeOf(schema: unknown): Record<string, unknown> {
  return (schema as z.ZodObject).shape ?? {};
}

/** One line holds so many faults. */
const MOST_TOLD = 5;

/** Of an unknown key the beginning says enough. */
const LONGEST_KEY = 60;

/** How many faults an issue is: each unknown key is one. */
function faultsIn(issue: z.core.$ZodIssue): number {
  return issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
}

/** The faults of an issue, as many as are told. */
function describeIssue(
  root: z.ZodType,
  document: unknown,
  issue: z.core.$ZodIssue,
): readonly string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(root, issue.path);
    return issue.keys.slice(0, MOST_TOLD).map((key) => {
      const place = formatPath([...issue.path, key.slice(0, LONGEST_KEY)]);
      return `${place}${key.length > LONGEST_KEY ? '…' : ''} is an unknown key: ${suggestion(key, known)}`;
    });
  }
  const value = valueAt(document, issue.path);
  const what = value === undefined ? 'missing' : quote(value);
  return [`${formatPath(issue.path)} is ${what}: ${issue.message}`];
}

/** Longer lists are looked at entry by entry: faults in all of a million, or a copy, would fill memory. */
const LONG_LIST = 1000;

const isLong = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.length > LONG_LIST;

/** A long list up to its first faulty entry; its beginning where it has none. */
function upToFault(root: z.ZodType, key: string, value: readonly unknown[]): readonly unknown[] {
  let schema: unknown = shapeOf(root)[key];
  while (isOptional(schema)) schema = schema.unwrap();
  const element = (schema as z.ZodArray | undefined)?.element as z.ZodType | undefined;
  const fault = value.findIndex((entry) => element?.safeParse(entry).success === false);
  return value.slice(0, fault === -1 ? LONG_LIST : fault + 1);
}

/** The long lists of a document. */
function longLists(document: unknown): Record<string, readonly unknown[]> {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return {};
  return Object.fromEntries(Object.entries(document).filter(([, value]) => isLong(value)));
}

/**
 * A document of a form; `noun` says what it should be.
 * @throws InputError that names the faults: path, value and rule of each.
 */
export function conformTo<T>(schema: z.ZodType<T>, document: unknown, noun: string): T {
  const long = longLists(document);
  const cut = Object.entries(long).map(([key, list]) => [key, upToFault(schema, key, list)]);
  const isShort = cut.length === 0;
  const result = schema.safeParse(
    isShort ? document : { ...(document as object), ...Object.fromEntries(cut) },
  );
  if (result.success) return isShort ? result.data : { ...result.data, ...long };
  // A misspelt key tells more than the one that is missing for it.
  const isKey = ({ code }: z.core.$ZodIssue) => code === 'unrecognized_keys';
  const issues = [
    ...result.error.issues.filter(isKey),
    ...result.error.issues.filter((issue) => !isKey(issue)),
  ];
  const told = issues
    .slice(0, MOST_TOLD)
    .flatMap((issue) => describeIssue(schema, document, issue))
    .slice(0, MOST_TOLD);
  const more = issues.reduce((sum, issue) => sum + faultsIn(issue), 0) - told.length;
  const rest = more === 0 ? '' : ` (and ${more} more ${more === 1 ? 'fault' : 'faults'})`;
  throw new InputError(`${told.join('; ') || `not ${noun}`}${rest}`);
}
