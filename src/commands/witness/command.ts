/** `rss-err witness`: the update stream that attains a scheme's exact worst case. */
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { readTopology, selectCpus } from '../../cli/machine.ts';
import { writeLines } from '../../cli/output.ts';
import { openSinks } from '../../cli/output-options.ts';
import type { Session } from '../../cli/streams.ts';
import { sizeInBytes } from '../../cli/values.ts';
import { CSV_HEAD, formatCsvLine, formatNdjsonLine } from '../../recorded/record-text.ts';
import { version } from '../../version.ts';
import { oomWitnessOf } from './oom-witness.ts';
import { demandFormat, schemeOfWitness, WITNESS_OPTIONS, type WitnessFlags } from './options.ts';
import { verifyWitness } from './verify/command.ts';
import type { StreamStep } from './verify/result.ts';
import { scheduleOf } from './verify/schedule.ts';
import { type WitnessRequest, witnessOf } from './witness.ts';

/** The stream, a record a line, after a line that says what it attains. */
function* streamLines(
  witness: { readonly header: object; records(): Iterable<StreamStep> },
  isCsv: boolean,
): Generator<string> {
  yield isCsv ? CSV_HEAD : `${JSON.stringify(witness.header)}\n`;
  for (const record of witness.records()) {
    if (!('kind' in record)) yield `${JSON.stringify(record)}\n`;
    else yield isCsv ? formatCsvLine(record) : formatNdjsonLine(record);
  }
}

async function requestOf(flags: WitnessFlags, session: Session): Promise<WitnessRequest> {
  const topology = await readTopology(flags.topology, session);
  const { memory, pageSize = topology.pageSize } = flags;
  return {
    version,
    spec: schemeOfWitness(flags),
    direction: flags.direction ?? 'under',
    topology,
    pageSize,
    cpus: selectCpus('--used', flags.used, topology),
    threads: flags.threads,
    memory: memory === undefined ? null : sizeInBytes(memory, pageSize),
  };
}

function streamOf({ oom, inFlight, updatePages = 1 }: WitnessFlags, request: WitnessRequest) {
  if (oom === true) return oomWitnessOf(request);
  return inFlight === undefined
    ? witnessOf(request)
    : scheduleOf(request, { updates: inFlight, pages: updatePages });
}

export const witnessCommand = defineCommand({
  name: 'witness',
  description: "write an update stream that attains a scheme's exact worst case, or verify it",
  options: WITNESS_OPTIONS,
  examples: [
    'rss-err witness --scheme tree --topology 8cpu | rss-err replay - --topology 8cpu',
    'rss-err witness --scheme tree:batch=2 --topology pu:3 --verify',
  ],
  async run(flags, session) {
    demandFormat(flags);
    const openSink = openSinks(flags.output, session);
    const request = await requestOf(flags, session);
    if (flags.verify === true) return verifyWitness(flags, request, openSink, session);
    const witness = streamOf(flags, request);
    const lines = streamLines(witness, flags.format === 'csv');
    await writeLines(lines, openSink(), session.signal);
    return EXIT.done;
  },
});
