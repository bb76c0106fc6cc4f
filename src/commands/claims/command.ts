/** `rss-err claims`: options → one study → render → write. */
import { Command } from 'commander';
import { EXIT } from '../../cli/exit-code.ts';
import { createProgress } from '../../cli/heartbeat.ts';
import { interruptible } from '../../cli/interruption.ts';
import { addJobsOption, type JobsFlags, partsOf, workersOf } from '../../cli/jobs.ts';
import { addOutputOptions, type OutputFlags, openOutput } from '../../cli/output-options.ts';
import { shellWords } from '../../cli/shell-words.ts';
import type { Streams } from '../../cli/streams.ts';
import { wholeNumber } from '../../cli/values.ts';
import { type Report, renderReport } from '../../render/formats.ts';
import { version } from '../../version.ts';
import { DEFAULT_SEED } from '../../workload/presets.ts';
import { claims, claimsRequest, measurementsOf } from './claims.ts';
import { hopFinding } from './hop.ts';
import type { ClaimsResult } from './result.ts';
import { claimsView } from './view.ts';

interface ClaimsFlags extends OutputFlags, JobsFlags {
  readonly seed: number;
}

export function claimsCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  const command = new Command('claims').description(
    "recompute the RFCs' quantitative statements, with a verdict on each",
  );
  addOutputOptions(command).option(
    '--seed <n>',
    'seed of every replay',
    wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER),
    DEFAULT_SEED,
  );
  return addJobsOption(command).action(async (flags: ClaimsFlags) =>
    setExitCode(await runClaims(flags, streams)),
  );
}

export function claimsReport(result: ClaimsResult, reproduce: string): Report {
  return {
    view: () => claimsView(result, reproduce),
    result,
    schema: async () => (await import('./result.ts')).claimsResult,
  };
}

function runClaims(flags: ClaimsFlags, streams: Streams): Promise<number> {
  return interruptible(async (signal) => {
    const output = openOutput(flags, streams, signal);
    const { heartbeat, clear } = createProgress(null, streams.stderr, signal);
    const request = claimsRequest(version, flags.seed);
    const hop = { name: 'hopFinding', work: hopFinding } as const;
    const spreading = { workers: workersOf(flags), heartbeat, signal };
    const result = await partsOf(hop, measurementsOf(request), spreading)
      .then((findings) => claims(request, findings, heartbeat))
      .finally(clear);
    signal.throwIfAborted();
    const reproduce = shellWords(['rss-err', 'claims', '--seed', `${flags.seed}`]);
    await output.write(await renderReport(claimsReport(result, reproduce), flags.format, output));
    return EXIT.done;
  });
}
