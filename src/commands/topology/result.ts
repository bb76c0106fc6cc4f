/** The result of `topology list`: counts as lscpu gives them, of cores to caches those with on-line CPUs. */
import * as z from 'zod';
import { noted, type ResultOf } from '../../render/result.ts';
import { count, cpulist, sha256 } from '../../render/schema-parts.ts';

const coresPerPackage = z.strictObject({
  average: count.describe('cores over packages, rounded down, as lscpu gives it'),
  min: count,
  max: count,
});

export type CoresPerPackage = ResultOf<typeof coresPerPackage>;

/** Counts are null where the description does not tell. */
const summary = z.strictObject({
  name: z.string(),
  sha256,
  description: z.string(),
  source: z.string(),
  pageSize: noted(count, { unit: 'bytes' }),
  nrCpuIds: count,
  possibleCpus: count,
  presentCpus: count,
  onlineCpus: count,
  // Present and not on-line.
  offlineCpus: cpulist,
  cores: count.nullable(),
  // On-line CPUs of the core that has the most.
  threadsPerCore: count.nullable(),
  coresPerPackage: coresPerPackage.nullable(),
  packages: count.nullable(),
  dies: count.nullable(),
  caches: z.array(z.strictObject({ level: count, instances: count })),
  // All of them; `onlineCpus` is what the kernel and lscpu list (drivers/base/node.c).
  numaNodes: z.array(z.strictObject({ id: count, cpus: cpulist, onlineCpus: cpulist })),
});

export type TopologySummary = ResultOf<typeof summary>;

export const topologiesResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/topologies@1'),
      topologies: noted(z.array(summary), { line: 'topology', rows: true }),
    })
    .describe('rss-err topology list --format json'),
  {
    line: 'run',
    lines: 'a line of rss-err topology list --format ndjson: the format, then each machine',
  },
);

export type Topologies = ResultOf<typeof topologiesResult>;
