/** `rss-err topology capture`: the machine that the program runs on, as topology JSON. */
import { Command } from 'commander';
import { EXIT } from '../../cli/exit-code.ts';
import { interruptible } from '../../cli/interruption.ts';
import { writeAll } from '../../cli/output.ts';
import { openSinks } from '../../cli/output-options.ts';
import type { Streams } from '../../cli/streams.ts';
import { within } from '../../errors.ts';
import { renderJson } from '../../render/formats.ts';
import { type Imported, reportedDocument } from '../../topology/import/assemble.ts';
import { assembleAs, NO_OPTIONS } from '../../topology/import/import-bytes.ts';
import { machineName } from './import.ts';

interface CaptureFlags {
  readonly name?: string;
  readonly output?: string;
}

/** Never the host's own name: results are mailed. */
const DEFAULT_NAME = 'captured';

async function capture(name: string | null): Promise<Imported & { readonly origin: string }> {
  const { describeRunningSystem, SYSFS } = await import('../../topology/import/running-system.ts');
  return within(SYSFS, () => {
    const options = { ...NO_OPTIONS, name };
    return { ...assembleAs(describeRunningSystem(), options, DEFAULT_NAME), origin: SYSFS };
  });
}

async function runCapture({ name, output }: CaptureFlags, streams: Streams) {
  return interruptible(async (signal) => {
    const openSink = openSinks(output, streams, signal);
    const { origin, remarks, topology, reported } = await capture(name ?? null);
    streams.remarks.hold(origin, remarks);
    await writeAll(openSink(), renderJson(reportedDocument(topology, reported)));
    return EXIT.done;
  });
}

export function topologyCaptureCommand(
  streams: Streams,
  setExitCode: (code: number) => void,
): Command {
  return new Command('capture')
    .description('write the machine that this runs on as topology JSON')
    .option('--name <name>', `name of the machine (default: ${DEFAULT_NAME})`, machineName)
    .option('--output <file>', 'write the result to a file, whole or not at all')
    .action(async (flags: CaptureFlags) => setExitCode(await runCapture(flags, streams)));
}
