/** Parameters of schemes: each declared once, as text and as a value. */
import { type InputError, quote } from '../errors.ts';
import type { Pages } from '../units.ts';
import type { Grouping } from './cpu-groups.ts';

/** The error for a text: what it is not, or another sentence about the value as it was read. */
type FaultOf = (says: string, value?: string) => InputError;

export interface Parameter<T> {
  /** Its name in `scheme:key=value`, where the spec's field has another. */
  readonly key?: string;
  /** What may be given, for messages and help: "a whole number from 1 to 64". */
  readonly allowed: string;
  /** All that may be given, where it is a few words. */
  readonly choices?: readonly string[];
  /** Undefined: the spec need not have it, and results have it only where it is given. */
  readonly default: T;
  /** @throws what `fault` makes. */
  parse(text: string, fault: FaultOf): T;
  /** What parse() reads back. */
  format(value: T): string;
}

/** A parameter for each field of a spec, in the order of the fields. */
export type ParameterTable<Spec> = {
  readonly [Field in Exclude<keyof Spec, 'scheme'>]: Parameter<Spec[Field]>;
};

/** The spec of a scheme of this name and these parameters. */
export type SpecOf<Name extends string, Table> = { readonly scheme: Name } & {
  readonly [Field in keyof Table as undefined extends ValueOf<Table[Field]>
    ? never
    : Field]: ValueOf<Table[Field]>;
} & {
  readonly [Field in keyof Table as undefined extends ValueOf<Table[Field]>
    ? Field
    : never]?: ValueOf<Table[Field]>;
};

type ValueOf<Of> = Of extends Parameter<infer T> ? T : never;

/** A batch in pages, or null for the one the kernel computes from the machine. */
export interface BatchParameters {
  readonly batch: Pages | null;
}

export const STASH_READS = ['running', 'shared'] as const;

export interface StashParameters {
  /** The shared value with the cells of the CPUs that run the process, or the shared value alone. */
  readonly read: (typeof STASH_READS)[number];
  /** A cell that reaches it goes to the shared value; null: whatever it holds, as proposed. */
  readonly cap: Pages | null;
}

/** Batches in pages of a CPU's cell, B1, and of its group's middle value, B2. */
export interface TwoLevelBatches {
  readonly batch: Pages;
  readonly middle: Pages;
}

/** And who shares a middle value. */
export interface TwoLevelParameters extends TwoLevelBatches {
  readonly group: Grouping;
}

/** The largest batch that a parameter may ask for, pages: sums of two stay inside 32 bits. */
export const MOST_BATCH: Pages = 2 ** 30;

const wholeFrom = (low: Pages) => `a whole number from ${low} to ${MOST_BATCH}`;

/** @throws what `fault` makes where it is no whole number from `low` to MOST_BATCH. */
export function parseBatch(text: string, low: Pages, fault: FaultOf): Pages {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= MOST_BATCH) return value;
  throw fault(`${quote(text)} is not ${wholeFrom(low)}`);
}

/** A batch that is this one where it is not given. */
export function batchOf(usual: Pages): Parameter<Pages> {
  return {
    allowed: wholeFrom(1),
    default: usual,
    parse: (text, fault) => parseBatch(text, 1, fault),
    format: (batch) => `${batch}`,
  };
}

/** The batch of a kernel's own formula, or a given one. */
export const COMPUTED_BATCH: Parameter<Pages | null> = {
  allowed: wholeFrom(1),
  default: null,
  parse: (text, fault) => parseBatch(text, 1, fault),
  format: (batch) => `${batch}`,
};

/** One of a few words or numbers. */
export function oneOf<T extends string | number>(
  choices: readonly T[],
  usual: NoInfer<T>,
): Parameter<T> {
  const allowed = `one of ${choices.join(', ')}`;
  return {
    allowed,
    choices: choices.map(String),
    default: usual,
    parse(text, fault) {
      const choice = choices.find((candidate) => `${candidate}` === text);
      if (choice === undefined) throw fault(`${quote(text)} is not ${allowed}`);
      return choice;
    },
    format: (choice) => `${choice}`,
  };
}
