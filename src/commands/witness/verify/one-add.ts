/** One add as a record: a fault of one page, an unmap of one, or another context's update. */

import type { Pages } from '../../../units.ts';
import { RECORD_DEFAULTS, type RecordedUpdate } from '../../../update/record.ts';

export function oneAdd(cpu: number, pages: Pages): RecordedUpdate {
  const kind = pages === 1 ? 'fault' : pages === -1 ? 'bulk' : 'remote';
  return { kind, thread: 0, cpu, pages, ...RECORD_DEFAULTS };
}
