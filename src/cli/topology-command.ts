/** `rss-err topology`: a file a subcommand. */
import { Command } from 'commander';
import type { Streams } from './streams.ts';
import { topologyCaptureCommand } from './topology-capture-command.ts';
import { topologyImportCommand } from './topology-import-command.ts';
import { topologyListCommand } from './topology-list-command.ts';
import { topologyShowCommand } from './topology-show-command.ts';
import { topologyTreeCommand } from './topology-tree-command.ts';
import { topologyValidateCommand } from './topology-validate-command.ts';

export function topologyCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  return new Command('topology')
    .description('machines: bundled, imported, captured, shown, checked')
    .addCommand(topologyListCommand(streams, setExitCode))
    .addCommand(topologyShowCommand(streams, setExitCode))
    .addCommand(topologyTreeCommand(streams, setExitCode))
    .addCommand(topologyImportCommand(streams, setExitCode))
    .addCommand(topologyCaptureCommand(streams, setExitCode))
    .addCommand(topologyValidateCommand(streams, setExitCode));
}
