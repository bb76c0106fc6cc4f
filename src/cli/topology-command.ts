/** `rss-err topology list` and `show`. */
import { Command } from 'commander';
import { renderTopology, renderTopologyList } from '../report/topology-text.ts';
import { summariseTopology, TOPOLOGIES_FORMAT } from '../study/topology-summary.ts';
import { bundledNames, loadBundled } from '../topology/load.ts';
import { topologyDocument } from '../topology/normal-form.ts';
import { EXIT } from './exit-code.ts';
import { interruptible } from './interruption.ts';
import { writeToStream } from './stream-output.ts';
import type { Streams } from './streams.ts';
import { readTopology } from './topology-option.ts';
import { choice } from './values.ts';

const TOPOLOGY_FORMATS = ['text', 'json'] as const;

interface TopologyFlags {
  readonly format: (typeof TOPOLOGY_FORMATS)[number];
}

function withFormat(command: Command): Command {
  return command.option(
    '--format <name>',
    `output: ${TOPOLOGY_FORMATS.join(', ')}`,
    choice('--format', TOPOLOGY_FORMATS),
    'text',
  );
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function listText({ format }: TopologyFlags): string {
  const summaries = bundledNames().map((name) => summariseTopology(loadBundled(name)));
  return format === 'json'
    ? asJson({ format: TOPOLOGIES_FORMAT, topologies: summaries })
    : renderTopologyList(summaries);
}

function showText(name: string, { format }: TopologyFlags, streams: Streams): Promise<string> {
  return interruptible(async (signal) => {
    const topology = await readTopology(name, streams, signal);
    return format === 'json'
      ? asJson(topologyDocument(topology))
      : renderTopology(summariseTopology(topology));
  });
}

export function topologyCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  const write = async (text: string) => {
    await writeToStream(streams.stdout, text);
    setExitCode(EXIT.done);
  };
  return new Command('topology')
    .description('machines: those bundled, and what a file describes')
    .addCommand(
      withFormat(new Command('list').description('list the bundled machines')).action(
        (flags: TopologyFlags) => write(listText(flags)),
      ),
    )
    .addCommand(
      withFormat(
        new Command('show')
          .description('describe one machine')
          .argument('<file|name|->', 'a file, a bundled name, or - for stdin'),
      ).action(async (name: string, flags: TopologyFlags) =>
        write(await showText(name, flags, streams)),
      ),
    );
}
