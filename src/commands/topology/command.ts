/** `rss-err topology`: a file a subcommand; the list of bundled machines, which is the shortest, here. */
import { Command } from 'commander';
import { EXIT } from '../../cli/exit-code.ts';
import { writeToStream } from '../../cli/stream-output.ts';
import type { Streams } from '../../cli/streams.ts';
import { choice } from '../../cli/values.ts';
import { renderJson } from '../../render/formats.ts';
import { bundledNames, loadBundled } from '../../topology/bundled.ts';
import { topologyCaptureCommand } from './capture.ts';
import { topologyImportCommand } from './import.ts';
import type { Topologies } from './result.ts';
import { topologyShowCommand } from './show.ts';
import { summariseTopology } from './topology-summary.ts';
import { topologyTreeCommand } from './tree/command.ts';
import { topologyValidateCommand } from './validate.ts';
import { machinesAsText } from './view.ts';

const LIST_FORMATS = ['text', 'json'] as const;

function listText(format: (typeof LIST_FORMATS)[number]): string {
  const topologies = bundledNames().map((name) => summariseTopology(loadBundled(name)));
  if (format !== 'json') return machinesAsText(topologies);
  const result: Topologies = { format: 'rss-err/topologies@1', topologies };
  return renderJson(result);
}

function topologyListCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  return new Command('list')
    .description('list the bundled machines')
    .option(
      '--format <name>',
      `output: ${LIST_FORMATS.join(', ')}`,
      choice('--format', LIST_FORMATS),
      'text',
    )
    .action(async ({ format }: { readonly format: (typeof LIST_FORMATS)[number] }) => {
      await writeToStream(streams.stdout, listText(format));
      setExitCode(EXIT.done);
    });
}

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
