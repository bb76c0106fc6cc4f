/** A grid: a command's options, each with its alternatives, and the points that are all their combinations. */
import type { CommandSpec } from '../../cli/command.ts';
import { longOf, type Option, type Options } from '../../cli/options.ts';
import { InputError, within } from '../../errors.ts';
import { alternativesOf } from './alternatives.ts';
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
