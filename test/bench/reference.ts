/** The reference in C: built where there is a compiler, and run. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Hop, HopResult } from './hop.ts';

const COMPILERS = ['cc', 'gcc', 'clang'];

export interface Reference {
  /** The compiler's first line about itself. */
  readonly compiler: string;
  run(hop: Hop): HopResult;
  /** Seconds that so many copies of it take, side by side. */
  timeCopies(hop: Hop, copies: number): Promise<number>;
}

const execute = promisify(execFile);

function wordsOf({ cpus, operations, seed, pages }: Hop): string[] {
  return [cpus, operations, seed, pages].map(String);
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
    run(hop) {
      return JSON.parse(execFileSync(program, wordsOf(hop), { encoding: 'utf8' })) as HopResult;
    },
    async timeCopies(hop, copies) {
      const start = performance.now();
      await Promise.all(Array.from({ length: copies }, () => execute(program, wordsOf(hop))));
      return (performance.now() - start) / 1000;
    },
  };
}
