/** `rss-err topology validate`: many descriptions, a line each. */
import { Command } from 'commander';
import { InputError } from '../input-error.ts';
import { validatedText } from '../report/validated-text.ts';
import { summariseTopology } from '../study/topology-summary.ts';
import { EXIT } from './exit-code.ts';
import { interruptible } from './interruption.ts';
import { readMachine } from './machine-argument.ts';
import { escapeControls, writeRemarks } from './remarks.ts';
import { writeToStream } from './stream-output.ts';
import type { Streams } from './streams.ts';

interface Verdict {
  readonly isSound: boolean;
  readonly line: string;
}

async function verdictOn(
  argument: string,
  streams: Streams,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    const { topology, origin, remarks } = await readMachine(argument, streams, signal);
    writeRemarks(origin, remarks, streams.stderr);
    return {
      isSound: true,
      line: `${origin}: ok, ${validatedText(summariseTopology(topology))}`,
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { isSound: false, line: error.message };
  }
}

/** All of them are read, also behind one that fails; a reader that has gone ends it. */
async function runValidate(names: readonly string[], streams: Streams): Promise<number> {
  return interruptible(async (signal) => {
    let allSound = true;
    for (const name of names) {
      const { isSound, line } = await verdictOn(name, streams, signal);
      allSound &&= isSound;
      signal.throwIfAborted();
      if (!(await writeToStream(streams.stdout, `${escapeControls(line)}\n`))) break;
    }
    return allSound ? EXIT.done : EXIT.badInput;
  });
}

export function topologyValidateCommand(
  streams: Streams,
  setExitCode: (code: number) => void,
): Command {
  return new Command('validate')
    .description('check descriptions of machines, a line each; exit code 2 if any fails')
    .argument('<machine...>', 'files, directories, bundled names, or - for stdin')
    .action(async (names: readonly string[]) => setExitCode(await runValidate(names, streams)));
}
