/** Who shows which figure: each reader on some kernels, and the tools behind the readers. */
import { isClamped, READERS, sumsOfReader } from '../../kernel/readers.ts';
import { type KernelRelease, schemeOfRelease } from '../../kernel/releases.ts';
import { TOOLS } from '../../kernel/tools.ts';
import type { ReadersResult } from './result.ts';

/** `only`: names of readers; null: all. */
export function readersOn(
  version: string,
  kernels: readonly KernelRelease[],
  only: readonly string[] | null,
): ReadersResult {
  const isWanted = (name: string) => only === null || only.includes(name);
  return {
    format: 'rss-err/readers@1',
    program: { version },
    readers: kernels.flatMap((kernel) => {
      const scheme = schemeOfRelease(kernel);
      return READERS.filter(({ name }) => isWanted(name)).map((reader) => {
        const { value, evidence, source } = sumsOfReader(reader, kernel);
        return {
          kernel: kernel.text,
          scheme: scheme.value,
          schemeSource: scheme.source,
          reader: reader.name,
          reads: reader.reads,
          members: reader.members,
          isPeak: reader.isPeak,
          sums: value,
          clamped: isClamped(value),
          ...{ evidence, source },
        };
      });
    }),
    tools: TOOLS.filter(({ reader }) => isWanted(reader)),
  };
}
