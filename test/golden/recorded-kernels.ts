/** Reads the runs recorded on real kernels: their text, and the fields that tests look at. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('kernels/', import.meta.url);

/** The fields of a file as its recorder wrote them. */
export interface RecordedKernel {
  readonly kernel: string;
  readonly mode: string;
  readonly min_error_pages: number;
  readonly max_error_pages: number;
  readonly nr_cpus: number;
  readonly percpu_batch: number | null;
  readonly events: {
    readonly thread: readonly number[];
    readonly cpu: readonly number[];
    readonly delta: readonly number[];
  };
  readonly samples: readonly {
    readonly step: number;
    readonly approx_pages: number;
    readonly precise_pages: number;
    readonly own_pages: number;
    readonly statm_pages: number;
    readonly status_rss_anon_pages: number;
    readonly rss_anon_approx_pages: number;
  }[];
  readonly raw_counter_snapshots: readonly Readonly<Record<string, unknown>>[];
}

/** Names of the files, in order. */
export const recordedKernels: readonly string[] = readdirSync(folder).sort();

export function kernelPath(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

export function kernelText(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

export function readKernel(name: string): RecordedKernel {
  return JSON.parse(kernelText(name)) as RecordedKernel;
}
