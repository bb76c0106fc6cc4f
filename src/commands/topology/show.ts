/** `rss-err topology show`: one machine, its counts and its tree. */
import { Command } from 'commander';
import { EXIT } from '../../cli/exit-code.ts';
import { interruptible } from '../../cli/interruption.ts';
import { writeAll } from '../../cli/output.ts';
import { openSinks } from '../../cli/output-options.ts';
import type { Streams } from '../../cli/streams.ts';
import { readTopology } from '../../cli/topology-option.ts';
import { renderJson } from '../../render/formats.ts';
import { topologyDocument } from '../../topology/normal-form.ts';
import type { Topology } from '../../topology/topology.ts';
import { addDrawnFormat, type DrawnFormat, demandListing } from './drawn-format.ts';
import {
  boundParts,
  type FoldedPart,
  foldMachine,
  type MachineTree,
  machineTree,
} from './machine-tree.ts';
import { summariseTopology } from './topology-summary.ts';

interface ShowFlags {
  readonly format: DrawnFormat;
  readonly all?: boolean;
  readonly output?: string;
}

/** So many lines of a tree, unless all are asked for: machines whose parts all differ have no end. */
const MOST_PARTS = 100;

function shownTree({ root }: MachineTree, isWhole: boolean): FoldedPart {
  return isWhole
    ? foldMachine(root, () => false)
    : boundParts(
        foldMachine(root, () => true),
        MOST_PARTS,
      );
}

/** What is printed. Renderers load when they are used. */
async function shown(topology: Topology, { format, all = false }: ShowFlags): Promise<string> {
  if (format === 'json') return renderJson(topologyDocument(topology));
  const summary = summariseTopology(topology);
  const tree = machineTree(topology);
  switch (format) {
    case 'text':
      return (await import('./view.ts')).machineAsText(summary, shownTree(tree, all), tree, all);
    case 'markdown':
      return (await import('./view.ts')).machineAsMarkdown(
        summary,
        shownTree(tree, all),
        tree,
        all,
      );
    case 'svg':
      return (await import('./svg.ts')).machineSvg(topology, tree, summary);
  }
}

async function runShow(argument: string, flags: ShowFlags, streams: Streams): Promise<number> {
  if (flags.all) demandListing(flags.format, '--all');
  return interruptible(async (signal) => {
    const openSink = openSinks(flags.output, streams, signal);
    const topology = await readTopology(argument, streams, signal);
    await writeAll(openSink(), await shown(topology, flags));
    return EXIT.done;
  });
}

export function topologyShowCommand(
  streams: Streams,
  setExitCode: (code: number) => void,
): Command {
  const command = new Command('show')
    .description('one machine: counts as lscpu has them, and what lies within what')
    .argument(
      '<machine>',
      'a file, a directory, a bundled name, a synthetic string, or - for stdin',
    );
  return addDrawnFormat(command)
    .option('--all', 'list every part: equal ones are not folded')
    .option('--output <file>', 'write the result to a file, whole or not at all')
    .action(async (argument: string, flags: ShowFlags) =>
      setExitCode(await runShow(argument, flags, streams)),
    );
}
