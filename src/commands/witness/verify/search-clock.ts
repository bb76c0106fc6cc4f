/** What a long search asks of its surroundings: to let signals in, and whether to stop. */
import type { Heartbeat } from '../../../replay/replay.ts';

export interface SearchClock {
  /** Called now and then with the states or updates examined; it may reject. */
  readonly heartbeat: Heartbeat;
  /** The time for the search is used up. */
  expired(): boolean;
}
