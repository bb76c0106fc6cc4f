/** The form of a run recorded on a real kernel: the fields that a replay needs; others are passed over. */
import * as z from 'zod';
import { HIGHEST_CPU_ID } from '../../kernel/nr-cpus.ts';
import { PAGE_SIZES } from '../../units.ts';
import { RUN_MODES } from './kernel-run.ts';

// Each error reads as the end of "PATH is VALUE: ".
function whole(low: number, high: number) {
  const error = `expected a whole number from ${low} to ${high}`;
  return z.int({ error }).min(low, { error }).max(high, { error });
}

function oneOf<const T extends readonly (string | number)[]>(values: T) {
  return z.literal(values, { error: `expected one of ${values.join(', ')}` });
}

const versionRule = 'expected the version of a kernel, such as "6.12"';

const kernelVersion = z.string({ error: versionRule }).regex(/^[ -~]+$/, { error: versionRule });

const MOST = 2 ** 31;

/** PID_MAX_LIMIT of 64-bit kernels: no process has more threads. */
const MOST_THREADS = 2 ** 22;

const pages = whole(-MOST, MOST);
const step = whole(0, Number.MAX_SAFE_INTEGER);

function list<T extends z.ZodType>(items: T) {
  return z.array(items, { error: 'expected a list' });
}

const byCpu = z
  .record(z.string().regex(/^\d{1,7}$/, { error: 'expected CPU ids as keys' }), pages, {
    error: 'expected an object of CPU id and pages',
  })
  .optional();

const sample = z.object(
  {
    step,
    approx_pages: pages,
    precise_pages: pages,
    own_pages: pages,
    rss_anon_approx_pages: pages.optional(),
    rss_file_approx_pages: pages.optional(),
    rss_shmem_approx_pages: pages.optional(),
    cached_anon_sum: pages.optional(),
  },
  { error: 'expected a sample' },
);

const snapshot = z.object(
  {
    step,
    anon_count: pages,
    file_count: pages,
    shmem_count: pages,
    anon_percpu: list(pages).optional(),
    file_percpu_nonzero: byCpu,
    shmem_percpu_nonzero: byCpu,
    thread_events: list(whole(0, MOST)).optional(),
    thread_cached_anon: list(pages).optional(),
    thread_cached_file: list(pages).optional(),
    thread_cached_shmem: list(pages).optional(),
  },
  { error: 'expected a snapshot of the counters' },
);

export const kernelRunSchema = z.object(
  {
    kernel: kernelVersion,
    release: kernelVersion,
    nr_cpus: whole(1, HIGHEST_CPU_ID + 1),
    threads: whole(1, MOST_THREADS),
    mode: oneOf(RUN_MODES),
    page_size: oneOf(PAGE_SIZES),
    scheme: oneOf(['split_rss_per_thread', 'percpu_counter']),
    percpu_batch: whole(1, MOST).nullish(),
    task_rss_events_thresh: whole(1, MOST).nullish(),
    moved_counter: oneOf(['MM_FILEPAGES', 'MM_ANONPAGES', 'MM_SHMEMPAGES']),
    events: z.object(
      {
        thread: list(whole(0, MOST_THREADS - 1)),
        cpu: list(whole(0, HIGHEST_CPU_ID)),
        delta: list(pages),
      },
      { error: 'expected lists of "thread", "cpu" and "delta"' },
    ),
    samples: list(sample),
    raw_counter_snapshots: list(snapshot),
  },
  { error: 'expected a run recorded on a real kernel: a JSON object' },
);

export type KernelRunDocument = z.infer<typeof kernelRunSchema>;
