/** `rss-err oom --model`: options → the study → render → write. */
import { EXIT } from '../../cli/exit-code.ts';
import { withProgress } from '../../cli/heartbeat.ts';
import type { Spreading } from '../../cli/jobs.ts';
import { DEFAULT_TOPOLOGY, readTopology } from '../../cli/machine.ts';
import { reproduceLine } from '../../cli/options.ts';
import { openOutput } from '../../cli/output-options.ts';
import type { Session } from '../../cli/streams.ts';
import { sizeInPages } from '../../cli/values.ts';
import { flagsOfPlace, placeOf } from '../../cli/workload-options.ts';
import { InputError } from '../../errors.ts';
import { seenOn } from '../../kernel/seen.ts';
import { whoReads } from '../../kernel/tools.ts';
import { formatScheme } from '../../schemes/registry.ts';
import { version } from '../../version.ts';
import { DEFAULT_SEED, PRESETS } from '../../workload/workload.ts';
import { schemesOn } from '../compare/options.ts';
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
  const { kernel, scheme } = flags;
  if (kernel !== undefined && scheme !== undefined) {
    throw new InputError('--scheme and --kernel: expected one of the two');
  }
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
    threads: flags.threadsEach ?? null,
    age: flags.age ?? null,
    schemes: schemesOn(topology, { kernel, scheme }),
    seen: kernel === undefined ? undefined : seenOn(kernel, whoReads('oom-report', '--reader')),
    freePages:
      flags.free === undefined
        ? Math.ceil(memoryPages / ENOUGH)
        : sizeInPages('--free', flags.free, pageSize, 1),
    behaviour: {
      ...placeOf(flags, MODEL_PRESET, topology, pageSize),
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
  const { threadsEach, age, kernel, format, unit } = flags;
  const place = { ...behaviour, hugePerMillion: 0, seed };
  return reproduceLine(['oom'], OOM_OPTIONS, {
    kernel,
    ...{ model: true, topology: flags.topology ?? DEFAULT_TOPOLOGY, scheme, pageSize },
    ...{ population, processes, threadsEach, age, memory, free },
    ...flagsOfPlace(place, MODEL_PRESET, topology),
    ...{ mapping, turnover, runs, seed, format, unit },
  });
}

const schema = async () => (await import('./model-result.ts')).modelResult;

/** The request, and what is found of it. */
export async function studiedModel(flags: OomFlags, session: Session) {
  const request = await requestOf(flags, session);
  return {
    request,
    steps: request.runs * request.processes,
    ...{ schema, schemes: request.schemes.map(formatScheme) },
    find: async ({ heartbeat }: Pick<Spreading, 'heartbeat'>) => ({
      result: await modelOom(request, heartbeat),
      schema,
    }),
  };
}

export async function runModel(flags: OomFlags, session: Session): Promise<number> {
  const output = openOutput(flags, session);
  const { request, steps, find } = await studiedModel(flags, session);
  const found = await withProgress(steps, session, (heartbeat) => find({ heartbeat }));
  const choices = { unit: flags.unit, reproduce: reproduce(flags, request) };
  await output.show({
    view: () => modelView(found.result, choices),
    picture: async () => (await import('./model-picture.ts')).modelPicture(found.result),
    ...found,
  });
  return EXIT.done;
}
