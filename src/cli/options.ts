/**
 * Options, each declared once: commander's options, which of them go together and the line that
 * reproduces a result follow from the declarations.
 */
import { type Command, Option as CommanderOption } from 'commander';
import { InputError } from '../errors.ts';
import { alternatives } from '../suggestion.ts';

/** A kind of value: from the text of the command line, and back. */
export interface Value<T> {
  /** @throws InputError that begins with the flag where the text is none. */
  parse(text: string, flag: string): T;
  format(value: T): string;
  /** A text of it may hold commas. */
  readonly commas?: true;
  /** What a shell may offer: texts, or beginnings that end with "=". */
  words?(): readonly string[];
}

/** What an option goes with, or without. */
export interface Rule {
  /** The other option. */
  readonly on: string;
  /** Whether the option may be given, where this is the other one's value (undefined: none). */
  fits(other: unknown): boolean;
  message(flag: string, other: unknown): string;
}

/** What another option's value says of one that is not given; undefined: nothing. */
export interface Implied {
  /** The other option. */
  readonly by: string;
  value(other: unknown, flags: Readonly<Record<string, unknown>>): unknown;
}

interface More {
  readonly rules?: readonly Rule[];
  /** Left out of `reproduce:` where it is the default. */
  readonly terse?: boolean;
  readonly required?: boolean;
  /** The heading that it stands under in the help. */
  readonly group?: string;
  readonly implied?: Implied;
  /** Where and how a result is shown: no part of what it is. */
  readonly showing?: true;
  /** Of an optional value, "--series [n]": the text that stands for it. */
  readonly preset?: string;
  /** The value that is as good as leaving the option out. */
  readonly none?: string;
}

/** An option whose value is a T, undefined where it is not given and has no default. */
export interface Option<T> extends More {
  /** As commander takes it: "--threads <n>". */
  readonly flags: string;
  readonly description: string;
  /** Null: the option stands alone, and its value is true. */
  readonly value: Value<unknown> | null;
  /** All its values, given one by one or behind each other. */
  readonly list?: 'repeated' | 'variadic';
  readonly default?: T;
}

/** By the name that commander gives each: "--page-size" is pageSize. In the order of the help. */
export type Options = Readonly<Record<string, Option<unknown>>>;

export type FlagsOf<O> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

export function option<T>(
  flags: string,
  description: string,
  value: Value<T>,
  more: More & { readonly default: NoInfer<T> },
): Option<T>;
export function option<T>(
  flags: string,
  description: string,
  value: Value<T>,
  more: More & { readonly required: true },
): Option<T>;
export function option<T>(
  flags: string,
  description: string,
  value: Value<T>,
  more?: More,
): Option<T | undefined>;
export function option<T>(
  flags: string,
  description: string,
  value: Value<T>,
  more: More & { readonly default?: T } = {},
): Option<T> {
  return { flags, description, value, ...more };
}

/** An option without a value. */
export function toggle(flags: string, description: string, more?: More): Option<true | undefined> {
  return { flags, description, value: null, ...more };
}

/** An option that may be given several times, or that several values may follow. */
export function listOption<T>(
  flags: string,
  description: string,
  value: Value<T>,
  list: 'repeated' | 'variadic',
): Option<readonly T[] | undefined> {
  return { flags, description, value, list };
}

/** "--page-size <size>" is --page-size. */
export const longOf = ({ flags }: Pick<Option<unknown>, 'flags'>) => flags.replace(/ .*$/, '');

/** The name of the property that holds a flag's value: that of --page-size is pageSize. */
export function keyOf(flag: string): string {
  return new CommanderOption(flag).attributeName();
}

/** The option is understood only beside another one. */
export function goesWith(on: string): Rule {
  return {
    on,
    fits: (other) => other !== undefined,
    message: (flag) => `${flag} goes with ${on}`,
  };
}

/** `absent` is the other option's default. */
export function goesWithout(on: string, absent?: unknown): Rule {
  return {
    on,
    fits: (other) => other === absent,
    message: (flag) => `${flag} goes without ${on}`,
  };
}

/** The option is understood only by some choices of another. */
export function goesWithChoices(on: string, choices: readonly string[]): Rule {
  return {
    on,
    fits: (other) => choices.includes(other as string),
    message: (flag) => `${flag} goes with ${on} ${alternatives(choices)}`,
  };
}

/** The option speaks of things that the other one counts. */
export function goesWithSome(on: string): Rule {
  return {
    on,
    fits: (other) => (other as number) > 0,
    message: (flag) => `${flag} goes with ${on} above 0`,
  };
}

export function excludes(on: string): Rule {
  return {
    on,
    fits: (other) => other === undefined,
    message: (flag) => `${on} and ${flag}: expected one of the two`,
  };
}

/** The same option where a further rule holds. */
export function ruled<T>(of: Option<T>, ...rules: readonly Rule[]): Option<T> {
  return { ...of, rules: [...rules, ...(of.rules ?? [])] };
}

/** The same options, each with a further rule. */
export function allRuled<O extends Options>(options: O, ...rules: readonly Rule[]): O {
  const entries = Object.entries(options).map(([key, of]) => [key, ruled(of, ...rules)] as const);
  return Object.fromEntries(entries) as unknown as O;
}

/** The same options, which say where and how a result is shown. */
export function showing<O extends Options>(options: O): O {
  const entries = Object.entries(options).map(
    ([key, of]) => [key, { ...of, showing: true }] as const,
  );
  return Object.fromEntries(entries) as unknown as O;
}

/** The same options under a heading of the help, each that has none yet. */
export function grouped<O extends Options>(group: string, options: O): O {
  const entries = Object.entries(options).map(([key, of]) => [key, { group, ...of }] as const);
  return Object.fromEntries(entries) as unknown as O;
}

/** `isGiven`: whether the command line has the option already. */
function commanderOption(
  declared: Option<unknown>,
  isGiven: (key: string) => boolean,
): CommanderOption {
  const { flags, description, value, list } = declared;
  const made = new CommanderOption(flags, description);
  if (value !== null) {
    const parse = (text: string) => {
      const flag = longOf(declared);
      if (list === undefined && isGiven(made.attributeName())) {
        // A bare "--series" comes as the text that stands for it.
        const typed = text === declared.preset ? '' : ` ${text}:`;
        throw new InputError(
          `${flag}${typed === '' ? '' : `${typed} ${flag}`} is given twice: expected it once`,
        );
      }
      return value.parse(text, flag);
    };
    const append = (text: string, earlier: unknown = []) => [
      ...(earlier as readonly unknown[]),
      parse(text),
    ];
    made.argParser<unknown>(list === undefined ? parse : append);
  }
  if (typeof declared.default === 'object') {
    made.default(declared.default, value?.format(declared.default).replaceAll(',', ', '));
  } else if (declared.default !== undefined) made.default(declared.default);
  if (declared.preset !== undefined) made.preset(declared.preset);
  if (declared.group !== undefined) made.helpGroup(`${declared.group}:`);
  return made.makeOptionMandatory(declared.required === true);
}

export function addOptions(command: Command, options: Options): void {
  const isGiven = (key: string) => command.getOptionValueSource(key) === 'cli';
  for (const declared of Object.values(options)) {
    command.addOption(commanderOption(declared, isGiven));
  }
}

/** What commander has parsed, and what follows from it for options that were not given. */
export function flagsOfCommand(command: Command, options: Options): FlagsOf<Options> {
  const flags: Record<string, unknown> = { ...command.opts() };
  for (const [key, { none }] of Object.entries(options)) {
    if (none !== undefined && flags[key] === none) delete flags[key];
  }
  for (const [key, { implied }] of Object.entries(options)) {
    if (implied === undefined || command.getOptionValueSource(key) === 'cli') continue;
    flags[key] = implied.value(flags[keyOf(implied.by)], flags) ?? flags[key];
  }
  return flags;
}

/**
 * Whether what was given goes together, in the order of the help; `settled` has what stands for
 * options that were not given. @throws InputError for the first that does not.
 */
export function demandTogether(
  options: Options,
  flags: Readonly<Record<string, unknown>>,
  settled: Readonly<Record<string, unknown>> = flags,
): void {
  for (const [key, declared] of Object.entries(options)) {
    if (flags[key] === undefined || flags[key] === declared.default) continue;
    for (const { on, fits, message } of declared.rules ?? []) {
      const other = settled[keyOf(on)];
      if (!fits(other)) throw new InputError(message(longOf(declared), other));
    }
  }
}

function wordsOf(declared: Option<unknown>, given: unknown): string[] {
  const { value, list, terse } = declared;
  if (given === undefined || (terse === true && given === declared.default)) return [];
  const flag = longOf(declared);
  if (value === null) return [flag];
  if (list === undefined) return [flag, value.format(given)];
  const words = (given as readonly unknown[]).map((one) => value.format(one));
  return list === 'variadic' ? [flag, ...words] : words.flatMap((word) => [flag, word]);
}

/** A command line as it can be pasted into a shell. */
export function shellWords(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

/** The command line that gives these flags, in their own order, behind the words of the command and before the tail. */
export function reproduceLine<O extends Options>(
  command: readonly string[],
  options: O,
  flags: { readonly [K in keyof FlagsOf<O>]?: FlagsOf<O>[K] | undefined },
  tail: readonly string[] = [],
): string {
  const words = Object.entries(flags).flatMap(([key, given]) => wordsOf(options[key]!, given));
  return shellWords(['rss-err', ...command, ...words, ...tail]);
}
