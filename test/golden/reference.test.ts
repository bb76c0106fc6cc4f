/** The reference in C that the benchmark times finds the extremes that the replay finds. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Hop, replayHop } from '../bench/hop.ts';
import { buildReference } from '../bench/reference.ts';

const reference = buildReference(fileURLToPath(new URL('../bench/reference.c', import.meta.url)));

const hops: Hop[] = [
  { cpus: 2, operations: 50_000, seed: 4, pages: 64 },
  { cpus: 3, operations: 50_000, seed: 5, pages: 100 },
  { cpus: 8, operations: 200_000, seed: 7, pages: 64 },
  { cpus: 250, operations: 200_000, seed: 1, pages: 1 },
  { cpus: 250, operations: 200_000, seed: 1, pages: 64 },
  { cpus: 384, operations: 100_000, seed: 3, pages: 512 },
  { cpus: 1_048_576, operations: 100_000, seed: 2, pages: 64 },
];

describe.skipIf(reference === null)('the reference in C', () => {
  it.each(hops)('and the replay agree: %j', async (hop) => {
    const { worst, rss } = reference!.run(hop);
    const ours = await replayHop(hop);
    expect({ worst: ours.worst, rss: ours.rss }).toEqual({ worst, rss });
  });
});
