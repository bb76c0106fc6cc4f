/** How the CPUs of a machine that has no numbers of its own are numbered. */

/**
 * - adjacent: siblings of a core side by side, as hwloc and QEMU number, and POWER, s390 and hybrid clients do;
 * - split: the first thread of every core, then the second of every core, as x86 servers do.
 */
export const NUMBERINGS = ['adjacent', 'split'] as const;

export type Numbering = (typeof NUMBERINGS)[number];
