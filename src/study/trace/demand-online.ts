/** CPUs of a trace have to be CPUs of the machine, or its tasks have to be placed on those. */
import { InputError } from '../../input-error.ts';
import type { Topology } from '../../topology/topology.ts';

/** @throws InputError (the function returned) where a line's CPU is not on-line. */
export function demandOnline({ name, nrCpuIds, online }: Topology, origin: string) {
  const isOnline = new Uint8Array(nrCpuIds);
  for (const cpu of online) isOnline[cpu] = 1;
  return (cpu: number, line: number): void => {
    if (isOnline[cpu] === 1) return;
    throw new InputError(
      `${origin}: line ${line}: cpu is ${cpu}: ${name} has no such CPU on-line: choose a larger machine (--topology), or place the threads on this one (--spread)`,
    );
  };
}
