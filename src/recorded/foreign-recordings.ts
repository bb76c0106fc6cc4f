/** Recordings that are not read as they are, known by how they begin, and what makes them readable. */
import { PERF_SCRIPT, TRACE_CMD_REPORT } from './trace/print-commands.ts';

/** Magic bytes, decoded as text: bytes that are no UTF-8 are U+FFFD. */
const BINARY: readonly (readonly [magic: string, fault: string])[] = [
  // tools/perf/util/header.c, __perf_magic2; perf record writes it in the machine's own byte order.
  ['PERFILE2', `is as perf record wrote it: print it with ${PERF_SCRIPT}`],
  // trace-cmd.dat(5).
  ['\u0017\bDtracing', `is as trace-cmd record wrote it: print it with ${TRACE_CMD_REPORT}`],
  // RFC 1952; RFC 8878; xz's file format, 2.1.1.
  ['\u001f\ufffd', 'is compressed with gzip: expand it first (gzip -dc)'],
  ['(\ufffd/\ufffd', 'is compressed with zstd: expand it first (zstd -dc)'],
  ['\ufffd7zXZ', 'is compressed with xz: expand it first (xz -dc)'],
];

/** The first fields of a run that was recorded on a real kernel. */
const KERNEL_RUN = /^\{\s*"kernel"\s*:/;

/** What is wrong with a recording that begins so; null: nothing that is known. */
export function foreignFault(head: string): string | null {
  const binary = BINARY.find(([magic]) => head.startsWith(magic));
  if (binary !== undefined) return binary[1];
  return KERNEL_RUN.test(head)
    ? 'is a run recorded on a real kernel: replay it with --against'
    : null;
}
