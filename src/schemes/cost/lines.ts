/** Cache lines and who touched each last: every touch is put down by how far its line came. */
import { DISTANCE, DISTANCES, type DistanceOf } from './distance.ts';

/** Touches by distance, in the order of DISTANCES. */
export type Travel = Float64Array;

export const createTravel = (): Travel => new Float64Array(DISTANCES.length);

export interface Lines {
  /** So many touches in a row of one line by one CPU: the first brings the line there. */
  touch(line: number, cpu: number, times: number, travel: Travel): void;
  /** A touch by a CPU that the stream does not name. */
  touchUnseen(line: number, travel: Travel): void;
  /** A CPU that the stream does not name has it: where the next touch brings it from is not known. */
  forget(line: number): void;
  /** The CPU of the last touch; −1 where it is not known. */
  lastCpu(line: number): number;
  /** Makes room for so many lines, the old ones kept. */
  reserve(nrLines: number): void;
}

const NOBODY = -1;

export function createLines(nrLines: number, distanceOf: DistanceOf): Lines {
  let last = new Int32Array(nrLines).fill(NOBODY);
  return {
    touch(line, cpu, times, travel) {
      if (times === 0) return;
      const before = last[line]!;
      travel[before === NOBODY ? DISTANCE.unknown : distanceOf(cpu, before)]! += 1;
      travel[DISTANCE.sameCpu]! += times - 1;
      last[line] = cpu;
    },
    touchUnseen(line, travel) {
      travel[DISTANCE.unknown]! += 1;
      last[line] = NOBODY;
    },
    forget(line) {
      last[line] = NOBODY;
    },
    lastCpu: (line) => last[line]!,
    reserve(wanted) {
      if (wanted <= last.length) return;
      const larger = new Int32Array(Math.max(wanted, 2 * last.length)).fill(NOBODY);
      larger.set(last);
      last = larger;
    },
  };
}
