/** A sweep against as many single commands, which GNU parallel starts on the same cores. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timePairs } from './paired.ts';
import { hasProgram, timeNode, timeProgram } from './processes.ts';

const OPERATIONS = 100_000;

/** @throws Error where there is no GNU parallel. */
export async function sweepCase(program: string, pairs: number, points: number): Promise<object> {
  if (!hasProgram('parallel', ['--version'])) throw new Error('no GNU parallel on this machine');
  const folder = mkdtempSync(join(tmpdir(), 'rss-err-sweep-'));
  const grid = ['compare', '--operations', `${OPERATIONS}`, '--seed', `1..${points}`];
  const commands = Array.from(
    { length: points },
    (_, seed) =>
      `node ${program} compare --operations ${OPERATIONS} --seed ${seed + 1} --format json`,
  );
  const list = join(folder, 'commands');
  writeFileSync(list, `${commands.join('\n')}\n`);
  try {
    const seconds = await timePairs(
      () => timeNode([program, 'sweep', ...grid, '--format', 'csv']),
      () => timeProgram('parallel', ['--will-cite', '-a', list]),
      pairs,
    );
    return {
      case: `sweep of ${points} points of ${OPERATIONS} operations against GNU parallel`,
      timesFaster: seconds.ratio.median,
      target: 6,
      seconds,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
