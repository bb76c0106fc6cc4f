/** The options --kernel and --reader of a study: whose counters, and who reads them. */
import { KERNEL_OPTION, READER_OPTION } from '../../cli/kernel-options.ts';
import { excludes, type FlagsOf, goesWith, ruled } from '../../cli/options.ts';
import { InputError } from '../../errors.ts';
import { type Seen, type SeenReader, seenOn } from '../../kernel/seen.ts';
import { listed } from '../../render/words.ts';

export const SEEN_OPTIONS = {
  kernel: ruled(KERNEL_OPTION, excludes('--scheme')),
  reader: ruled(READER_OPTION, goesWith('--kernel')),
};

type SeenFlags = FlagsOf<typeof SEEN_OPTIONS>;

const WHOLE = ['file', 'anon', 'shmem'] as const;

/** What a study can show of a reader: RSS as it is now, or one member of it too, or whatever it reads. */
type Shows = 'rss' | 'members' | 'any';

/** Why the study cannot show what this reader gets; null where it can. */
function faultOf(reader: SeenReader, kernel: string, shows: Shows): string | null {
  const { word, sums, members, isPeak, source } = reader;
  if (sums === 'none') return `there is none on ${kernel}: ${source}`;
  if (sums === 'own') return `made of no counter of RSS: ${source}`;
  if (word === 'rss_stat') return 'tells one member at a time: expected one that reads RSS';
  if (shows === 'any' || sums === 'walk') return null;
  if (isPeak) return 'tells the highest so far, not what is now: rss-err bound has its worst case';
  if (shows === 'members' && members.length === 1) return null;
  if (WHOLE.every((member) => members.includes(member))) return null;
  const alone = members.length === 1 ? ': rss-err processes shows it alone' : '';
  return `reads ${listed(members)}, not the whole of RSS${alone}`;
}

/**
 * Undefined without --kernel.
 * @throws InputError where the study cannot show what the reader gets.
 */
export function seenOf({ kernel, reader }: SeenFlags, shows: Shows = 'rss'): Seen | undefined {
  if (kernel === undefined) return undefined;
  const seen = seenOn(kernel, reader);
  const fault = seen.reader === null ? null : faultOf(seen.reader, kernel.text, shows);
  if (fault === null) return seen;
  throw new InputError(`--reader ${seen.reader?.word}: ${fault}`);
}
