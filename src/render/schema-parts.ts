/** Forms that several results have in common. */
import * as z from 'zod';
import { PAGE_SIZES } from '../units.ts';

export const count = z.int().min(0);
export const nodeCount = count.nullable().describe('null where no nodes are described');
export const pages = z.int().min(0).describe('pages');
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const cpulist = z.string().describe('a cpulist as in sysfs');

/** Which program said it, and of which machine. */
export const measured = {
  program: z.strictObject({ version: z.string() }),
  topology: z.strictObject({
    name: z.string(),
    sha256: sha256.describe('of the normalised topology'),
    nrCpuIds: count,
    possibleCpus: count,
    presentCpus: count,
    onlineCpus: count,
    numaNodes: nodeCount,
    pageSize: z.literal(PAGE_SIZES).describe('bytes'),
  }),
};
