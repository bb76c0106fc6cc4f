/** Whole processes, as a user starts them. */
import { spawnSync } from 'node:child_process';

/** Seconds from start to end of `node WORDS`. @throws Error where it fails. */
export function timeNode(words: readonly string[], cwd?: string): number {
  return timeProgram(process.execPath, words, cwd);
}

/** Whether a program can be started. */
export function hasProgram(program: string, words: readonly string[]): boolean {
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}

/** Seconds from start to end of a program. @throws Error where it fails. */
export function timeProgram(program: string, words: readonly string[], cwd?: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(program, words, {
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`);
  return seconds;
}

/** The most memory that `node WORDS` held, bytes; it must end without a fault. */
export function peakMemory(program: string, words: readonly string[]): number {
  const script = `
    process.argv = [process.argv[0], ...${JSON.stringify([program, ...words])}];
    process.on('exit', () => console.error(process.resourceUsage().maxRSS));
    import(${JSON.stringify(`file://${program}`)});
  `;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  return 1024 * Number(stderr.trim().split('\n').at(-1));
}
