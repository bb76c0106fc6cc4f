/** A worker that is fed: what becomes of it where the feeding fails before it has started. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import { partFed } from '../../../src/cli/jobs.ts';

const pool = vi.hoisted(() => {
  const queued: (() => void)[] = [];
  const worker = () => new MessageChannel().port1;
  return {
    queued,
    // As workerpool: a worker that gets ready while the pool ends is sent what waits for it.
    exec: (_name: string, [message]: unknown[], { transfer }: { transfer: MessagePort[] }) => {
      queued.push(() => worker().postMessage(message, transfer));
      return new Promise(() => {});
    },
    terminate: async () => {
      // A port that is closed is so for both ends once the event loop has turned.
      await sleep(20);
      for (const send of queued) send();
    },
  };
});

vi.mock('workerpool', () => ({ default: { pool: () => pool } }));

it('has an open end until the pool has ended', async () => {
  const kind = { name: 'replay', work: async () => 1 };
  const spreading = {
    workers: 2,
    heartbeat: () => undefined,
    signal: new AbortController().signal,
  };
  const fault = new Error('line 7');
  const part = partFed(kind, { of: 1 }, () => Promise.reject(fault), spreading);
  await expect(part).rejects.toBe(fault);
  expect(pool.queued).toHaveLength(1);
});
