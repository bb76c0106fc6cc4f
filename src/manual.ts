/** The program's manual pages; bin/man.js writes them into man/. */
import { type ManualPage, manualPages } from './commands/completion/manual-page.ts';
import { DESCRIPTION, neededCommands } from './program.ts';
import { version } from './version.ts';

export async function programPages(): Promise<ManualPage[]> {
  return manualPages(await neededCommands([]), {
    name: 'rss-err',
    description: DESCRIPTION,
    version,
  });
}
