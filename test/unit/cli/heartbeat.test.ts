/** What the progress line says of the work that is done, and of the time that is left. */
import { describe, expect, it } from 'vitest';
import { amountDone } from '../../../src/cli/heartbeat.ts';

describe('the progress line', () => {
  it.each<[string, number, number | null, number]>([
    ['7 steps', 7, null, 500],
    ['1%', 1, 100, 500],
    ['50%, 1 s left', 50, 100, 500],
    ['25%, 30 s left', 25, 100, 10_000],
    ['10%, 9 min left', 10, 100, 60_000],
    ['100%, 0 s left', 120, 100, 60_000],
  ])('%s', (text, done, operations, milliseconds) => {
    expect(amountDone(done, operations, 'steps', milliseconds)).toBe(text);
  });
});
