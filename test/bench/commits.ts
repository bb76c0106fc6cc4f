/** Two commits side by side: each in a checkout of its own, timed in turn as whole processes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Paired, timePairs } from './paired.ts';
import { timeNode } from './processes.ts';

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ['default', []],
  ['hop, 1 to 64 pages', ['--preset', 'hop', '--threads', '5', '--operations', '3000000']],
  [
    'hop, 1 to 512 pages',
    ['--preset', 'hop', '--threads', '5', '--operations', '3000000', '--mapping', '512'],
  ],
  [
    'hop, single pages',
    ['--preset', 'hop', '--threads', '5', '--operations', '3000000', '--mapping', '1'],
  ],
];

function git(...words: string[]): string {
  return execFileSync('git', words, { encoding: 'utf8' }).trim();
}

/** A checkout of the commit that is ready to run. */
function checkOut(folder: string, commit: string): string {
  const path = join(folder, commit);
  git('worktree', 'add', '--quiet', '--detach', path, commit);
  timeNode([join(path, 'bin', 'rss-err.js'), '--version'], path);
  return join(path, 'bin', 'rss-err.js');
}

export interface CommitCase extends Paired {
  readonly case: string;
}

/** Measures two programs, the older one first. */
export type MeasureBoth = (old: string, recent: string) => Promise<readonly CommitCase[]>;

/** `compare` with each of CASES. */
export function compareCases(pairs: number): MeasureBoth {
  return async (old, recent) => {
    const cases: CommitCase[] = [];
    for (const [name, words] of CASES) {
      const time = (program: string) => () => timeNode([program, 'compare', ...words]);
      cases.push({ case: name, ...(await timePairs(time(recent), time(old), pairs)) });
    }
    return cases;
  };
}

/** `ours` is the second commit, `reference` the first. @throws Error where git or a build fails. */
export async function compareCommits(
  before: string,
  after: string,
  measure: MeasureBoth,
): Promise<{ commits: readonly string[]; cases: readonly CommitCase[] }> {
  const commits = [before, after].map((name) => git('rev-parse', '--verify', `${name}^{commit}`));
  const folder = mkdtempSync(join(tmpdir(), 'rss-err-commits-'));
  try {
    const [old = '', recent = ''] = commits.map((commit) => checkOut(folder, commit));
    return { commits, cases: await measure(old, recent) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    git('worktree', 'prune');
  }
}
