/** One command line from arguments to exit code: every expected error is one line on stderr. */

import { escapeControls, holdRemarks, type Streams, type Surroundings } from './cli/streams.ts';
import { writeToStream } from './cli/write-stream.ts';
import { version } from './version.ts';

/** --version alone answers before anything heavy is loaded. */
function asksForVersion(argv: readonly string[]): boolean {
  return argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V');
}

function streamsOf(argv: readonly string[], surroundings: Surroundings): Streams {
  const { stdout, stderr, env } = surroundings;
  const openStdin = () => surroundings.stdin;
  return { argv, openStdin, stdout, stderr, env, remarks: holdRemarks(stderr) };
}

export async function main(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const streams = streamsOf(argv, surroundings);
  // Whoever writes sees to errors; without a listener a reader that has gone would end the process.
  streams.stdout.on('error', () => {});
  // What cannot be said is not: the exit code tells it all the same.
  streams.stderr.on('error', () => {});
  try {
    if (asksForVersion(argv)) {
      await writeToStream(streams.stdout, `${version}\n`);
      return 0;
    }
    const { runProgram } = await import('./program.ts');
    return await runProgram(argv, streams);
  } catch (error) {
    const { EXIT, outcomeOf } = await import('./cli/exit-code.ts');
    const outcome = outcomeOf(error);
    if (outcome === null) throw error;
    // A finding is about the machine as it was taken, a refusal is not.
    if (outcome.code === EXIT.failed) streams.remarks.tell();
    if (outcome.line !== null) streams.stderr.write(`rss-err: ${escapeControls(outcome.line)}\n`);
    return outcome.code;
  }
}
