/**
 * Which CPUs run a process: a thread runs where it last made an update of its own, until it makes one
 * elsewhere, exits, or the CPU is told to switch to another process; of two threads on a CPU, the later.
 */
const NONE = -1;

export interface Running {
  /** The thread runs on the CPU. @returns the CPU that it left to other processes, or −1. */
  run(thread: number, cpu: number): number;
  /** The thread is gone. @returns as run(). */
  exit(thread: number): number;
  /** The CPU runs another process. */
  switchOut(cpu: number): void;
}

export function createRunning(nrCpuIds: number): Running {
  const threadOn = new Int32Array(nrCpuIds).fill(NONE);
  let cpuOf = new Int32Array(1).fill(NONE);

  function makeRoom(thread: number): void {
    if (thread < cpuOf.length) return;
    const larger = new Int32Array(Math.max(thread + 1, 2 * cpuOf.length)).fill(NONE);
    larger.set(cpuOf);
    cpuOf = larger;
  }

  /** From where it was, which goes on to run the process where another of its threads took over. */
  function leave(thread: number): number {
    const cpu = cpuOf[thread]!;
    if (cpu === NONE || threadOn[cpu] !== thread) return NONE;
    threadOn[cpu] = NONE;
    return cpu;
  }

  return {
    run(thread, cpu) {
      makeRoom(thread);
      const left = cpuOf[thread] === cpu ? NONE : leave(thread);
      cpuOf[thread] = cpu;
      threadOn[cpu] = thread;
      return left;
    },
    exit(thread) {
      makeRoom(thread);
      const left = leave(thread);
      cpuOf[thread] = NONE;
      return left;
    },
    switchOut(cpu) {
      threadOn[cpu] = NONE;
    },
  };
}
