/** A fault of the user's input: told in one line on stderr, exit code 2, never a stack trace. */
export class InputError extends Error {
  override readonly name = 'InputError';

  /** The same fault, told with the place that it is in before its own. */
  within(place: string): InputError {
    return new InputError(`${place}: ${this.message}`);
  }
}

/** What the work gives. @throws InputError "PLACE: …" where the work throws one. */
export function within<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError) throw error.within(place);
    throw error;
  }
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
