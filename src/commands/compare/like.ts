/** A workload of the size and the threads that `observe --record` has seen a process have. */

import { openText, originOf } from '../../cli/input.ts';
import { goesWith, goesWithChoices, option } from '../../cli/options.ts';
import type { Session } from '../../cli/streams.ts';
import { sizeOfPages, TEXT, wholeNumber } from '../../cli/values.ts';
import { InputError } from '../../errors.ts';
import { lifeName } from '../../recorded/trace/life.ts';
import type { PageSize } from '../../units.ts';
import { PATTERNS } from '../../workload/registry.ts';
import type { Comparison } from './result.ts';

export type Like = NonNullable<Comparison['like']>;

/** Patterns that stay at a size. */
const SIZED = PATTERNS.filter(({ parameters }) => 'targetPages' in parameters);

const HIGHEST_PID = 2 ** 22;

export const LIKE_OPTIONS = {
  like: option(
    '--like <file>',
    'size, threads, CPUs and page size of a process, unless told: what observe --record wrote; - for stdin',
    TEXT,
    {
      rules: [
        goesWithChoices(
          '--pattern',
          SIZED.map(({ name }) => name),
        ),
      ],
    },
  ),
  pid: option(
    '--pid <n>',
    '--like: which process (default: the largest)',
    wholeNumber(1, HIGHEST_PID),
    { rules: [goesWith('--like')] },
  ),
};

/** What a process had at its most. */
interface Most {
  readonly pid: number;
  readonly life: number;
  pages: number;
  threads: number;
}

/**
 * @throws InputError "ORIGIN: …" where it is no record, without precise figures or without the process.
 */
async function readLike(file: string, pid: number | undefined, session: Session): Promise<Like> {
  const { readObserved } = await import('../observe/record.ts');
  const { createLives, createObservation } = await import('../observe/observation.ts');
  const origin = originOf(file);
  // Behind the imports: what is opened has to be read at once.
  const lines = readObserved(openText(file, session), origin);
  let observation: ReturnType<typeof createObservation> | null = null;
  const mosts = new Map<string, Most>();
  const lifeOf = createLives();
  for await (const { line } of lines) {
    if (line.type === 'observed') observation = createObservation(line);
    else observation?.take(line);
    if (line.type !== 'reading' || line.precise === null) continue;
    const life = lifeOf(line);
    const name = lifeName(line.pid, life);
    const most = mosts.get(name) ?? { pid: line.pid, life, pages: 0, threads: 1 };
    mosts.set(name, most);
    most.pages = Math.max(most.pages, line.precise);
    most.threads = Math.max(most.threads, line.threads);
  }
  const [most] = [...mosts.values()]
    .filter((one) => one.pid === (pid ?? one.pid))
    .sort((a, b) => b.pages - a.pages || a.pid - b.pid || a.life - b.life);
  const { processes, kernel, scheme, precise, topology } = observation!.result('');
  const found = processes.find((row) => row.pid === most?.pid && row.life === most.life);
  if (found === undefined || most === undefined || precise === null) {
    const whose = pid === undefined ? '' : ` of process ${pid}`;
    throw new InputError(`holds no precise figure${whose}`).within(origin, ' ');
  }
  const { life, command, readings, faulted, lowest, highest, mean } = found;
  return {
    ...{ record: origin, kernel, scheme, precise },
    ...{ onlineCpus: topology.onlineCpus, pageSize: topology.pageSize },
    ...{ largestPages: most.pages, mostThreads: most.threads },
    process: { pid: found.pid, life, command, readings, faulted, lowest, highest, mean },
  };
}

interface LikeFlags {
  readonly like: string | undefined;
  readonly pid: number | undefined;
}

/** Null where nothing is to be alike. @throws InputError as readLike(). */
export async function likeOf({ like, pid }: LikeFlags, session: Session): Promise<Like | null> {
  return like === undefined ? null : readLike(like, pid, session);
}

/** The flags, with what the process was like where they say nothing: a flat machine of as many CPUs. */
export function flagsLike<F extends { readonly pageSize: PageSize | undefined }>(
  flags: F,
  like: Like | null,
): F {
  if (like === null) return flags;
  const { pageSize = like.pageSize as PageSize } = flags;
  const taken = {
    topology: `pu:${like.onlineCpus}`,
    pageSize,
    threads: like.mostThreads,
    // The same bytes in other pages.
    size: sizeOfPages(Math.ceil((like.largestPages * like.pageSize) / pageSize)),
  };
  const told = Object.entries(flags).filter(([, value]) => value !== undefined);
  return { ...flags, ...taken, ...Object.fromEntries(told) };
}
