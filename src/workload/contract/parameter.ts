/**
 * Parameters of policies and patterns: each is declared once, for its option, its key in results and
 * its column in tables alike. Plain data, so that what reads it chooses its own form.
 */

interface Declared {
  readonly flag: `--${string}`;
  /** The column of CSV, with its unit. */
  readonly column: string;
}

/** A whole number of things. */
interface CountParameter extends Declared {
  readonly kind: 'count';
  readonly low: number;
  readonly high: number;
  readonly default: number;
}

/** So many of a million; options take a percentage. */
interface ShareParameter extends Declared {
  readonly kind: 'share';
  readonly default: number;
}

/** Pages; options take bytes too. */
interface PagesParameter extends Declared {
  readonly kind: 'pages';
  readonly low: number;
  readonly default: number;
}

interface WordParameter<W extends string = string> extends Declared {
  readonly kind: 'word';
  readonly words: readonly W[];
  readonly default: W;
}

export type AnyParameter = CountParameter | ShareParameter | PagesParameter | WordParameter;

/** What a parameter is to one policy or pattern; those that share its key share its declaration. */
export type Parameter<P extends AnyParameter = AnyParameter> = P & {
  /** In the option's help. */
  readonly help: string;
  /** In the schemas of results. */
  readonly description?: string;
  /** Its option stands before those of its policy that were declared earlier. */
  readonly helpFirst?: boolean;
};

export type Parameters = Readonly<Record<string, Parameter>>;

export type ValueOf<P> = P extends WordParameter<infer W> ? W : number;

export type ValuesOf<Ps extends Parameters> = { readonly [K in keyof Ps]: ValueOf<Ps[K]> };

/** A policy or a pattern as a workload has it: its name and the values of its parameters. */
export type Chosen<R> = R extends {
  readonly name: infer N;
  readonly parameters: infer Ps extends Parameters;
}
  ? { readonly [K in 'name' | keyof Ps]: K extends keyof Ps ? ValueOf<Ps[K]> : N }
  : never;

/** How amounts are written for people. */
export interface Words {
  /** "1,000 operations". */
  count(amount: number, noun: string): string;
  percent(perMillion: number): string;
  pages(pages: number): string;
}
