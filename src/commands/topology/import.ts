/** `rss-err topology import`: any description of a machine to topology JSON. */
import { Command } from 'commander';
import { EXIT } from '../../cli/exit-code.ts';
import { interruptible } from '../../cli/interruption.ts';
import { readMachine } from '../../cli/machine-argument.ts';
import { writeAll } from '../../cli/output.ts';
import { openSinks } from '../../cli/output-options.ts';
import type { Streams } from '../../cli/streams.ts';
import { choice, wholeNumber } from '../../cli/values.ts';
import { InputError, quote } from '../../errors.ts';
import { MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import { renderJson } from '../../render/formats.ts';
import { reportedDocument } from '../../topology/import/assemble.ts';
import { NUMBERINGS, type Numbering } from '../../topology/import/description.ts';
import { FORMS, type Form } from '../../topology/import/forms.ts';

interface ImportFlags {
  readonly from?: Form;
  readonly name?: string;
  readonly nrCpuIds?: number;
  readonly numbering?: Numbering;
  readonly output?: string;
}

/** Names stand in plain tables. @throws InputError where a text is no name. */
export function machineName(text: string): string {
  if (/^[ -~]+$/.test(text)) return text;
  throw new InputError(`--name: ${quote(text)} is no name: expected printable ASCII`);
}

async function runImport(argument: string, flags: ImportFlags, streams: Streams): Promise<number> {
  const { from = null, name = null, nrCpuIds = null, numbering = null, output } = flags;
  return interruptible(async (signal) => {
    const openSink = openSinks(output, streams, signal);
    const options = { form: from, name, nrCpuIds, numbering };
    const machine = await readMachine(argument, streams, signal, options);
    streams.remarks.hold(machine.origin, machine.remarks);
    await writeAll(openSink(), renderJson(reportedDocument(machine.topology, machine.reported)));
    return EXIT.done;
  });
}

export function topologyImportCommand(
  streams: Streams,
  setExitCode: (code: number) => void,
): Command {
  return new Command('import')
    .description('turn a description of a machine, in any form, into topology JSON')
    .argument('<machine>', 'a file, a directory, - for stdin, or a synthetic or QEMU string')
    .option(
      '--from <form>',
      `its form, of ${FORMS.join(', ')} (default: by its content)`,
      choice('--from', FORMS),
    )
    .option(
      '--name <name>',
      'name of the machine (default: as described, or of the file)',
      machineName,
    )
    .option(
      '--nr-cpu-ids <count>',
      'highest possible CPU id + 1, where it is not told or to be another',
      wholeNumber('--nr-cpu-ids', 1, MAX_NR_CPU_IDS),
    )
    .option(
      '--numbering <how>',
      `CPU numbers of a synthetic string: ${NUMBERINGS.join(', ')} (default: adjacent)`,
      choice('--numbering', NUMBERINGS),
    )
    .option('--output <file>', 'write the result to a file, whole or not at all')
    .action(async (argument: string, flags: ImportFlags) =>
      setExitCode(await runImport(argument, flags, streams)),
    );
}
