/** The reference in C: built where there is a compiler, and run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hop, HopResult } from './hop.ts';

const COMPILERS = ['cc', 'gcc', 'clang'];

export interface Reference {
  /** The compiler's first line about itself. */
  readonly compiler: string;
  run(hop: Hop): HopResult;
}

/** Builds the reference from its source; null where no compiler is found. */
export function buildReference(source: string): Reference | null {
  const compiler = COMPILERS.find((name) => spawnSync(name, ['--version']).status === 0);
  if (compiler === undefined) return null;
  const program = join(mkdtempSync(join(tmpdir(), 'rss-err-reference-')), 'reference');
  execFileSync(compiler, ['-O2', '-o', program, source], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const version = execFileSync(compiler, ['--version'], { encoding: 'utf8' });
  return {
    compiler: version.split('\n')[0] ?? compiler,
    run({ cpus, operations, seed, pages }) {
      const words = [cpus, operations, seed, pages].map(String);
      return JSON.parse(execFileSync(program, words, { encoding: 'utf8' })) as HopResult;
    },
  };
}
