/** The options that say whose figures they are: a kernel, and who reads on it. */
import { option } from './options.ts';
import { KERNEL, READER } from './values.ts';

export const KERNEL_OPTION = option(
  '--kernel <release>',
  'whose counters: 6.12.40, or as uname -r prints it',
  KERNEL,
);

export const READER_OPTION = option(
  '--reader <name>',
  'who reads: ps, top, statm, ru_maxrss, … as rss-err readers lists them',
  READER,
);
