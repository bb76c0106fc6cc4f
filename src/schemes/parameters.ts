/** Reads the values of scheme parameters. */
import { InputError, quote } from '../errors.ts';
import type { ParameterText } from './scheme.ts';

function fault(scheme: string, key: string, text: string, expected: string): InputError {
  return new InputError(`${scheme}:${key}=${text}: ${quote(text)} is not ${expected}`);
}

/** A whole number within bounds, or undefined where the parameter is not given. */
export function wholeParameter(
  scheme: string,
  parameters: ParameterText,
  key: string,
  low: number,
  high: number,
): number | undefined {
  const text = parameters.get(key);
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= low && value <= high)) {
    throw fault(scheme, key, text, `a whole number from ${low} to ${high}`);
  }
  return value;
}

/** One of a few words, or undefined where the parameter is not given. */
export function choiceParameter<T extends string>(
  scheme: string,
  parameters: ParameterText,
  key: string,
  choices: readonly T[],
): T | undefined {
  const text = parameters.get(key);
  if (text === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw fault(scheme, key, text, `one of ${choices.join(', ')}`);
  return choice;
}

/** The largest batch that a parameter may ask for, pages: sums of two stay inside 32 bits. */
export const MOST_BATCH = 2 ** 30;
