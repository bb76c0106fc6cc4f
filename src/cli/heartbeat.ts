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

function amountDone(done: number, operations: number | null): string {
  return operations === null ? `${done} operations` : `${Math.floor((100 * done) / operations)}%`;
}

/**
 * Progress goes to stderr where that is a terminal, as one line that is written over: a percentage
 * where the operations are known beforehand.
 */
export function createProgress(
  operations: number | null,
  stderr: NodeJS.WriteStream,
  signal: AbortSignal,
): Progress {
  const terminal = stderr.isTTY === true ? stderr : null;
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
      terminal.write(`\rreplaying: ${amountDone(done, operations)}`);
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
