/** Lists of CPUs in little room: as ranges, else by their stride, else cut short. */
import { type CpuIds, formatCpulist } from '../../topology/cpulist.ts';

/**
 * CPUs that are equally far apart as the kernel's lists may say it (lib/bitmap.c, bitmap_parselist):
 * "0-224:1/32" is 1 of every 32 from 0 to 224. Null where they are not, or are neighbours.
 */
function strideText(ids: CpuIds): string | null {
  const first = ids[0] ?? 0;
  const step = (ids[1] ?? 0) - first;
  if (ids.length < 3 || step < 2) return null;
  const isEven = ids.every((id, place) => id === first + place * step);
  return isEven ? `${first}-${ids.at(-1)}:1/${step}` : null;
}

function cut(list: string, room: number, ellipsis: string): string {
  const end = list.lastIndexOf(',', room - ellipsis.length - 1);
  return end < 0 ? ellipsis : `${list.slice(0, end)},${ellipsis}`;
}

/** The list in at most `room` columns; "none" where there is no CPU. */
export function shortCpulist(ids: CpuIds, room: number, ellipsis: string): string {
  if (ids.length === 0) return 'none';
  const list = formatCpulist(ids);
  if (list.length <= room) return list;
  const stride = strideText(ids);
  return stride !== null && stride.length <= room ? stride : cut(list, room, ellipsis);
}

/** The list in full, by its stride where that is shorter. */
export function wholeCpulist(ids: CpuIds): string {
  const list = formatCpulist(ids);
  const stride = strideText(ids);
  return stride !== null && stride.length < list.length ? stride : list;
}
