/** Caches and who shares them from cpu/cpuN/cache/indexM (drivers/base/cacheinfo.c, Linux 6.12). */
import { InputError } from '../../errors.ts';
import type { CacheGroup } from '../topology.ts';
import { type Cpus, type Found, nothingFound } from './sysfs-cores.ts';
import { type CpuReader, listOrMask, type ToldCpus } from './sysfs-cpus.ts';
import { groupsOf } from './sysfs-groups.ts';
import { numbered, readId } from './sysfs-numbers.ts';
import type { SysfsTree } from './sysfs-tree.ts';

const SHARED_BY = listOrMask('shared_cpu_list', 'shared_cpu_map');

const LEVELS = [1, 2, 3, 4, 5] as const;

/** Level (1 to 5) of a cache that holds data, null for one of instructions or of no level. */
function dataLevel(tree: SysfsTree, folder: string): number | null {
  const level = readId(tree, `${folder}/level`);
  if (level === null || tree.read(`${folder}/type`)?.trim() === 'Instruction') return null;
  if (level >= 1 && level <= LEVELS.length) return level;
  throw new InputError(`${folder}/level: the level is ${level}; expected 1 to ${LEVELS.length}`);
}

/** For each level the sets that one CPU's files tell: a data and a unified one may stand side by side. */
function cachesOfCpu(tree: SysfsTree, read: CpuReader, cpu: number): ReadonlyMap<number, ToldCpus> {
  const folder = `cpu/cpu${cpu}/cache`;
  const byLevel = new Map<number, ToldCpus>();
  for (const index of numbered(tree.list(folder), 'index')) {
    const level = dataLevel(tree, `${folder}/index${index}`);
    if (level === null || byLevel.has(level)) continue;
    const shared = read(`${folder}/index${index}`, SHARED_BY);
    if (shared !== null) byLevel.set(level, shared);
  }
  return byLevel;
}

/**
 * Data and unified caches by level and lowest CPU. Instruction caches are left out: on all known
 * machines they are shared as the data caches of their level are.
 */
export function cachesOf(tree: SysfsTree, cpus: Cpus, read: CpuReader): Found<CacheGroup> {
  const ofCpu = new Map(cpus.told.map((cpu) => [cpu, cachesOfCpu(tree, read, cpu)]));
  const levels = LEVELS.map((level) => ({
    level,
    ...groupsOf(cpus.told, (cpu) => ofCpu.get(cpu)?.get(level) ?? null),
  }));
  const found = levels.flatMap(({ level, groups }) =>
    groups.map((group) => ({ level, cpus: group })),
  );
  const resolved = levels
    .filter(({ fault }) => fault !== null)
    .map(({ level, fault }) => `level-${level} caches are left out: ${fault}`);
  return found.length === 0 && resolved.length === 0
    ? nothingFound('caches', null)
    : { found, untold: [], resolved };
}
