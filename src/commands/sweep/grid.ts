/**
 * A grid: a command's options, each with its alternatives (`tree:batch={4,8}`, `pu:8..64*2`, `1,5,40`), and
 * the points that are all their combinations.
 */
import type { CommandSpec } from '../../cli/command.ts';
import { longOf, type Option, type Options } from '../../cli/options.ts';
import { InputError, within } from '../../errors.ts';
import { SWEPT } from './swept.ts';

/** More points than anyone waits for; each takes a line. */
const MOST_POINTS = 1_000_000;

export interface Grid {
  readonly command: string;
  /** By the option's name without its dashes, in the order of the help: every alternative. */
  readonly options: Readonly<Record<string, readonly string[]>>;
  readonly where: readonly string[];
}

/** What tells a point from the others, by option. */
export type Parameters = Readonly<Record<string, string>>;

/** One combination, numbered from 1. */
export interface Combination {
  readonly values: ReadonlyMap<string, string>;
  /** The command line behind the command's name. */
  readonly words: readonly string[];
}

/**
 * The options of a command that a grid may give, by their names without dashes: how and where results
 * are shown is the sweep's own business.
 */
export function sweptOptions({
  name,
  options,
}: CommandSpec<Options>): Map<string, Option<unknown>> {
  const isGiven = (option: Option<unknown>) => SWEPT[name]!.words.includes(longOf(option));
  const swept = Object.values(options).filter((each) => !each.showing && !isGiven(each));
  return new Map(swept.map((each) => [longOf(each).slice('--'.length), each]));
}

/** Of an option that may be repeated, alternatives stand side by side in every point. */
const isList = (option: Option<unknown>) => option.list !== undefined;

/**
 * The grid of texts as they were given, each a list of words that may hold several alternatives.
 * @throws InputError within the option.
 */
export function gridOf(
  spec: CommandSpec<Options>,
  given: ReadonlyMap<string, readonly string[]>,
  where: readonly string[],
): Grid {
  const options: Record<string, readonly string[]> = {};
  for (const [name, option] of sweptOptions(spec)) {
    const texts = given.get(name);
    if (texts === undefined) continue;
    if (option.value === null) {
      options[name] = [''];
      continue;
    }
    const splits = option.value.commas !== true;
    const all = within(
      `--${name}`,
      () => texts.flatMap((text) => alternativesOf(text, splits)),
      ' ',
    );
    options[name] = [...new Set(all)];
  }
  return { command: spec.name, options, where };
}

/** The names of the options that differ between points, in the order of the help. */
export function axesOf(grid: Grid, spec: CommandSpec<Options>): string[] {
  const options = sweptOptions(spec);
  return Object.entries(grid.options)
    .filter(([name, values]) => values.length > 1 && !isList(options.get(name)!))
    .map(([name]) => name);
}

function wordsOf(name: string, option: Option<unknown>, values: readonly string[]): string[] {
  if (option.value === null) return [`--${name}`];
  return values.flatMap((value) => [`--${name}`, value]);
}

/** All combinations, the last axis quickest. @throws InputError where they are too many. */
export function combinationsOf(grid: Grid, spec: CommandSpec<Options>): Combination[] {
  const options = sweptOptions(spec);
  const axes = axesOf(grid, spec);
  const count = axes.reduce((product, name) => product * grid.options[name]!.length, 1);
  if (count > MOST_POINTS) {
    throw new InputError(`${count} combinations: expected at most ${MOST_POINTS}`);
  }
  return Array.from({ length: count }, (_, index) => {
    const chosen = new Map<string, string>();
    let rest = index;
    for (const name of axes.toReversed()) {
      const values = grid.options[name]!;
      chosen.set(name, values[rest % values.length]!);
      rest = Math.floor(rest / values.length);
    }
    const entries = Object.entries(grid.options);
    return {
      values: new Map(
        entries.map(([name, values]) => [name, chosen.get(name) ?? values.join(',')]),
      ),
      words: entries.flatMap(([name, values]) => {
        const own = chosen.get(name);
        return wordsOf(name, options.get(name)!, own === undefined ? values : [own]);
      }),
    };
  });
}

/** More of one option would be a slip of the pen. */
const MOST_ALTERNATIVES = 100_000;

/** As in a shell, braces around one word are two characters of a name. */
const BRACES = /\{([^{}]*(?:,|\.\.)[^{}]*)\}/;

/** "8..64*2" multiplies, "1..9+2" adds, "1..9" counts. */
const RANGE = /(?<!\d)(\d{1,15})\.\.(\d{1,15})(?:([*+])(\d{1,15}))?/;

function valuesOfRange(text: string, [, low, high, by = '+', step = '1']: RegExpExecArray) {
  const [from, to, stride] = [Number(low), Number(high), Number(step)];
  if (from > to) throw new InputError(`${text}: ${low}..${high} goes down: expected LOW..HIGH`);
  if (by === '*' ? stride < 2 || from < 1 : stride < 1) {
    throw new InputError(`${text}: expected a range that grows, such as 8..64*2 or 1..9+2`);
  }
  const values: string[] = [];
  for (let value = from; value <= to; value = by === '*' ? value * stride : value + stride) {
    values.push(`${value}`);
    if (values.length > MOST_ALTERNATIVES) throw tooMany(text);
  }
  return values;
}

function tooMany(text: string): InputError {
  return new InputError(`${text}: expected at most ${MOST_ALTERNATIVES} alternatives`);
}

/** The text with each of the values in the place of what was found, and what follows of each. */
function replaced(
  text: string,
  { index, 0: found }: RegExpExecArray,
  values: readonly string[],
  then: (text: string) => string[],
): string[] {
  const rest = text.slice(index + found.length);
  return values.flatMap((value) => then(`${text.slice(0, index)}${value}${rest}`));
}

function withoutBraces(text: string): string[] {
  const braces = BRACES.exec(text);
  if (braces === null) return [text];
  const words = braces[1]!.split(',').map((word) => word.trim());
  if (words.includes('')) throw new InputError(`${text}: expected a value between the commas`);
  return replaced(text, braces, words, withoutBraces);
}

function withoutRanges(text: string): string[] {
  const range = RANGE.exec(text);
  return range === null ? [text] : replaced(text, range, valuesOfRange(text, range), withoutRanges);
}

/** "a,{b,c}" at the commas that are not between braces. */
function atCommas(text: string): string[] {
  return text.split(/,(?![^{]*\})/);
}

/**
 * The texts that a word of the grid stands for, in order, each once. `splits`: commas stand between
 * alternatives, where no value of the option has one itself.
 * @throws InputError where a range does not grow, a value is empty, or there are too many.
 */
export function alternativesOf(text: string, splits: boolean): readonly string[] {
  const words = splits ? atCommas(text) : [text];
  if (words.includes('')) throw new InputError(`${text}: expected a value between the commas`);
  const all = [...new Set(words.flatMap(withoutBraces).flatMap(withoutRanges))];
  if (all.length > MOST_ALTERNATIVES) throw tooMany(text);
  return all;
}
