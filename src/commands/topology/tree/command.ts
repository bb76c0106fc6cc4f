/** `rss-err topology tree`: the counter tree over a machine. */
import { Command } from 'commander';
import { EXIT } from '../../../cli/exit-code.ts';
import { interruptible } from '../../../cli/interruption.ts';
import { writeAll } from '../../../cli/output.ts';
import { openSinks } from '../../../cli/output-options.ts';
import { shellWords } from '../../../cli/shell-words.ts';
import type { Streams } from '../../../cli/streams.ts';
import { addTopologyOption, DEFAULT_TOPOLOGY, readTopology } from '../../../cli/topology-option.ts';
import { wholeNumber } from '../../../cli/values.ts';
import { InputError } from '../../../errors.ts';
import { DEFAULT_TREE } from '../../../kernel/tree-shape.ts';
import { renderJson } from '../../../render/formats.ts';
import { formatScheme, parseScheme, type SchemeSpec } from '../../../schemes/registry.ts';
import type { Topology } from '../../../topology/topology.ts';
import { version } from '../../../version.ts';
import { addDrawnFormat, type DrawnFormat, demandListing } from '../drawn-format.ts';
import { counterTree } from './counter-tree.ts';
import type { CounterTree, TreeSpec } from './result.ts';
import type { ListedItems } from './view.ts';

interface TreeFlags {
  readonly topology?: string;
  readonly scheme?: TreeSpec;
  readonly format: DrawnFormat;
  readonly level?: number;
  readonly all?: boolean;
  readonly output?: string;
}

/** Levels of a binary tree over 1,048,576 CPUs. */
const MOST_LEVELS = 20;

/** @throws InputError where the scheme is another, or there are two. */
function treeScheme(text: string, earlier?: TreeSpec): TreeSpec {
  const spec: SchemeSpec = parseScheme(text);
  if (spec.scheme !== 'tree') {
    throw new InputError(
      `--scheme ${text}: expected tree or tree:key=value,…: other schemes have no levels`,
    );
  }
  if (earlier !== undefined) throw new InputError('--scheme is given twice: expected one tree');
  return spec;
}

const DEFAULT_SPEC: TreeSpec = { scheme: 'tree', ...DEFAULT_TREE };

/** @throws InputError where the options contradict each other. */
function listedItems({ format, level, all }: TreeFlags): ListedItems {
  if (level !== undefined) demandListing(format, '--level');
  if (all) demandListing(format, '--all');
  if (level !== undefined && all)
    throw new InputError('--level and --all: expected one of the two');
  if (all) return 'all';
  return level === undefined ? 'first' : { level };
}

/** A table of more items than this takes minutes to lay out, and no one reads it. */
const MOST_LISTED = 40_000;

/** @throws InputError where the tree has no such level, or more items than a table can hold. */
function demandListable(listed: ListedItems, { levels }: CounterTree): void {
  if (listed === 'first') return;
  if (listed !== 'all' && listed.level > levels.length) {
    const there = levels.length === 0 ? 'of one CPU has none' : `has levels 1 to ${levels.length}`;
    throw new InputError(`--level ${listed.level}: the tree ${there}`);
  }
  const items = levels
    .filter(({ level }) => listed === 'all' || level === listed.level)
    .reduce((sum, level) => sum + level.items, 0);
  if (items <= MOST_LISTED) return;
  const option = listed === 'all' ? '--all' : `--level ${listed.level}`;
  throw new InputError(
    `${option}: ${items} items are too many for a table: expected at most ${MOST_LISTED}; --format json has them all`,
  );
}

function reproduceWords({
  topology = DEFAULT_TOPOLOGY,
  scheme = DEFAULT_SPEC,
  level,
  all,
}: TreeFlags): string[] {
  return [
    ...['rss-err', 'topology', 'tree', '--topology', topology],
    ...['--scheme', formatScheme(scheme)],
    ...(level === undefined ? [] : ['--level', `${level}`]),
    ...(all ? ['--all'] : []),
  ];
}

/** What is printed. Renderers load when they are used. */
async function drawn(
  tree: CounterTree,
  topology: Topology,
  listed: ListedItems,
  flags: TreeFlags,
): Promise<string> {
  const { format } = flags;
  if (format === 'json') return renderJson(tree);
  if (format === 'svg') {
    return (await import('./svg.ts')).counterTreeSvg(tree, topology);
  }
  const { counterTreeView } = await import('./view.ts');
  const view = counterTreeView(tree, listed, shellWords(reproduceWords(flags)));
  return format === 'text'
    ? (await import('../../../render/text.ts')).renderAscii(view)
    : (await import('../../../render/markdown.ts')).renderMarkdown(view);
}

/** As `topology show` takes it, without the option's name. @throws InputError where both are given. */
function withMachine(flags: TreeFlags, machine: string | undefined): TreeFlags {
  if (machine === undefined) return flags;
  if (flags.topology === undefined) return { ...flags, topology: machine };
  throw new InputError(`${machine} and --topology ${flags.topology}: expected one machine`);
}

async function runTree(flags: TreeFlags, streams: Streams): Promise<number> {
  const listed = listedItems(flags);
  return interruptible(async (signal) => {
    const openSink = openSinks(flags.output, streams, signal);
    const topology = await readTopology(flags.topology, streams, signal);
    const tree = counterTree(version, topology, flags.scheme ?? DEFAULT_SPEC);
    demandListable(listed, tree);
    await writeAll(openSink(), await drawn(tree, topology, listed, flags));
    return EXIT.done;
  });
}

export function topologyTreeCommand(
  streams: Streams,
  setExitCode: (code: number) => void,
): Command {
  const command = new Command('tree').description(
    'the counter tree over a machine: levels, items, and which CPUs share each',
  );
  addTopologyOption(command.argument('[machine]', 'the same as --topology')).option(
    '--scheme <tree[:key=value,…]>',
    'the tree, with its parameters (default: tree)',
    treeScheme,
  );
  return addDrawnFormat(command)
    .option('--level <n>', 'list every item of this level', wholeNumber('--level', 1, MOST_LEVELS))
    .option('--all', 'list every item of every level')
    .option('--output <file>', 'write the result to a file, whole or not at all')
    .action(async (machine: string | undefined, flags: TreeFlags) =>
      setExitCode(await runTree(withMachine(flags, machine), streams)),
    );
}
