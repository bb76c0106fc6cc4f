/** Exit codes: what each means, and which one an error gives. */
import { Contradiction, Finding, InputError } from '../errors.ts';
import { Interrupted } from './interruption.ts';

export const EXIT = {
  done: 0,
  /** A claim, bound or verification failed, or --fail-above was exceeded. */
  failed: 1,
  /** Usage or bad input. */
  badInput: 2,
} as const;

/** The exit code and the one line of an expected error; null for a bug, which shows its stack. */
export function outcomeOf(error: unknown): { code: number; line: string | null } | null {
  if (error instanceof InputError) return { code: EXIT.badInput, line: error.message };
  if (error instanceof Interrupted) return { code: error.exitCode, line: null };
  if (error instanceof Finding) return { code: EXIT.failed, line: error.message };
  if (error instanceof Contradiction) {
    return { code: EXIT.failed, line: `verification failed: ${error.message}` };
  }
  return null;
}
