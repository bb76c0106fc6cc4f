/** The topology file's form: the single source of its types, its messages and its JSON Schema. */
import * as z from 'zod';
import { HIGHEST_NODE_ID } from '../kernel/nr-cpus.ts';
import { PAGE_SIZES } from '../units.ts';

// Each error reads as the end of "PATH is VALUE: ".
/** Text that can be printed: one line, no control characters. */
function printable(error: string) {
  return z.string({ error }).regex(/^\P{C}*$/u, { error });
}

// Names stand in plain tables: 7-bit ASCII.
const nameRule = 'expected a name of printable ASCII';

const text = printable('expected printable text on one line');
const cpulist = z.string({ error: 'expected a cpulist such as "0-3,8"' });

function wholeNumber(low: number, high: number) {
  const error = `expected a whole number from ${low} to ${high}`;
  return z.int({ error }).min(low, { error }).max(high, { error });
}

const packageId = wholeNumber(0, 2 ** 31 - 1);
const dieId = wholeNumber(0, 2 ** 31 - 1);
const nodeId = wholeNumber(0, HIGHEST_NODE_ID);

const pageSizeRule = `expected ${PAGE_SIZES.join(', ')} (bytes)`;

export const topologySchema = z
  .strictObject(
    {
      $schema: text.optional().describe('The JSON Schema that editors check the file against'),
      name: z
        .string({ error: nameRule })
        .regex(/^[ -~]+$/, { error: nameRule })
        .describe('The name that reports print'),
      description: text.optional().describe('The machine in a sentence, and what is assumed of it'),
      source: text.optional().describe('Where the description comes from'),
      pageSize: z
        .literal(PAGE_SIZES, { error: pageSizeRule })
        .optional()
        .describe('Base page size in bytes; 4096 where it is left out'),
      cpus: z
        .strictObject(
          {
            possible: cpulist.describe('CPUs that may ever exist; the highest + 1 is nr_cpu_ids'),
            present: cpulist
              .optional()
              .describe('CPUs that are there; all possible ones if left out'),
            online: cpulist
              .optional()
              .describe('CPUs that run threads; all present ones if left out'),
          },
          {
            error:
              'expected an object with "possible", and "present" and "online" where they differ',
          },
        )
        .describe('As /sys/devices/system/cpu/{possible,present,online}'),
      cores: z
        .array(cpulist, { error: 'expected a list of cpulists' })
        .optional()
        .describe('The CPUs (SMT siblings) of each core'),
      caches: z
        .array(
          z.strictObject(
            { level: wholeNumber(1, 5), cpus: cpulist },
            { error: 'expected an object with "level" and "cpus"' },
          ),
          { error: 'expected a list of caches' },
        )
        .optional()
        .describe('Which CPUs share which cache'),
      packages: z
        .array(
          z.strictObject(
            { id: packageId, cpus: cpulist },
            { error: 'expected an object with "id" and "cpus"' },
          ),
          { error: 'expected a list of packages' },
        )
        .optional()
        .describe('Physical packages and their CPUs'),
      dies: z
        .array(
          z.strictObject(
            { package: packageId.optional(), id: dieId, cpus: cpulist },
            { error: 'expected an object with "id" and "cpus", and "package" where it is known' },
          ),
          { error: 'expected a list of dies' },
        )
        .optional()
        .describe('Dies and their CPUs; ids are distinct within a package'),
      numaNodes: z
        .array(
          z.strictObject(
            {
              id: nodeId,
              cpus: cpulist,
              memoryMiB: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
            },
            { error: 'expected an object with "id" and "cpus"' },
          ),
          { error: 'expected a list of NUMA nodes' },
        )
        .min(1, { error: 'expected at least one NUMA node' })
        .optional()
        .describe('NUMA nodes; every on-line CPU is in exactly one. Not known where left out'),
      distances: z
        .array(z.array(wholeNumber(0, 255), { error: 'expected a list of distances' }), {
          error: 'expected a square list of lists',
        })
        .optional()
        .describe('The SLIT: a row and a column for each node, in the order of numaNodes'),
    },
    { error: 'expected an object' },
  )
  .describe('A machine as rss-err reads it');

export type TopologyDocument = z.infer<typeof topologySchema>;
