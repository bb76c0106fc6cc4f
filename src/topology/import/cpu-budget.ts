/** A limit to the CPUs that lists name together: lists that overlap again and again would fill memory. */
import { InputError } from '../../errors.ts';
import { MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import type { CpuIds } from '../cpulist.ts';

/** Counts a list. @throws InputError "PLACE: …" where it and those before name too many. */
export type CpuBudget = (cpus: CpuIds, place: string) => void;

/** For lists of `kinds` kinds, in each of which a CPU is once on a machine as there are. */
export function cpuBudget(kinds: number): CpuBudget {
  const most = kinds * MAX_NR_CPU_IDS;
  let named = 0;
  return (cpus, place) => {
    named += cpus.length;
    if (named > most) {
      throw new InputError(`${place}: this and other lists name more than ${most} CPUs together`);
    }
  };
}
