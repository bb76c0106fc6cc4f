/** The options that say whose figures they are: a kernel, who reads on it, a scheme, a page's size. */
import { formatScheme, parseScheme, type SchemeSpec, schemeWords } from '../schemes/registry.ts';
import { option, type Value } from './options.ts';
import { KERNEL, PAGE_SIZE, READER } from './values.ts';

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

export const SCHEME: Value<SchemeSpec> = {
  parse: parseScheme,
  format: formatScheme,
  commas: true,
  words: schemeWords,
};

/** The base page, where it is not `otherwise`. */
export function pageSizeOption(otherwise = "the machine's") {
  return option('--page-size <size>', `base page: 4K, 16K, 64K (default: ${otherwise})`, PAGE_SIZE);
}
