/** What a reader would want to take away from a run, as data: computed, never canned. */
import { isBounded, largerSide } from '../../schemes/bound.ts';
import { schemeNamed } from '../../schemes/registry.ts';
import type { Pages } from '../../units.ts';
import type { ComparedScheme, MeasuredRun, Reading } from './result.ts';

/** Two schemes set against each other by their exact limits over what was used, and what was observed. */
export interface Contrast {
  readonly subject: ComparedScheme;
  readonly other: ComparedScheme;
  readonly subjectLimit: Pages;
  readonly otherLimit: Pages;
  readonly subjectWorst: Pages;
  readonly otherWorst: Pages;
  /** Whether either limit is smaller over the CPUs and threads used than over all. */
  readonly isOfUsed: boolean;
}

/** On which side of the truth a scheme was seen to read. */
export type Direction = 'never off' | 'low only' | 'high only' | 'both ways';

export interface Findings {
  /** Null where a single scheme is shown. */
  readonly contrast: Contrast | null;
  readonly directions: readonly {
    readonly scheme: ComparedScheme;
    readonly direction: Direction;
  }[];
  /** Of the clamped reading: where it is limited by what is resident. */
  readonly zeros: {
    /** Schemes under which a process that is there reads 0 at the end. */
    readonly atEnd: readonly ComparedScheme[];
    /** Schemes under which counters fell below 0. */
    readonly fell: readonly ComparedScheme[];
  };
}

/** The larger side of a worst case; null where there is none, or no bound. */
function limitOf(exact: ComparedScheme['exact']): Pages | null {
  return exact === null || !isBounded(exact) ? null : largerSide(exact);
}

/** Null where no closed form speaks of the stream, or it has no bound. */
export function exactLimit({ exact }: Pick<ComparedScheme, 'exact'>): Pages | null {
  return limitOf(exact);
}

/** The same over the CPUs and threads that the run used. */
function usedLimit({ exactUsed }: ComparedScheme): Pages | null {
  return limitOf(exactUsed);
}

/** Counters fell below 0, which a reader sees as 0: the clamped error is smaller than the raw one. */
function fellBelowZero({ observed: { clamped, raw } }: ComparedScheme): boolean {
  return clamped.under < raw.under;
}

export function observedWorst({ observed }: ComparedScheme, reading: Reading): Pages {
  return Math.max(observed[reading].under, observed[reading].over);
}

export function directionOf({ observed }: ComparedScheme, reading: Reading): Direction {
  const { under, over } = observed[reading];
  if (under === 0) return over === 0 ? 'never off' : 'high only';
  return over === 0 ? 'low only' : 'both ways';
}

interface Limited extends ComparedScheme {
  readonly limit: Pages;
}

/**
 * The tree against per-CPU counters where both are shown, since that is the question of the RFC;
 * else the scheme of the smallest limit against that of the largest.
 */
function contrastPair(all: readonly ComparedScheme[]): [Limited, Limited] | null {
  const schemes = all.flatMap((scheme): Limited[] => {
    const limit = usedLimit(scheme);
    return limit === null ? [] : [{ ...scheme, limit }];
  });
  const tree = schemes.find(({ scheme }) => scheme === 'tree');
  const perCpu = schemes.find(({ scheme }) => scheme === 'per-cpu');
  if (tree !== undefined && perCpu !== undefined) return [tree, perCpu];
  const ranked = schemes
    .filter(({ scheme }) => schemeNamed(scheme).kernels !== 'none')
    .sort((a, b) => a.limit - b.limit);
  const [tightest, ...wider] = ranked;
  const widest = wider.at(-1);
  return tightest === undefined || widest === undefined ? null : [tightest, widest];
}

export function findingsOf({ schemes, rssPages }: MeasuredRun, reading: Reading): Findings {
  const isClamped = reading === 'clamped';
  const pair = contrastPair(schemes);
  return {
    contrast:
      pair === null
        ? null
        : {
            subject: pair[0],
            other: pair[1],
            subjectLimit: pair[0].limit,
            otherLimit: pair[1].limit,
            subjectWorst: observedWorst(pair[0], reading),
            otherWorst: observedWorst(pair[1], reading),
            isOfUsed: pair.some((scheme) => scheme.limit !== exactLimit(scheme)),
          },
    zeros: {
      atEnd: isClamped && rssPages > 0 ? schemes.filter(({ readPages }) => readPages === 0) : [],
      fell: isClamped ? schemes.filter(fellBelowZero) : [],
    },
    directions: schemes.map((scheme) => ({ scheme, direction: directionOf(scheme, reading) })),
  };
}
