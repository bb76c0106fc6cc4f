/** One command line from arguments to exit code: every expected error is one line on stderr. */
import type { Streams } from './streams.ts';
import { version } from './version.ts';

/** --version alone answers before anything heavy is loaded. */
function asksForVersion(argv: readonly string[]): boolean {
  return argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V');
}

export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  // A reader that has gone away is no fault: `| head -1` ends quietly.
  streams.stdout.on('error', () => {});
  if (asksForVersion(argv)) {
    streams.stdout.write(`${version}\n`);
    return 0;
  }
  const { runProgram } = await import('./program.ts');
  try {
    return await runProgram(argv, streams);
  } catch (error) {
    const { outcomeOf } = await import('./exit-code.ts');
    const outcome = outcomeOf(error);
    if (outcome === null) throw error;
    if (outcome.line !== null) streams.stderr.write(`rss-err: ${outcome.line}\n`);
    return outcome.code;
  }
}
