/** Who shows which figure: each reader on some kernels, and the tools behind the readers. */
import { READERS, sumsOfReader } from '../../kernel/readers.ts';
import { type KernelRelease, schemeOfRelease } from '../../kernel/releases.ts';
import type { ReadersResult } from './result.ts';
import { TOOLS } from './tools.ts';

export function readersOn(version: string, kernels: readonly KernelRelease[]): ReadersResult {
  return {
    format: 'rss-err/readers@1',
    program: { version },
    readers: kernels.flatMap((kernel) => {
      const scheme = schemeOfRelease(kernel);
      return READERS.map((reader) => {
        const { value, evidence, source } = sumsOfReader(reader, kernel);
        return {
          kernel: kernel.text,
          scheme: scheme.value,
          schemeSource: scheme.source,
          reader: reader.name,
          reads: reader.reads,
          sums: value,
          clamped: value !== 'walk' && value !== 'own',
          ...{ evidence, source },
        };
      });
    }),
    tools: TOOLS,
  };
}
