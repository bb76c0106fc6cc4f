/** What happens between the batches of a long replay: signals are let in, progress is shown. */
import { setImmediate } from 'node:timers/promises';
import type { Heartbeat } from '../replay/replay.ts';

/** Milliseconds between two looks at the event loop, and between two progress lines. */
const LOOK_EVERY = 50;
const SHOW_EVERY = 100;
const SHOW_AFTER = 300;

export interface Progress {
  readonly heartbeat: Heartbeat;
  /** Removes the progress line. */
  clear(): void;
}

/** Progress goes to `terminal` (null: nowhere) as one line that is written over. */
export function createProgress(
  operations: number,
  terminal: NodeJS.WriteStream | null,
  signal: AbortSignal,
): Progress {
  const start = performance.now();
  let looked = start;
  let shown = start;
  let visible = false;

  async function look(): Promise<void> {
    await setImmediate();
    signal.throwIfAborted();
  }

  function heartbeat(done: number): Promise<void> | undefined {
    const now = performance.now();
    if (terminal !== null && now - start > SHOW_AFTER && now - shown > SHOW_EVERY) {
      terminal.write(`\rreplaying: ${Math.floor((100 * done) / operations)}%`);
      shown = now;
      visible = true;
    }
    if (now - looked < LOOK_EVERY) return undefined;
    looked = now;
    return look();
  }

  return {
    heartbeat,
    clear() {
      if (visible) terminal?.write('\r\x1b[K');
    },
  };
}
