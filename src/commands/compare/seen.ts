/** What a study says of --kernel and --reader: by whom its figures are seen, and errors as that reader has them. */
import { isExact, type Seen } from '../../kernel/seen.ts';

/** What an extreme was reached by, or in: nobody where there is none. */
const WHERE = /Operation$|^operation$|^process$|^program$/;

/** Every amount nothing. */
function none<E>(errors: E): E {
  if (typeof errors === 'number') return 0 as E;
  if (typeof errors !== 'object' || errors === null) return errors;
  const entries = Object.entries(errors).map(([key, value]) => [
    key,
    WHERE.test(key) ? null : none(value),
  ]);
  return Object.fromEntries(entries) as E;
}

/** Whether the reader gets the truth. */
export function readsTruth(seen: Seen | undefined): boolean {
  return isExact(seen?.reader?.sums ?? 'approximate');
}

/** Errors of what a reader sees, beside those of the counters as they are. */
interface Observed<E> {
  readonly clamped: E;
}

/** Errors as the reader has them: of what it sees none where it gets the truth. */
export function errorsSeen<E, O extends Observed<E>>(errors: O, seen: Seen | undefined): O {
  return readsTruth(seen) ? { ...errors, clamped: none(errors.clamped) } : errors;
}

/** A scheme of a run, or of one process of it. */
interface ObservedScheme {
  readonly readPages?: number;
  readonly zeroSinceOperation?: number | null;
  readonly observed: Observed<unknown>;
  /** What was left out. */
  readonly warmUp?: Observed<unknown>;
}

/** A run of compare or replay. */
interface Run {
  readonly rssPages: number;
  readonly schemes: readonly ObservedScheme[];
  /** Of parts of the run. */
  readonly series?: readonly Observed<unknown>[];
  /** Of a trace. */
  readonly processes?: readonly {
    readonly rssPages: number;
    readonly schemes: readonly ObservedScheme[];
  }[];
}

/** The run as the reader has it, and who that is; as it is where nothing was said of a kernel. */
export function runSeen<R extends Run>(run: R, seen: Seen | undefined): R {
  if (seen === undefined) return run;
  const observedBy = <S extends ObservedScheme>(scheme: S, resident: number): S => ({
    ...scheme,
    observed: errorsSeen(scheme.observed, seen),
    ...(scheme.warmUp === undefined ? {} : { warmUp: errorsSeen(scheme.warmUp, seen) }),
    ...(readsTruth(seen) && scheme.readPages !== undefined && resident > 0
      ? { readPages: resident, zeroSinceOperation: null }
      : {}),
  });
  const { rssPages, schemes, processes, series } = run;
  return {
    ...run,
    seen,
    schemes: schemes.map((scheme) => observedBy(scheme, rssPages)),
    ...(series === undefined ? {} : { series: series.map((of) => errorsSeen(of, seen)) }),
    ...(processes === undefined
      ? {}
      : {
          processes: processes.map((of) => ({
            ...of,
            schemes: of.schemes.map((scheme) => observedBy(scheme, of.rssPages)),
          })),
        }),
  };
}
