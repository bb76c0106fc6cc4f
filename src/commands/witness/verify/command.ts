/** `rss-err witness --verify`: options → one study → render → write. */

import { EXIT } from '../../../cli/exit-code.ts';
import { createSearchClock } from '../../../cli/heartbeat.ts';
import { DEFAULT_TOPOLOGY } from '../../../cli/machine.ts';
import { reproduceLine } from '../../../cli/options.ts';
import { type TextSink, writeAll } from '../../../cli/output.ts';
import type { Session } from '../../../cli/streams.ts';
import { formatNdjsonLine } from '../../../recorded/record-text.ts';
import { type Format, renderReport } from '../../../render/formats.ts';
import { schemeOf } from '../../../schemes/registry.ts';
import { DEFAULT_SEED } from '../../../workload/workload.ts';
import { WITNESS_OPTIONS, type WitnessFlags } from '../options.ts';
import type { WitnessRequest } from '../witness.ts';
import { DIRECTIONS } from '../witness-stream.ts';
import { isSound, type VerifyRequest } from './judge.ts';
import type { Verification } from './result.ts';
import { verify } from './verify.ts';
import { verificationView } from './view.ts';

const DEFAULT_SECONDS = 60;

function requestOf(flags: WitnessFlags, witness: WitnessRequest): VerifyRequest {
  const { direction: _, ...request } = witness;
  return {
    ...request,
    directions: flags.direction === undefined ? DIRECTIONS : [flags.direction],
    inFlight:
      flags.inFlight === undefined
        ? null
        : { updates: flags.inFlight, pages: flags.updatePages ?? 1 },
    seed: flags.seed ?? DEFAULT_SEED,
    seconds: flags.seconds ?? DEFAULT_SECONDS,
  };
}

function reproduce(flags: WitnessFlags, { spec, seed, seconds, inFlight }: VerifyRequest): string {
  const { scheme, kernel, topology = DEFAULT_TOPOLOGY, direction, used, pageSize, memory } = flags;
  const { of, byThreads } = schemeOf(spec).heldBy;
  const { default: threads } = WITNESS_OPTIONS.threads;
  return reproduceLine(['witness'], WITNESS_OPTIONS, {
    ...{ verify: true, scheme, kernel, topology, direction, used },
    threads: of === 'threads' || byThreads || flags.threads !== threads ? flags.threads : undefined,
    ...{ pageSize, memory, inFlight: inFlight?.updates, updatePages: inFlight?.pages },
    ...{ seed, seconds, format: flags.format },
  });
}

/** Below a table, the streams that beat a closed form: records as `rss-err replay` reads them, or their steps. */
function streamBelow({ checks }: Verification, format: Format): string {
  const lines = checks.flatMap(({ stream }) =>
    (stream ?? []).map((step) =>
      'kind' in step ? formatNdjsonLine(step) : `${JSON.stringify(step)}\n`,
    ),
  );
  if (lines.length === 0) return '';
  if (format === 'markdown') return `\n\`\`\`json\n${lines.join('')}\`\`\`\n`;
  return format === 'table' || format === 'ascii' ? `\n${lines.join('')}` : '';
}

/** In any format: below a table are the streams that are in it as data otherwise. */
export async function renderVerification(
  result: Verification,
  reproduced: string,
  format: Format = 'table',
): Promise<string> {
  const view = () => verificationView(result, reproduced);
  const schema = async () => (await import('./result.ts')).verifyResult;
  const text = await renderReport({ view, result, schema }, format, { terminal: null });
  return `${text}${streamBelow(result, format)}`;
}

/** @returns the exit code: a closed form that is beaten, or not attained, is a finding. */
export async function verifyWitness(
  flags: WitnessFlags,
  witness: WitnessRequest,
  openSink: () => TextSink,
  session: Session,
): Promise<number> {
  const request = requestOf(flags, witness);
  const { clear, ...clock } = createSearchClock(request.seconds, session);
  const result = await verify(request, clock).finally(clear);
  session.signal.throwIfAborted();
  const text = await renderVerification(result, reproduce(flags, request), flags.format);
  await writeAll(openSink(), text);
  return isSound(result) ? EXIT.done : EXIT.failed;
}
