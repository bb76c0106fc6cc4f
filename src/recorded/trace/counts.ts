/** What was in a trace beside its updates, counted: nothing is passed over in silence. */

/** How often, and the line it was first seen on (1 = the first). */
export interface Sightings {
  count: number;
  firstLine: number | null;
}

export interface TraceCounts {
  lines: number;
  rssStatEvents: number;
  migrations: number;
  switches: number;
  /** Events of other names, and rss_stat of members that the model does not have. */
  otherEvents: number;
  /** Lines that are no event, no comment and no part of a call chain. */
  readonly unknownLines: Sightings;
  /** rss_stat events that cannot be read, a truncated last line among them: each is a loss. */
  readonly malformed: Sightings;
  /** Places where the tool says that events are missing. */
  readonly losses: Sightings;
  /** Events that the tool says are missing, as far as it gives a number. */
  lostEvents: number;
  /** Events that are earlier than the one before. */
  readonly outOfOrder: Sightings;
}

const none = (): Sightings => ({ count: 0, firstLine: null });

export function createTraceCounts(): TraceCounts {
  return {
    lines: 0,
    rssStatEvents: 0,
    migrations: 0,
    switches: 0,
    otherEvents: 0,
    unknownLines: none(),
    malformed: none(),
    losses: none(),
    lostEvents: 0,
    outOfOrder: none(),
  };
}

export function sight(sightings: Sightings, line: number): void {
  sightings.count += 1;
  sightings.firstLine ??= line;
}
