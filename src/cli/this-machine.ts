/** The machine and the kernel that the program runs on: what stands where none is named. */
import { release } from 'node:os';
import { InputError } from '../errors.ts';
import type { KernelRelease } from '../kernel/releases.ts';
import type { Topology } from '../topology/topology.ts';
import type { Session } from './streams.ts';
import { KERNEL } from './values.ts';

/** Never the host's own name: results are mailed. */
const NAME = 'this machine';

/** @throws InputError within sysfs where it cannot be read; what it does not tell is held. */
export async function readThisMachine(session: Session): Promise<Topology> {
  const [{ describeRunningSystem, SYSFS }, { assembleAs, NO_OPTIONS }] = await Promise.all([
    import('../topology/import/sysfs-directory.ts'),
    import('../topology/import/import-bytes.ts'),
  ]);
  try {
    const { topology, remarks } = assembleAs(describeRunningSystem(), NO_OPTIONS, NAME);
    session.remarks.hold(SYSFS, remarks);
    return topology;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${error.message} (name a machine by --topology)`).within(SYSFS);
  }
}

/** uname -r. @throws InputError where it is no release: this is no Linux. */
export function thisKernel(): KernelRelease {
  return KERNEL.parse(release(), 'uname -r');
}
