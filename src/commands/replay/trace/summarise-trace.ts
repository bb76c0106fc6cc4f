/** What a walk through a trace has counted, as the summary that results carry. */

import type { TraceForm } from '../../../recorded/recording-form.ts';
import { contradictionsOf } from '../../../recorded/trace/delta-statistics.ts';
import { formatCpulist } from '../../../topology/cpulist.ts';
import type { TraceRun } from './run-trace.ts';
import type { TraceChoices } from './trace-choices.ts';
import type { TraceSummary } from './trace-summary.ts';

/** `replayed` processes were replayed, of which the result lists so many. */
export function summariseTrace(
  form: TraceForm,
  { sizeIs, comm, life, spread }: TraceChoices,
  { lines, counts, statistics, updatesBeforeNamed }: TraceRun,
  replayed: number,
  listed: number,
): TraceSummary {
  const { processes: processesSeen, ...reconstructed } = counts;
  return {
    form,
    sizeIs,
    lowerBound: sizeIs === 'approximate',
    contradictions: contradictionsOf(statistics, sizeIs),
    comm,
    life,
    spread:
      spread === null
        ? null
        : { policy: spread.policy, seed: spread.seed, cpus: formatCpulist(spread.cpus) },
    processesSeen,
    processesReplayed: replayed,
    ...lines,
    ...reconstructed,
    updatesBeforeNamed,
    processesNotListed: replayed - listed,
  };
}
