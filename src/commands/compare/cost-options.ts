/** --cost and --latency: what updates cost is counted, and timed by a table that the user gives. */
import type { Command } from 'commander';
import { readDocument } from '../../cli/document.ts';
import type { Streams } from '../../cli/streams.ts';
import { InputError } from '../../errors.ts';
import type { CostRequest } from './run-cost.ts';

export interface CostFlags {
  readonly cost?: boolean;
  readonly latency?: string;
}

export function addCostOptions(command: Command): Command {
  return command
    .option('--cost', 'count what the updates cost: touches of counter lines, how far they came')
    .option(
      '--latency <file|->',
      'with --cost: latencies (JSON) that make a modelled time of the counts',
    );
}

/** Undefined where no cost is asked for. @throws InputError that begins with the file's name. */
export async function readCostRequest(
  { cost, latency }: CostFlags,
  { stdin }: Pick<Streams, 'stdin'>,
  signal: AbortSignal,
): Promise<CostRequest | undefined> {
  if (cost !== true) {
    if (latency !== undefined) throw new InputError('--latency goes with --cost');
    return undefined;
  }
  if (latency === undefined) return { latency: null };
  const { origin, text } = await readDocument(latency, { stdin }, signal);
  const { parseLatencyTable } = await import('../../schemes/latency.ts');
  return { latency: parseLatencyTable(text, origin) };
}

/** The words that give the same costs again. */
export function costWords({ cost, latency }: CostFlags): string[] {
  return [
    ...(cost === true ? ['--cost'] : []),
    ...(latency === undefined ? [] : ['--latency', latency]),
  ];
}

/** @throws InputError where standard input would have to be two things. */
export function demandOneStdin(
  uses: readonly (readonly [what: string, value: string | undefined])[],
): void {
  const taken = uses.filter(([, value]) => value === '-').map(([what]) => what);
  if (taken.length < 2) return;
  throw new InputError(`standard input is either ${taken[0]} or ${taken[1]}, not both`);
}
