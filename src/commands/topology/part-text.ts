/** The parts of a machine in words. */

import { formatCount, formatNumber, groupDigits } from '../../render/amounts.ts';
import { formatCpulist } from '../../topology/cpulist.ts';
import type { FoldedName, FoldedPart } from './machine-fold.ts';
import type { PartName } from './machine-tree.ts';

const LOOSE_NAMES = { online: 'CPUs', offline: 'CPUs off-line', absent: 'CPUs not present' };

/** "0-3", "0,2": ids in the order of a machine are no cpulist until they are sorted. */
function idsText(ids: readonly number[]): string {
  return formatCpulist(Int32Array.from(ids).sort());
}

function memoryText({ min, max }: { min: number; max: number }): string {
  const inGib = max >= 1024;
  const [least = '', most = ''] = [min, max].map((mib) =>
    inGib ? groupDigits((mib / 1024).toFixed(1)) : formatNumber(mib),
  );
  return ` (${least === most ? most : `${least} to ${most}`} ${inGib ? 'GiB' : 'MiB'})`;
}

function nameText(name: FoldedName): string {
  switch (name.kind) {
    case 'node':
      return `node ${idsText(name.ids)}${name.memoryMiB === null ? '' : memoryText(name.memoryMiB)}`;
    case 'cache':
      return `L${name.level}`;
    case 'core':
      return 'core';
    case 'cpus':
      return LOOSE_NAMES[name.state];
    default:
      return `${name.kind} ${idsText(name.ids)}`;
  }
}

/** One part, which is in no tree. */
export function partNameText(name: PartName): string {
  if ('id' in name) return `${name.kind} ${name.id}`;
  return name.kind === 'cache' ? `L${name.level}` : 'core';
}

/** "2 x package 0-1 + node 0-1"; the machine as a whole is "machine". */
export function partText({ names, count }: FoldedPart, times: string): string {
  if (names.length === 0) return 'machine';
  return `${count === 1 ? '' : `${formatNumber(count)} ${times} `}${names.map(nameText).join(' + ')}`;
}

/** "16", or "9 of 16" where not all of them are on-line: the CPUs of each. */
export function onlineText({ states: { online, offline, absent } }: FoldedPart): string {
  const all = formatNumber(online + offline + absent);
  return offline + absent === 0 ? all : `${formatNumber(online)} of ${all}`;
}

/** "16 CPUs each", "9 of 16 CPUs on-line"; CPUs that are loose tell their state by their name. */
export function cpusText(part: FoldedPart): string {
  const { online, offline, absent } = part.states;
  const all = formatCount(online + offline + absent, 'CPU');
  const each = part.count === 1 ? '' : ' each';
  if (offline + absent === 0 || part.names[0]?.kind === 'cpus') return `${all}${each}`;
  return `${formatNumber(online)} of ${all} on-line${each}`;
}
