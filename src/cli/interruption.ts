/** Ctrl-C and termination: noticed between batches, so that nothing is left half-written. */

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

type Signal = keyof typeof EXIT_CODES;

/** Thrown where work stops because the user said so. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(signal: Signal) {
    super(`interrupted by ${signal}`);
    this.exitCode = EXIT_CODES[signal];
  }
}

export interface Interruption {
  /** Aborted with an Interrupted as its reason. */
  readonly signal: AbortSignal;
  /** Signals end the process by themselves again. */
  release(): void;
}

/** From here on the first SIGINT or SIGTERM aborts the signal; a second one kills as usual. */
export function catchInterruption(): Interruption {
  const controller = new AbortController();
  const onSignal = (signal: Signal) => {
    release();
    controller.abort(new Interrupted(signal));
  };
  function release(): void {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { signal: controller.signal, release };
}
