/** The machine that the program runs on, from its own sysfs. */
import { readFileSync } from 'node:fs';
import { knownPageSize, pageSizeOfAuxv } from './auxv.ts';
import type { MachineDescription } from './description.ts';
import { describeSysfs } from './sysfs.ts';
import { openSysfsDirectory } from './sysfs-directory.ts';

export const SYSFS = '/sys/devices/system';

const AUXV = '/proc/self/auxv';

function readAuxv(): Uint8Array {
  try {
    return readFileSync(AUXV);
  } catch {
    // Not on Linux, or hidden: the page size stays untold.
    return new Uint8Array(0);
  }
}

/**
 * What sysfs tells, and the page size that the kernel tells this process.
 * @throws InputError without the origin, which is SYSFS: "no such file" where it is no Linux.
 */
export function describeRunningSystem(): MachineDescription {
  const description = describeSysfs(openSysfsDirectory(SYSFS));
  const bytes = pageSizeOfAuxv(readAuxv());
  const pageSize = knownPageSize(bytes);
  const unusual = pageSize === null && bytes !== null;
  const resolved = unusual ? [`pages of ${bytes} bytes are none that rss-err counts in`] : [];
  return { ...description, pageSize, resolved: [...description.resolved, ...resolved] };
}
