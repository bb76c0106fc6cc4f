/** `rss-err oom --model`: options → the study → render → write. */
import { EXIT } from '../../cli/exit-code.ts';
import { createProgress } from '../../cli/heartbeat.ts';
import { DEFAULT_TOPOLOGY, readTopology } from '../../cli/machine.ts';
import { reproduceLine } from '../../cli/options.ts';
import { openOutput } from '../../cli/output-options.ts';
import type { Session } from '../../cli/streams.ts';
import { sizeInPages } from '../../cli/values.ts';
import { flagsOfPlace, placeOf } from '../../cli/workload-options.ts';
import { InputError } from '../../errors.ts';
import type { FlatRecord } from '../../render/csv.ts';
import { renderReport } from '../../render/formats.ts';
import { version } from '../../version.ts';
import { DEFAULT_SEED, PRESETS } from '../../workload/presets.ts';
import { schemesOf } from '../compare/options.ts';
import type { ModelResult } from './model-result.ts';
import { type ModelRequest, modelOom } from './model-study.ts';
import { modelView } from './model-view.ts';
import {
  DEFAULT_MEMORY,
  DEFAULT_RUNS,
  DEFAULT_TURNOVER,
  OOM_OPTIONS,
  type OomFlags,
} from './options.ts';
import { POPULATIONS } from './population.ts';

/** What is enough, where nobody says it: a hundredth of the memory. */
const ENOUGH = 100;

/** The service's, but that threads move more often: processes are smaller than it. */
const MODEL_PRESET = { ...PRESETS.service, policy: { name: 'sticky', meanRun: 10 } } as const;

async function requestOf(flags: OomFlags, session: Session): Promise<ModelRequest> {
  const topology = await readTopology(flags.topology, session);
  const pageSize = flags.pageSize ?? topology.pageSize;
  const population = flags.population ?? 'service-beside-workers';
  const memoryPages = sizeInPages('--memory', flags.memory ?? DEFAULT_MEMORY, pageSize, 1);
  const processes = flags.processes ?? POPULATIONS[population].processes;
  if (processes > memoryPages) {
    throw new InputError(
      `--processes ${processes}: ${memoryPages} pages of --memory: expected a page for each at least`,
    );
  }
  return {
    ...{ version, topology, pageSize, population, processes, memoryPages },
    schemes: schemesOf(flags),
    freePages:
      flags.free === undefined
        ? Math.ceil(memoryPages / ENOUGH)
        : sizeInPages('--free', flags.free, pageSize, 1),
    behaviour: {
      ...placeOf({ ...flags, cpus: undefined }, MODEL_PRESET, topology, pageSize),
      mappingPages: flags.mapping ?? MODEL_PRESET.mappingPages,
      turns: flags.turnover ?? DEFAULT_TURNOVER,
    },
    seed: flags.seed ?? DEFAULT_SEED,
    runs: flags.runs ?? DEFAULT_RUNS,
  };
}

/** What was asked for, as the options give it again. */
function reproduce(flags: OomFlags, { behaviour, seed, runs, topology }: ModelRequest): string {
  const { population, processes, memory, free, mapping, turnover, scheme, pageSize } = flags;
  const place = { ...behaviour, hugePerMillion: 0, seed };
  return reproduceLine(['oom'], OOM_OPTIONS, {
    ...{ model: true, topology: flags.topology ?? DEFAULT_TOPOLOGY, scheme, pageSize },
    ...{ population, processes, memory, free },
    ...flagsOfPlace(place, MODEL_PRESET, topology),
    ...{ mapping, turnover, runs, seed },
  });
}

function records(result: ModelResult): FlatRecord[] {
  const { topology, population, seed, runs } = result;
  return result.rows.map((row) => ({
    ...{ format: result.format, version: result.program.version },
    ...{ topology: topology.name, topology_sha256: topology.sha256 },
    ...{ online_cpus: topology.onlineCpus, page_size_bytes: topology.pageSize },
    ...{ population: population.name, processes: population.processes },
    ...{ memory_pages: population.memoryPages, free_pages: population.freePages },
    ...{ policy: population.policy.name, turnover: population.turnover, seed, runs },
    ...{ scheme: row.scheme, selection: row.selection },
    ...{
      wrong_runs: row.wrong,
      wrong_low95: row.wrongShare.low,
      wrong_high95: row.wrongShare.high,
    },
    tied_runs: row.tied,
    ...{ short_mean_pages: row.short.mean, short_half_width95_pages: row.short.halfWidth95 },
    short_most_pages: row.mostShort,
    ...{ kills_mean: row.kills?.mean ?? '', kills_half_width95: row.kills?.halfWidth95 ?? '' },
    precise_sums_mean: row.preciseSums.mean,
    modelled_microseconds: row.modelledMicroseconds,
  }));
}

function lines({ rows, format: _, ...whole }: ModelResult): object[] {
  const format = 'rss-err/oom-model-line@1';
  return [
    { format, type: 'run', ...whole },
    ...rows.map((row) => ({ format, type: 'selection', ...row })),
  ];
}

export async function runModel(flags: OomFlags, session: Session): Promise<number> {
  const output = openOutput(flags, session);
  const request = await requestOf(flags, session);
  const steps = request.runs * request.processes;
  const { heartbeat, clear } = createProgress(steps, session);
  const result = await modelOom(request, heartbeat).finally(clear);
  session.signal.throwIfAborted();
  const choices = { unit: flags.unit, reproduce: reproduce(flags, request) };
  const report = {
    view: () => modelView(result, choices),
    records: () => records(result),
    document: result,
    lines: () => lines(result),
  };
  await output.write(await renderReport(report, flags.format, output));
  return EXIT.done;
}
