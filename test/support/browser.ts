/** Debian's chromium, for tests of pages; without it they are skipped, unless RSS_ERR_BROWSER=required. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';

/** Why there is no browser; null where there is one. A word of the tests' names, where they are skipped. */
export const noBrowser =
  existsSync(EXECUTABLE) || process.env.RSS_ERR_BROWSER === 'required'
    ? null
    : `skipped: there is no ${EXECUTABLE} (apt-get install chromium)`;

/** Its own connections to the outside are off: whatever is requested, a page asked for. */
const QUIET = [
  ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

export function startBrowser(): Promise<Browser> {
  // As root, as in a container, chromium has no sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox', ...QUIET] : QUIET;
  return chromium.launch({ executablePath: EXECUTABLE, args });
}
