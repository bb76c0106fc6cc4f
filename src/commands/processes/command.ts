/** `rss-err processes`: options → one study → render → write. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { createProgress, LIVING } from '../../cli/heartbeat.ts';
import { interruptible } from '../../cli/interruption.ts';
import { demandWritable, fileSink, type TextSink } from '../../cli/output.ts';
import { addOutputOptions, openOutput } from '../../cli/output-options.ts';
import { shellWords } from '../../cli/shell-words.ts';
import type { Streams } from '../../cli/streams.ts';
import { DEFAULT_TOPOLOGY, readTopology } from '../../cli/topology-option.ts';
import { choice } from '../../cli/values.ts';
import { processArguments } from '../../cli/workload-arguments.ts';
import { InputError } from '../../errors.ts';
import { WRITTEN_FORMS, type WrittenForm } from '../../recorded/trace/write-trace.ts';
import { type Report, renderReport } from '../../render/formats.ts';
import { version } from '../../version.ts';
import {
  addMachineOptions,
  addReadingOptions,
  exitCodeOf,
  type RunFlags,
  runWords,
  schemesOf,
} from '../compare/run-options.ts';
import { addProcessOptions, type ProcessFlags, processWorkloadOf } from './process-options.ts';
import { type ProcessesRequest, processes } from './processes.ts';
import { largestRssError, processesView } from './view.ts';

interface ProcessesFlags extends RunFlags, ProcessFlags {
  readonly writeTrace?: string;
  readonly traceForm?: WrittenForm;
}

export function processesCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  const command = new Command('processes').description(
    'fork, exec and exit: errors over many processes, each with counters of its own',
  );
  addReadingOptions(addOutputOptions(addProcessOptions(addMachineOptions(command))));
  return command
    .option('--write-trace <file>', 'also write the updates as rss_stat events of a trace')
    .option(
      '--trace-form <name>',
      `form of the trace: ${WRITTEN_FORMS.join(', ')} (default: ${WRITTEN_FORMS[0]})`,
      choice('--trace-form', WRITTEN_FORMS),
    )
    .action(async (flags: ProcessesFlags) => setExitCode(await runProcesses(flags, streams)));
}

/** The file of the trace. @throws InputError where it cannot be written, or is the result's. */
function openTrace(
  { writeTrace, traceForm, output }: ProcessesFlags,
  signal: AbortSignal,
): TextSink | null {
  if (writeTrace === undefined) {
    if (traceForm !== undefined) throw new InputError('--trace-form goes with --write-trace');
    return null;
  }
  if (output !== undefined && resolve(writeTrace) === resolve(output)) {
    throw new InputError(`--write-trace ${writeTrace}: is the file of --output too`);
  }
  const file = { flag: '--write-trace', path: writeTrace };
  demandWritable(file);
  return fileSink(file, signal);
}

/** What the study is asked for; the trace goes to the sink, if there is one. */
async function requestOf(
  flags: ProcessesFlags,
  streams: Streams,
  sink: TextSink | null,
  signal: AbortSignal,
): Promise<ProcessesRequest> {
  const topology = await readTopology(flags.topology, streams, signal);
  const pageSize = flags.pageSize ?? topology.pageSize;
  const form = flags.traceForm ?? WRITTEN_FORMS[0];
  return {
    version,
    topology,
    pageSize,
    schemes: schemesOf(flags),
    preset: flags.preset,
    workload: processWorkloadOf(flags, topology, pageSize),
    trace: sink === null ? null : { form, write: async (text) => void (await sink.write(text)) },
  };
}

function runProcesses(flags: ProcessesFlags, streams: Streams): Promise<number> {
  return interruptible(async (signal) => {
    const output = openOutput(flags, streams, signal);
    const sink = openTrace(flags, signal);
    try {
      const request = await requestOf(flags, streams, sink, signal);
      const { heartbeat, clear } = createProgress(null, streams.stderr, signal, LIVING);
      const result = await processes(request, heartbeat).finally(clear);
      signal.throwIfAborted();
      const reproduce = shellWords([
        ...['rss-err', 'processes', '--topology', flags.topology ?? DEFAULT_TOPOLOGY],
        ...processArguments(request.workload, request.preset, request.topology),
        ...runWords(flags),
      ]);
      const { unit, reading, format } = flags;
      const report: Report = {
        view: () => processesView(result, { unit, reading, reproduce }),
        result,
        schema: async () => (await import('./result.ts')).processesResult,
      };
      await output.write(await renderReport(report, format, output));
      sink?.commit();
      return exitCodeOf(largestRssError(result), flags, request.pageSize, streams.stderr);
    } finally {
      sink?.discard();
    }
  });
}
