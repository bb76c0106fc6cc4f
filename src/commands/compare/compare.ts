/** The main job: one workload through several schemes, with their bounds and observed errors. */
import type { Heartbeat } from '../../replay/replay.ts';
import { formatCpulist } from '../../topology/cpulist.ts';
import { generateUpdates } from '../../workload/generate.ts';
import type { PresetName } from '../../workload/presets.ts';
import type { Workload } from '../../workload/workload.ts';
import { type MeasureRequest, measure, type StreamFacts } from './measure.ts';
import { COMPARISON_FORMAT, type Comparison } from './result.ts';

export interface CompareRequest extends MeasureRequest {
  readonly preset: PresetName;
  readonly workload: Workload;
}

/**
 * The generators fault single pages of one member, or huge pages that pass the threads' caches by,
 * and no fault of theirs takes a page away.
 */
function generatedFacts({ threads, hugePerMillion }: Workload): StreamFacts {
  return {
    threads,
    pagesAddedPerFault: hugePerMillion === 1_000_000 ? 0 : 1,
    pagesTakenPerFault: 0,
    rssMembers: 1,
    boundsThreads: true,
    steadyCpus: true,
    fitsInt: true,
  };
}

/**
 * Replays the workload through all schemes at once.
 * @throws InputError where machine, workload and schemes do not fit; LedgerMismatch or
 *   BoundExceeded where the program contradicts itself.
 */
export async function compare(request: CompareRequest, heartbeat: Heartbeat): Promise<Comparison> {
  const { topology, workload, pageSize, preset } = request;
  const updates = generateUpdates(topology, workload, pageSize);
  const run = await measure(request, updates, () => generatedFacts(workload), heartbeat);
  const { program, topology: machine, ...found } = run;
  return {
    format: COMPARISON_FORMAT,
    program,
    topology: machine,
    workload: {
      preset,
      threads: workload.threads,
      policy: workload.policy,
      pattern: workload.pattern,
      mappingPages: workload.mappingPages,
      hugePerMillion: workload.hugePerMillion,
      cpus: formatCpulist(workload.cpus),
    },
    seed: workload.seed,
    ...found,
  };
}
