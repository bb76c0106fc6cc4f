/** `rss-err topology`: a file a subcommand. */
import { Command } from 'commander';
import type { Streams } from '../../cli/streams.ts';
import { topologyCaptureCommand } from './capture.ts';
import { topologyImportCommand } from './import.ts';
import { topologyListCommand } from './list.ts';
import { topologyShowCommand } from './show.ts';
import { topologyTreeCommand } from './tree/command.ts';
import { topologyValidateCommand } from './validate.ts';

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
