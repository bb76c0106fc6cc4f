/** Which CPUs are possible, where the description or the user does not say. */
import { InputError } from '../../errors.ts';
import { HIGHEST_CPU_ID } from '../../kernel/nr-cpus.ts';
import type { CpuIds } from '../cpulist.ts';
import type { MachineDescription } from './description.ts';

/** CPU ids of several lists, ascending, each once. */
export function unionOf(lists: readonly CpuIds[]): CpuIds {
  const highest = lists.reduce((high, list) => Math.max(high, list.at(-1) ?? -1), -1);
  const marks = new Uint8Array(highest + 1);
  for (const list of lists) for (const cpu of list) marks[cpu] = 1;
  return idsOf(marks);
}

function idsOf(marks: Uint8Array): CpuIds {
  const ids = new Int32Array(marks.reduce((sum, mark) => sum + mark, 0));
  let next = 0;
  marks.forEach((mark, cpu) => {
    if (mark === 1) ids[next++] = cpu;
  });
  return ids;
}

function range(from: number, to: number): CpuIds {
  return new Int32Array(Math.max(0, to - from)).map((_, i) => from + i);
}

/** Every CPU that the description names. */
function namedCpus(description: MachineDescription): CpuIds {
  const { online, present, cores, dies, caches, packages, numaNodes } = description;
  const groups = [...dies, ...caches, ...packages, ...(numaNodes ?? [])].map(({ cpus }) => cpus);
  return unionOf([online, present ?? online, ...cores, ...groups]);
}

/** With nr_cpu_ids CPUs, as the kernel's parameter of that name: those above go, those missing come. */
function withNrCpuIds(told: CpuIds | null, present: CpuIds, nrCpuIds: number): CpuIds {
  const highest = present.at(-1) ?? 0;
  if (highest >= nrCpuIds) {
    throw new InputError(
      `--nr-cpu-ids ${nrCpuIds}: CPU ${highest} is there; expected ${highest + 1} to ${HIGHEST_CPU_ID + 1}`,
    );
  }
  if (told === null) return range(0, nrCpuIds);
  const kept = told.filter((cpu) => cpu < nrCpuIds);
  return unionOf([kept, range((told.at(-1) ?? -1) + 1, nrCpuIds)]);
}

/**
 * The possible CPUs: as told, else those that the description names; or as many as the user says.
 * @throws InputError where the user says fewer than there are.
 */
export function possibleCpus(description: MachineDescription, nrCpuIds: number | null): CpuIds {
  const { possible, present, online } = description;
  const named = namedCpus(description);
  if (nrCpuIds === null) return possible ?? named;
  return withNrCpuIds(possible, possible === null ? named : (present ?? online), nrCpuIds);
}
