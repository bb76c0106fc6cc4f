/** `rss-err processes`: options → one study → render → write. */
import { defineCommand } from '../../cli/command.ts';
import { LIVING, withProgress } from '../../cli/heartbeat.ts';
import type { Spreading } from '../../cli/jobs.ts';
import { DEFAULT_TOPOLOGY, readTopology } from '../../cli/machine.ts';
import {
  type FlagsOf,
  goesWith,
  grouped,
  option,
  reproduceLine,
  showing,
} from '../../cli/options.ts';
import { fileSink, type TextSink } from '../../cli/output.ts';
import { namedFor, openBeside, openOutput } from '../../cli/output-options.ts';
import type { Session } from '../../cli/streams.ts';
import { BESIDE, choice } from '../../cli/values.ts';
import { WRITTEN_FORMS } from '../../recorded/trace/write-trace.ts';
import { presetLines } from '../../render/words.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { formatScheme } from '../../schemes/registry.ts';
import { DEFAULT_PAGE_SIZE } from '../../units.ts';
import { version } from '../../version.ts';
import {
  likelySteps,
  PROCESS_PRESET_NAMES,
  PROCESS_PRESETS,
} from '../../workload/lives/process-workload.ts';
import { errorLegend } from '../compare/legend.ts';
import {
  exitCodeOf,
  MACHINE_OPTIONS,
  PICTURED_RUN_OPTIONS,
  schemesOn,
  seenOf,
} from '../compare/options.ts';
import {
  flagsOfProcesses,
  PROCESS_OPTIONS,
  processWorkloadOf,
  settledProcesses,
} from './options.ts';
import { type ProcessesRequest, processes } from './processes.ts';
import { largestRssError, processesView, processWorkloadText } from './view.ts';

const TRACE_OPTIONS = showing({
  writeTrace: option(
    '--write-trace <file>',
    'also write the updates as rss_stat events of a trace',
    namedFor(['text'], BESIDE),
  ),
  traceForm: option(
    '--trace-form <name>',
    `form of the trace: ${WRITTEN_FORMS.join(', ')} (default: ${WRITTEN_FORMS[0]})`,
    choice(WRITTEN_FORMS),
    { rules: [goesWith('--write-trace')] },
  ),
});

const OPTIONS = {
  ...grouped('Machine and schemes', MACHINE_OPTIONS),
  ...grouped('Workload', PROCESS_OPTIONS),
  ...PICTURED_RUN_OPTIONS,
  ...grouped('Trace', TRACE_OPTIONS),
};

/** On which machine no matter. */
const PRESET_MACHINE = { pageSize: DEFAULT_PAGE_SIZE, onlineCpus: 1 };

function presetTexts(): string[] {
  return PROCESS_PRESET_NAMES.map((preset) => {
    const workload = { ...PROCESS_PRESETS[preset], preset, cpulist: '0' };
    return processWorkloadText({ workload, topology: PRESET_MACHINE });
  });
}

type ProcessesFlags = FlagsOf<typeof OPTIONS>;

/** What the study is asked for; the trace goes to the sink, if there is one. */
async function requestOf(
  flags: ProcessesFlags,
  session: Session,
  sink: TextSink | null,
): Promise<ProcessesRequest> {
  const topology = await readTopology(flags.topology, session);
  const pageSize = flags.pageSize ?? topology.pageSize;
  const form = flags.traceForm ?? WRITTEN_FORMS[0];
  return {
    version,
    topology,
    pageSize,
    schemes: schemesOn(topology, flags),
    seen: seenOf(flags, 'members'),
    preset: flags.preset,
    workload: processWorkloadOf(flags, topology, pageSize),
    trace: sink === null ? null : { form, write: async (text) => void (await sink.write(text)) },
  };
}

function reproduce(
  flags: ProcessesFlags,
  { workload, preset, topology }: ProcessesRequest,
): string {
  const { scheme, kernel, reader, pageSize, format, unit, reading } = flags;
  return reproduceLine(['processes'], OPTIONS, {
    topology: flags.topology ?? DEFAULT_TOPOLOGY,
    ...flagsOfProcesses(workload, preset, topology),
    ...{ scheme, kernel, reader, pageSize, format, unit, reading },
  });
}

const schema = async () => (await import('./result.ts')).processesResult;

const OF_PROCESSES = [
  ['lowest', 'whose error it was, and at which of its operations; highest: likewise'],
  ['PROGRAM p50', 'of the largest errors in the lives of its mms; PROGRAM p99: likewise'],
  ['file', 'file, anon, swap, shmem: the largest errors of each member'],
] as const;

export const processesCommand = defineCommand({
  name: 'processes',
  description: 'fork, exec and exit: errors over many processes, each with counters of its own',
  options: OPTIONS,
  examples: [
    'rss-err processes --preset mixed --topology epyc-9654-2s',
    'rss-err processes --processes 10k --write-trace make.txt',
  ],
  helpLines: () => [...presetLines(presetTexts()), '', ...errorLegend(OF_PROCESSES)],
  settle: settledProcesses,
  async study(flags, session) {
    const request = await requestOf(flags, session, null);
    const find = async ({ heartbeat }: Spreading) => ({
      result: await processes(request, heartbeat),
      schema,
    });
    const schemes = request.schemes.map(formatScheme);
    return { steps: likelySteps(request.workload), schema, schemes, find };
  },
  async run(flags, session) {
    const output = openOutput(flags, session);
    const file = openBeside('--write-trace', flags.writeTrace, flags.output);
    const sink = file === null ? null : fileSink(file, session.signal);
    try {
      const request = await requestOf(flags, session, sink);
      const steps = likelySteps(request.workload);
      const live = (heartbeat: Heartbeat) => processes(request, heartbeat);
      const result = await withProgress(steps, session, live, LIVING);
      const { unit, reading } = flags;
      const choices = { unit, reading, reproduce: reproduce(flags, request) };
      await output.show({
        picture: async () => (await import('./picture.ts')).processesPicture(result, choices),
        view: () => processesView(result, choices),
        result,
        schema,
      });
      sink?.commit();
      return exitCodeOf(largestRssError(result), flags, request.pageSize, session.stderr);
    } finally {
      sink?.discard();
    }
  },
});
