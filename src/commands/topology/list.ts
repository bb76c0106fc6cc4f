/** `rss-err topology list`: the bundled machines. */
import { Command } from 'commander';
import { EXIT } from '../../cli/exit-code.ts';
import { writeToStream } from '../../cli/stream-output.ts';
import type { Streams } from '../../cli/streams.ts';
import { bundledNames, loadBundled } from '../../topology/bundled.ts';
import { asJson, type TopologyFlags, withTopologyFormat } from './topology-format.ts';
import { summariseTopology, TOPOLOGIES_FORMAT } from './topology-summary.ts';
import { machinesAsText } from './view.ts';

function listText({ format }: TopologyFlags): string {
  const summaries = bundledNames().map((name) => summariseTopology(loadBundled(name)));
  return format === 'json'
    ? asJson({ format: TOPOLOGIES_FORMAT, topologies: summaries })
    : machinesAsText(summaries);
}

export function topologyListCommand(
  streams: Streams,
  setExitCode: (code: number) => void,
): Command {
  const command = new Command('list').description('list the bundled machines');
  return withTopologyFormat(command).action(async (flags: TopologyFlags) => {
    await writeToStream(streams.stdout, listText(flags));
    setExitCode(EXIT.done);
  });
}
