/** `rss-err claims`: options → one study → render → write. */
import { Command } from 'commander';
import { claimsReport } from '../report/claims-report.ts';
import { renderReport } from '../report/formats.ts';
import { claims, claimsRequest, measurementsOf } from '../study/claims/claims.ts';
import { hopFinding } from '../study/claims/hop.ts';
import { DEFAULT_SEED } from '../workload/presets.ts';
import { EXIT } from './exit-code.ts';
import { createProgress } from './heartbeat.ts';
import { interruptible } from './interruption.ts';
import { addJobsOption, type JobsFlags, partsOf, workersOf } from './jobs.ts';
import { addOutputOptions, type OutputFlags, openOutput } from './output-options.ts';
import { shellWords } from './shell-words.ts';
import type { Streams } from './streams.ts';
import { wholeNumber } from './values.ts';
import { version } from './version.ts';

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
