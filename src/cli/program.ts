/** The commander program: commands, help, and one line for every usage error. */
import { Command, CommanderError } from 'commander';
import { boundCommand } from './bound-command.ts';
import { claimsCommand } from './claims-command.ts';
import { compareCommand } from './compare-command.ts';
import { EXIT } from './exit-code.ts';
import { processesCommand } from './processes-command.ts';
import { replayCommand } from './replay-command.ts';
import { writeToStream } from './stream-output.ts';
import type { Streams } from './streams.ts';
import { topologyCommand } from './topology-command.ts';
import { version } from './version.ts';
import { witnessCommand } from './witness-command.ts';

/** "error: unknown option '--fromat'\n(Did you mean --format?)" on one line. */
function oneLine(text: string): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ');
  return `rss-err: ${line} (see rss-err --help)\n`;
}

/** Settings are inherited only by commands made afterwards, so every command gets them. */
function settle(command: Command, stderr: Streams['stderr'], say: (text: string) => void): void {
  command.exitOverride().configureOutput({
    writeOut: say,
    writeErr: (text) => stderr.write(text),
    outputError: (text, write) => write(oneLine(text)),
  });
  for (const child of command.commands) settle(child, stderr, say);
}

/** Runs one command line. @returns its exit code. @throws what the study throws. */
export async function runProgram(argv: readonly string[], streams: Streams): Promise<number> {
  let exitCode: number = EXIT.done;
  const setExitCode = (code: number) => {
    exitCode = code;
  };
  const program = new Command('rss-err')
    .description('How wrong is the RSS that Linux reports, and how wrong can it get?')
    .version(version, '-V, --version', 'print the version')
    .addCommand(compareCommand(streams, setExitCode))
    .addCommand(boundCommand(streams, setExitCode))
    .addCommand(replayCommand(streams, setExitCode))
    .addCommand(processesCommand(streams, setExitCode))
    .addCommand(witnessCommand(streams, setExitCode))
    .addCommand(claimsCommand(streams, setExitCode))
    .addCommand(topologyCommand(streams, setExitCode));
  let said = '';
  settle(program, streams.stderr, (text) => {
    said += text;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (said !== '') await writeToStream(streams.stdout, said);
    return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  }
  return exitCode;
}
