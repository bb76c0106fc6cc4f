/** `rss-err witness`: the update stream that attains a scheme's exact worst case. */
import type { Command } from 'commander';
import { selectCpus } from '../../cli/cpu-selection.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { interruptible } from '../../cli/interruption.ts';
import { openSinks } from '../../cli/output-options.ts';
import type { Streams } from '../../cli/streams.ts';
import { readTopology } from '../../cli/topology-option.ts';
import { writeLines } from '../../cli/write-lines.ts';
import { CSV_HEAD, formatCsvLine, formatNdjsonLine } from '../../recorded/record-text.ts';
import { version } from '../../version.ts';
import { verifyWitness } from './verify/command.ts';
import { type Witness, type WitnessRequest, witnessOf } from './witness.ts';
import { demandOneMode, type WitnessFlags, witnessOptions } from './witness-options.ts';

export function witnessCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  return witnessOptions().action(async (flags: WitnessFlags) =>
    setExitCode(await runWitness(flags, streams)),
  );
}

/** The stream, a record a line, after a line that says what it attains. */
function* streamLines(witness: Witness, isCsv: boolean): Generator<string> {
  yield isCsv ? CSV_HEAD : `${JSON.stringify(witness.header)}\n`;
  for (const record of witness.records()) {
    yield isCsv ? formatCsvLine(record) : formatNdjsonLine(record);
  }
}

function runWitness(flags: WitnessFlags, streams: Streams): Promise<number> {
  demandOneMode(flags);
  return interruptible(async (signal) => {
    const openSink = openSinks(flags.output, streams, signal);
    const topology = await readTopology(flags.topology, streams, signal);
    const bytesPerPage = flags.pageSize ?? topology.pageSize;
    const request: WitnessRequest = {
      version,
      spec: flags.scheme,
      direction: flags.direction ?? 'under',
      topology,
      pageSize: bytesPerPage,
      cpus: selectCpus('--used', flags.used, topology),
      threads: flags.threads,
      memory:
        flags.memory === undefined
          ? null
          : flags.memory.amount * (flags.memory.bytesEach ?? bytesPerPage),
    };
    if (flags.verify === true) {
      return verifyWitness(flags, request, openSink, streams, signal);
    }
    const lines = streamLines(witnessOf(request), flags.format === 'csv');
    await writeLines(lines, openSink(), signal);
    return EXIT.done;
  });
}
