/** Every operation runs on a random CPU. Draws: the CPU. */
import { definePolicy, withoutGaps } from '../contract/policy.ts';
import { below } from '../contract/random.ts';

export const uniform = definePolicy({
  name: 'uniform',
  parameters: {},
  text: () => 'uniform migration (every operation on a random CPU)',
  createPlace({ cpus, random }) {
    const count = cpus.length;
    const first = cpus[0]!;
    if (withoutGaps(cpus)) return () => first + below(random, count);
    return () => cpus[below(random, count)]!;
  },
});
