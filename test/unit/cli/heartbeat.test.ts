/** What the progress line says of the work that is done, and of the time that is left. */
import { describe, expect, it, vi } from 'vitest';
import {
  amountDone,
  besideLines,
  createReadingProgress,
  createSearchClock,
  type Progress,
} from '../../../src/cli/heartbeat.ts';

describe('the progress line', () => {
  it.each<[string, number, number | null, number]>([
    ['7 steps, 14 a second', 7, null, 500],
    ['1,234,567 steps, 246,913 a second', 1_234_567, null, 5000],
    ['1%', 1, 100, 500],
    ['50%, 1 s left', 50, 100, 500],
    ['25%, 30 s left', 25, 100, 10_000],
    ['10%, 9 min left', 10, 100, 60_000],
    ['100%, 0 s left', 120, 100, 60_000],
  ])('%s', (text, done, operations, milliseconds) => {
    expect(amountDone(done, operations, 'steps', milliseconds)).toBe(text);
  });
});

/** What is written at each heartbeat on a terminal, once progress is shown. */
async function shown(
  make: (told: { stderr: never; signal: AbortSignal }) => Pick<Progress, 'heartbeat'>,
  beats: readonly (readonly [milliseconds: number, done: number])[],
  columns?: number,
): Promise<string[]> {
  const lines: string[] = [];
  const stderr = { isTTY: true, columns, write: (text: string) => lines.push(text) } as never;
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const { heartbeat } = make({ stderr, signal: new AbortController().signal });
    for (const [milliseconds, done] of beats) {
      vi.advanceTimersByTime(milliseconds);
      await heartbeat(done);
    }
  } finally {
    vi.useRealTimers();
  }
  if (columns !== undefined) expect(lines.every((line) => line.length <= columns)).toBe(true);
  return lines.map((line) => line.trim());
}

describe('progress on a terminal', () => {
  it('of a file is by its bytes until all have been read, then by what is done', async () => {
    let read = 0;
    const measured = { size: 1000, read: () => read };
    const steps = [250, 500, 1000];
    const lines = await shown(
      (told) => {
        const { heartbeat } = createReadingProgress(measured, told);
        return {
          heartbeat(done) {
            read = steps.shift()!;
            return heartbeat(done);
          },
        };
      },
      [
        [1000, 7],
        [1000, 8],
        [2000, 9000],
      ],
    );
    expect(lines).toEqual([
      'replaying: 25%, 3 s left',
      'replaying: 50%, 2 s left',
      'replaying: 9,000 operations, 2,250 a second',
    ]);
  });

  it('of a pipe is how much and how fast', async () => {
    const pipe = { size: null, read: () => 12 };
    const lines = await shown((told) => createReadingProgress(pipe, told), [[2000, 5000]]);
    expect(lines).toEqual(['replaying: 5,000 operations, 2,500 a second']);
  });

  it('is cut where it would wrap, beyond which it is not written over', async () => {
    const pipe = { size: null, read: () => 12 };
    const at = (columns: number) =>
      shown((told) => createReadingProgress(pipe, told), [[2000, 5000]], columns);
    expect(await at(40)).toEqual(['replaying: 5,000 operations, 2,500 a se']);
    expect(await at(12)).toEqual(['replaying:']);
  });

  it('of a search says how long it goes on at most', async () => {
    const lines = await shown((told) => createSearchClock(60, told), [[15_000, 5000]]);
    expect(lines).toEqual(['searching: 5,000 states and updates, at most 45 s left']);
  });
});

describe('beside a result that is written as it comes', () => {
  const stderr = { isTTY: true } as never;
  const { signal } = new AbortController();
  it.each([
    [undefined, true, null],
    [undefined, false, stderr],
    ['file', true, stderr],
  ])('output %s, terminal %s', (output, isTTY, expected) => {
    const session = { stdout: { isTTY }, stderr, signal } as never;
    expect(besideLines(output, session).stderr).toBe(expected);
  });
});
