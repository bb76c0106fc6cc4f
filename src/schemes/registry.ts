/** The schemes, a line each, and how `scheme:key=value,…` names one; their order is that of the rows. */
import { InputError, quote, succeeds } from '../errors.ts';
import { IN_RSS } from '../kernel/rss-stat.ts';
import { suggestion } from '../suggestion.ts';
import type { Topology } from '../topology/topology.ts';
import type { Pages } from '../units.ts';
import { atomic } from './atomic/index.ts';
import { atomicUntilThreaded, lazy } from './atomic-until-threaded/index.ts';
import type { WorstCase } from './bound.ts';
import type { Parameter } from './parameters.ts';
import { perCpu } from './per-cpu/index.ts';
import { perNuma } from './per-numa/index.ts';
import { perThread } from './per-thread/index.ts';
import type { Counters, Scheme } from './scheme.ts';
import { stash } from './stash/index.ts';
import { tree } from './tree/index.ts';
import { twoLevel } from './two-level/index.ts';

const SCHEMES = [
  atomic,
  perThread,
  perCpu,
  perNuma,
  tree,
  twoLevel,
  lazy,
  atomicUntilThreaded,
  stash,
] as const;

/** Which scheme of counting, with which parameters: plain data. */
export type SchemeSpec = (typeof SCHEMES)[number] extends infer One
  ? One extends Scheme<infer Spec>
    ? Spec
    : never
  : never;

export type SchemeName = SchemeSpec['scheme'];

/** The spec of one scheme, or of some. */
export type SpecOfScheme<Name extends SchemeName> = Extract<SchemeSpec, { scheme: Name }>;

export const SCHEME_NAMES: readonly SchemeName[] = SCHEMES.map(({ name }) => name);

/** What is compared where no scheme is named. */
export const DEFAULT_SCHEMES: readonly SchemeName[] = SCHEMES.filter(
  ({ isDefault }) => isDefault,
).map(({ name }) => name);

/** Its facts. */
export function schemeNamed(name: SchemeName): Scheme<SchemeSpec> {
  return SCHEMES.find((scheme) => scheme.name === name)!;
}

/** The facts of a spec's scheme, to be asked with the spec. */
export function schemeOf({ scheme }: SchemeSpec): Scheme<SchemeSpec> {
  return schemeNamed(scheme);
}

/** A spec's parameters, each with the key that names it in text. */
function parametersOf({ parameters }: Scheme<SchemeSpec>): [string, string, Parameter<unknown>][] {
  return Object.entries<Parameter<unknown>>(parameters).map(([field, parameter]) => [
    field,
    parameter.key ?? field,
    parameter,
  ]);
}

/** The keys of all schemes' parameters, in the order of the schemes. */
export const PARAMETER_KEYS: readonly string[] = [
  ...new Set(
    SCHEMES.flatMap((scheme) => parametersOf(scheme as Scheme<SchemeSpec>).map(([, key]) => key)),
  ),
];

/** "tree", "tree:batch=", "tree:version=17": what a scheme's text is or begins with. */
export function schemeWords(): string[] {
  return SCHEMES.flatMap((scheme) => [
    scheme.name,
    ...parametersOf(scheme as Scheme<SchemeSpec>).flatMap(([, key, { choices = [''] }]) =>
      choices.map((text) => `${scheme.name}:${key}=${text}`),
    ),
  ]);
}

/** Parameters as --scheme takes them, by their keys; a field is written alike by each scheme that has it. */
export function parameterTexts(
  parameters: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const all = SCHEMES.flatMap((scheme) => parametersOf(scheme as Scheme<SchemeSpec>));
  const told = Object.entries(parameters).flatMap(([field, value]) => {
    const [, key, parameter] = all.find(([name]) => name === field)!;
    return value === null || value === undefined ? [] : [[key, parameter.format(value)] as const];
  });
  return Object.fromEntries(told);
}

/** The texts of `key=value,…`. */
function givenParameters(
  name: string,
  text: string,
  known: readonly string[],
): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  if (text === '') return given;
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    if (equals < 1) {
      throw new InputError(`--scheme ${name}:${text}: ${quote(part)} is not of the form key=value`);
    }
    const key = part.slice(0, equals);
    if (!known.includes(key)) {
      const hint = known.length === 0 ? `${name} takes no parameters` : suggestion(key, known);
      throw new InputError(`--scheme ${name}:${text}: unknown parameter ${quote(key)}: ${hint}`);
    }
    if (given.has(key)) {
      throw new InputError(`--scheme ${name}:${text}: ${quote(key)} is given twice`);
    }
    given.set(key, part.slice(equals + 1));
  }
  return given;
}

/**
 * `per-cpu`, `tree:batch=16,version=17`, …
 * @throws InputError that lists the schemes, names the parameter, or tells what its value may be.
 */
export function parseScheme(text: string): SchemeSpec {
  const colon = text.indexOf(':');
  const word = colon < 0 ? text : text.slice(0, colon);
  const scheme: Scheme<SchemeSpec> | undefined = SCHEMES.find(
    ({ name, aliases }) => name === word || aliases.includes(word),
  );
  if (scheme === undefined) {
    throw new InputError(
      `--scheme ${text}: unknown scheme ${quote(word)}: ${word.includes(',') ? 'expected one; another has a --scheme of its own' : suggestion(word, SCHEME_NAMES)}`,
    );
  }
  const { name } = scheme;
  const parameters = parametersOf(scheme);
  const keys = parameters.map(([, key]) => key);
  const given = givenParameters(name, colon < 0 ? '' : text.slice(colon + 1), keys);
  const values = parameters.map(([field, key, parameter]) => {
    const value = given.get(key);
    if (value === undefined) return [field, parameter.default];
    const fault = (says: string, shown = value) =>
      new InputError(`${name}:${key}=${shown}: ${says}`);
    return [field, parameter.parse(value, fault)];
  });
  return { scheme: name, ...Object.fromEntries(values) };
}

/**
 * "tree:batch=16", the last scheme that has a parameter of this key, of those that are rows by themselves if
 * one of them has; undefined where none has. A value that it refuses is left out.
 */
export function schemeTaking(key: string, value: string): string | undefined {
  const takes = (scheme: Scheme<SchemeSpec>) => parametersOf(scheme).some(([, own]) => own === key);
  const takers = SCHEMES.filter((scheme) => takes(scheme as Scheme<SchemeSpec>));
  const taker = takers.findLast(({ isDefault }) => isDefault) ?? takers.at(-1);
  if (taker === undefined) return undefined;
  const text = `${taker.name}:${key}=`;
  return succeeds(() => parseScheme(`${text}${value}`)) ? `${text}${value}` : `${text}…`;
}

/** The name that parseScheme() reads back: parameters where they differ from the default. */
export function formatScheme(spec: SchemeSpec): string {
  const values = new Map(Object.entries(spec));
  const parameters = parametersOf(schemeOf(spec))
    .filter(([field, , parameter]) => values.get(field) !== parameter.default)
    .map(([field, key, parameter]) => `${key}=${parameter.format(values.get(field))}`);
  return parameters.length === 0 ? spec.scheme : `${spec.scheme}:${parameters.join(',')}`;
}

/** Counters at zero. @throws InputError where the machine and the parameters do not fit. */
export function createCounters(topology: Topology, spec: SchemeSpec): Counters {
  return schemeOf(spec).createCounters(topology, spec);
}

/** Members that get_mm_rss() adds up. */
export const RSS_MEMBERS = IN_RSS.filter((isInRss) => isInRss === 1).length;

/**
 * The bound of RSS, each of whose members is counted and clamped alone, over so many of them, pages,
 * from that of one.
 */
export function rssBound(
  scheme: SchemeName,
  { under, over }: WorstCase,
  members = RSS_MEMBERS,
): WorstCase {
  const times = schemeNamed(scheme).hasIndependentMembers ? members : Math.min(members, 1);
  // No counter is never off, even where one has no bound.
  const all = (pages: Pages) => (times === 0 ? 0 : times * pages);
  return { under: all(under), over: all(over) };
}
