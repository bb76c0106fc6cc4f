/** Faults of the user's input, each with its place, and what every message quotes. */
import { getSystemErrorMap } from 'node:util';

/** Where a fault is: a file, an option, a line; `link` stands between it and what lies in it. */
interface Place {
  readonly name: string;
  readonly link: string;
}

/** Words of a command line may be 120 KB long; no name of a file that has a fault is. */
const LONGEST_PLACE = 1000;

const LONGEST_FAULT = 4000;

/** The text, or where it is longer, its beginning and its end: what would be right stands there. */
export function middleCut(text: string, longest: number = LONGEST_FAULT): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest / 2)}…${text.slice(-longest / 4)}`;
}

/**
 * A fault of the user's input: told in one line on stderr, exit code 2, never a stack trace. Its
 * message is its places from the outermost to the innermost, and then the fault itself.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly fault: string;
  /** From the outermost on. */
  readonly places: readonly Place[];

  constructor(fault: string, places: readonly Place[] = []) {
    const where = places.map(({ name, link }) => `${middleCut(name, LONGEST_PLACE)}${link}`);
    super(`${where.join('')}${middleCut(fault)}`);
    this.fault = fault;
    this.places = places;
  }

  /** Whether words of a command line are at fault: an option, or nothing that lies in a file. */
  get isOfWords(): boolean {
    return /^--\w/.test(this.fault) || this.places.every(({ name }) => /^--[\w-]+$/.test(name));
  }

  /** What of it a worker tells the program. */
  toJSON() {
    const { name, fault, places } = this;
    return { name, fault, places };
  }

  /** The same message, of a fault whose places are words of the command line. */
  asWords(): InputError {
    return new InputError(this.message);
  }

  /** The same fault, in this place, if that has a name; not told twice where it is its outermost one already. */
  within(name: string, link = ': '): InputError {
    if (name === '' || this.places[0]?.name === name) return this;
    return new InputError(this.fault, [{ name, link }, ...this.places]);
  }
}

/** The program contradicts itself: told as a failed verification, exit code 1. */
export class Contradiction extends Error {
  override readonly name: string = 'Contradiction';
}

/** What was asked for is not so: told in one line, exit code 1. */
export class Finding extends Error {
  override readonly name: string = 'Finding';
}

/** What to throw on: an InputError in this place, anything else as it is. */
export function placed(error: unknown, name: string, link?: string): unknown {
  return error instanceof InputError ? error.within(name, link) : error;
}

/** Runs work, whose InputErrors are then in this place. */
export function within<T>(name: string, work: () => T, link?: string): T {
  try {
    return work();
  } catch (error) {
    throw placed(error, name, link);
  }
}

/** Whether work goes without an InputError. */
export function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** In the words of strerror(3); of rarer errors in libuv's. */
function reasonOf({ code, errno, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'no such file';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EISDIR':
      return 'is a directory';
    case 'ENOTDIR':
      return 'a part of the path is not a directory';
    case 'ELOOP':
      return 'too many levels of symbolic links';
    case 'EFBIG':
      return 'file too large';
    case 'EMFILE':
      return 'too many open files';
    case 'ENXIO':
      return 'no such device or address';
    case 'ENAMETOOLONG':
      return 'file name too long';
    case 'ENOSPC':
      return 'no space left on device';
    default:
      return (errno === undefined ? null : getSystemErrorMap().get(errno)?.[1]) ?? code ?? message;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}

/** What to throw on: what the operating system (or Node) says as an InputError, else as it is. */
export function inWords(error: unknown): unknown {
  return isSystemError(error) ? new InputError(reasonOf(error)) : error;
}

const LONGEST_QUOTE = 60;

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch (error) {
    // Nested deeper than the stack is.
    if (error instanceof RangeError) return '…';
    throw error;
  }
}

/** A value as it is quoted in a message: JSON on one line, cut when long. */
export function quote(value: unknown): string {
  const text = jsonOf(value);
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`;
}
