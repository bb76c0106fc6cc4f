/** `rss-err compare`: options → one study → render → write. */
import { Command } from 'commander';
import { type CompareRequest, compare } from '../study/compare.ts';
import { addCostOptions, demandOneStdin, readCostRequest } from './cost-options.ts';
import { createProgress } from './heartbeat.ts';
import { interruptible } from './interruption.ts';
import { addOutputOptions, openOutput } from './output-options.ts';
import {
  addMachineOptions,
  addReadingOptions,
  type RunFlags,
  runWords,
  schemesOf,
  writeRun,
} from './run-options.ts';
import type { Streams } from './streams.ts';
import { DEFAULT_TOPOLOGY, readTopology } from './topology-option.ts';
import { version } from './version.ts';
import { workloadArguments } from './workload-arguments.ts';
import { addWorkloadOptions, type WorkloadFlags, workloadOf } from './workload-options.ts';

type CompareFlags = RunFlags & WorkloadFlags;

export function compareCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  const command = new Command('compare').description(
    'compare the bounds and the observed error of RSS counting schemes',
  );
  addReadingOptions(addOutputOptions(addWorkloadOptions(addMachineOptions(command))));
  addCostOptions(command);
  return command.action(async (flags: CompareFlags) =>
    setExitCode(await runCompare(flags, streams)),
  );
}

function runCompare(flags: CompareFlags, streams: Streams): Promise<number> {
  demandOneStdin([
    ['the machine', flags.topology],
    ['the latencies', flags.latency],
  ]);
  return interruptible(async (signal) => {
    const output = openOutput(flags, streams, signal);
    const cost = await readCostRequest(flags, streams, signal);
    const topology = await readTopology(flags.topology, streams, signal);
    const bytesPerPage = flags.pageSize ?? topology.pageSize;
    const request: CompareRequest = {
      version,
      topology,
      pageSize: bytesPerPage,
      preset: flags.preset,
      workload: workloadOf(flags, topology, bytesPerPage),
      schemes: schemesOf(flags),
      ...(cost === undefined ? {} : { cost }),
    };
    const { operations } = request.workload;
    const { heartbeat, clear } = createProgress(operations, streams.stderr, signal);
    const comparison = await compare(request, heartbeat).finally(clear);
    signal.throwIfAborted();
    const words = [
      ...['rss-err', 'compare', '--topology', flags.topology ?? DEFAULT_TOPOLOGY],
      ...workloadArguments(request.workload, request.preset, topology),
      ...runWords(flags),
    ];
    return writeRun(comparison, words, flags, output, streams);
  });
}
