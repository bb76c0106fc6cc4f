/** The places of values, put together where they offer the same. */
import type { Offer, OfferedCommand } from './offers.ts';

export const isNothing = ({ words, paths }: Offer) => words.length === 0 && paths === 'none';

interface SharedOffer {
  /** "compare --policy", the command's path and the option's flag. */
  readonly places: readonly string[];
  readonly offer: Offer;
}

/** Every option that takes a value, also where nothing of it is known. */
export function byOffer(commands: readonly OfferedCommand[]): readonly SharedOffer[] {
  const shared = new Map<string, { places: string[]; offer: Offer }>();
  for (const { path, options } of commands) {
    for (const { flag, value } of options) {
      if (value === null) continue;
      const offer: Offer = { words: value.words, paths: value.paths };
      const key = JSON.stringify(offer);
      const known = shared.get(key) ?? { places: [], offer };
      known.places.push(`${path} ${flag}`);
      shared.set(key, known);
    }
  }
  return [...shared.values()];
}
