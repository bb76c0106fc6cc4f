/** The steps that lives are likely to take are about those that they do. */
import { expect, it } from 'vitest';
import { loadBundled } from '../../../src/topology/bundled.ts';
import { lives } from '../../../src/workload/lives/lives.ts';
import { likelySteps, PROCESS_PRESETS } from '../../../src/workload/lives/process-workload.ts';

it.each(['fork-exec', 'server', 'mixed'] as const)('%s', (preset) => {
  const topology = loadBundled('8cpu');
  const workload = {
    ...PROCESS_PRESETS[preset],
    operations: 20_000,
    seed: 1,
    cpus: topology.online,
  };
  let steps = 0;
  for (const _ of lives(topology, workload, 4096)) steps += 1;
  expect(likelySteps(workload) / steps).toBeCloseTo(1, 1);
});
