/** `rss-err topology validate`: many descriptions, a line each. */
import { Command } from 'commander';
import { EXIT } from '../../cli/exit-code.ts';
import { interruptible } from '../../cli/interruption.ts';
import { readMachine } from '../../cli/machine-argument.ts';
import { escapeControls, writeRemarks } from '../../cli/remarks.ts';
import { writeToStream } from '../../cli/stream-output.ts';
import type { Streams } from '../../cli/streams.ts';
import { InputError } from '../../errors.ts';
import { summariseTopology } from './topology-summary.ts';
import { countsText } from './view.ts';

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
      line: `${origin}: ok, ${countsText(summariseTopology(topology), 'online', String)}`,
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
