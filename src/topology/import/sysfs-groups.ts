/** Groups of CPUs (cores, dies, packages, caches) from what each on-line CPU's files say of its own. */
import type { CpuIds } from '../cpulist.ts';
import type { ToldCpus } from './sysfs-cpus.ts';

export interface Groups {
  /** In the order of their lowest CPU; none where nothing is told, or nothing that can be. */
  readonly groups: readonly CpuIds[];
  /** Why there are none although files tell of them, in a clause; null otherwise. */
  readonly fault: string | null;
}

function sameCpus(a: CpuIds, b: CpuIds): boolean {
  return a === b || (a.length === b.length && a.every((cpu, i) => cpu === b[i]));
}

/**
 * Every group that the CPUs tell of, each once. A CPU must be in the group that it tells of, and all
 * CPUs of a group must tell the same: else there is no saying who is right, and none is kept.
 */
export function groupsOf(cpus: Iterable<number>, toldBy: (cpu: number) => ToldCpus | null): Groups {
  const groupOf = new Map<number, CpuIds>();
  const groups: CpuIds[] = [];
  const refuse = (fault: string): Groups => ({ groups: [], fault });
  for (const cpu of cpus) {
    const told = toldBy(cpu);
    if (told === null) continue;
    const known = groupOf.get(cpu);
    if (known === undefined && !told.cpus.includes(cpu)) {
      return refuse(`${told.path} leaves CPU ${cpu} itself out`);
    }
    const isNew = known === undefined && !told.cpus.some((member) => groupOf.has(member));
    if (!isNew && (known === undefined || !sameCpus(known, told.cpus))) {
      return refuse(`${told.path} contradicts what other CPUs' files say`);
    }
    if (!isNew) continue;
    for (const member of told.cpus) groupOf.set(member, told.cpus);
    groups.push(told.cpus);
  }
  return { groups: groups.toSorted((a, b) => a[0]! - b[0]!), fault: null };
}

/** The CPUs by what is told of each, in groups; a CPU of which null is told is in none. */
export function groupsByKey(
  cpus: Iterable<number>,
  keyOf: (cpu: number) => number | null,
): readonly CpuIds[] {
  const members = new Map<number, number[]>();
  for (const cpu of cpus) {
    const key = keyOf(cpu);
    if (key === null) continue;
    const group = members.get(key) ?? [];
    group.push(cpu);
    members.set(key, group);
  }
  return [...members.values()].map((group) => Int32Array.from(group));
}
