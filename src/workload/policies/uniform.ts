/** Every operation runs on a random CPU. Draws: the CPU. */
import type { CpuIds } from '../../topology/cpulist.ts';
import { definePolicy, type Place, withoutGaps } from '../policy.ts';
import { below, type RandomState } from '../random.ts';

function place(cpus: CpuIds, random: RandomState): Place {
  const count = cpus.length;
  const first = cpus[0]!;
  if (withoutGaps(cpus)) return () => first + below(random, count);
  return () => cpus[below(random, count)]!;
}

export const uniform = definePolicy({
  name: 'uniform',
  parameters: {},
  text: () => 'uniform migration (every operation on a random CPU)',
  createPlace: ({ cpus, random }) => place(cpus, random),
});
