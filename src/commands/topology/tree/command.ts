/** `rss-err topology tree`: the counter tree over a machine. */
import { defineCommand } from '../../../cli/command.ts';
import { EXIT } from '../../../cli/exit-code.ts';
import { DEFAULT_TOPOLOGY, readTopology, TOPOLOGY } from '../../../cli/machine.ts';
import {
  excludes,
  type FlagsOf,
  listOption,
  option,
  reproduceLine,
  toggle,
  type Value,
} from '../../../cli/options.ts';
import { writeAll } from '../../../cli/output.ts';
import { OUTPUT_FILE, openSinks } from '../../../cli/output-options.ts';
import { wholeNumber } from '../../../cli/values.ts';
import { InputError } from '../../../errors.ts';
import { DEFAULT_TREE } from '../../../kernel/tree-shape.ts';
import { renderJson } from '../../../render/formats.ts';
import { renderAscii } from '../../../render/text.ts';
import {
  formatScheme,
  parseScheme,
  type SchemeSpec,
  schemeWords,
} from '../../../schemes/registry.ts';
import { version } from '../../../version.ts';
import { DRAWN_FORMAT, LISTED } from '../options.ts';
import { counterTree } from './counter-tree.ts';
import type { CounterTree, TreeSpec } from './result.ts';
import { counterTreeView, type ListedItems, listedLevels } from './view.ts';

/** Levels of a binary tree over 1,048,576 CPUs. */
const MOST_LEVELS = 20;

const DEFAULT_SPEC: TreeSpec = { scheme: 'tree', ...DEFAULT_TREE };

/** A scheme that is a tree. */
const TREE: Value<TreeSpec> = {
  parse(text, flag) {
    const spec: SchemeSpec = parseScheme(text);
    if (spec.scheme === 'tree') return spec;
    throw new InputError(
      `${flag} ${text}: expected tree or tree:key=value,…: other schemes have no levels`,
    );
  },
  format: formatScheme,
  words: () => schemeWords().filter((word) => /^tree(:|$)/.test(word)),
};

const OPTIONS = {
  topology: TOPOLOGY,
  scheme: listOption(
    '--scheme <tree[:key=value,…]>',
    'the tree, with its parameters (default: tree)',
    TREE,
    'repeated',
  ),
  format: DRAWN_FORMAT,
  level: option('--level <n>', 'list every item of this level', wholeNumber(1, MOST_LEVELS), {
    rules: [LISTED],
  }),
  all: toggle('--all', 'list every item of every level', { rules: [LISTED, excludes('--level')] }),
  output: OUTPUT_FILE,
};

type TreeFlags = FlagsOf<typeof OPTIONS>;

/** @throws InputError where there are two. */
function specOf({ scheme = [] }: TreeFlags): TreeSpec {
  if (scheme.length > 1) throw new InputError('--scheme is given twice: expected one tree');
  return scheme[0] ?? DEFAULT_SPEC;
}

/** A table of more items than this takes minutes to lay out, and no one reads it. */
const MOST_LISTED = 40_000;

/** @throws InputError where the tree has no such level, or more items than a table can hold. */
function demandListable(listed: ListedItems, tree: CounterTree): void {
  if (listed === 'first') return;
  const { length } = tree.levels;
  if (listed !== 'all' && listed > length) {
    const there = length === 0 ? 'of one CPU has none' : `has levels 1 to ${length}`;
    throw new InputError(`--level ${listed}: the tree ${there}`);
  }
  const items = listedLevels(tree, listed).reduce((sum, level) => sum + level.items, 0);
  if (items <= MOST_LISTED) return;
  const option = listed === 'all' ? '--all' : `--level ${listed}`;
  throw new InputError(
    `${option}: ${items} items are too many for a table: expected at most ${MOST_LISTED}; --format json has them all`,
  );
}

/** As `topology show` takes it, without the option's name. @throws InputError where both are given. */
function withMachine(flags: TreeFlags, machine: string | undefined): TreeFlags {
  if (machine === undefined) return flags;
  if (flags.topology === undefined) return { ...flags, topology: machine };
  throw new InputError(`${machine} and --topology ${flags.topology}: expected one machine`);
}

export const treeCommand = defineCommand({
  name: 'tree',
  description: 'the counter tree over a machine: levels, items, and which CPUs share each',
  argument: ['[machine]', 'the same as --topology'],
  options: OPTIONS,
  examples: ['rss-err topology tree 250cpu'],
  async run(given, session, [machine]) {
    const flags = withMachine(given, machine);
    const spec = specOf(flags);
    const { topology: name = DEFAULT_TOPOLOGY, format, level, all, output } = flags;
    const listed = all === true ? 'all' : (level ?? 'first');
    const openSink = openSinks(output, session);
    const topology = await readTopology(flags.topology, session);
    const text = await session.killable(() => {
      const tree = counterTree(version, topology, spec);
      demandListable(listed, tree);
      const view = () => {
        const given = { topology: name, scheme: [spec], format, level, all };
        return counterTreeView(tree, listed, reproduceLine(['topology', 'tree'], OPTIONS, given));
      };
      const drawn = {
        json: () => renderJson(tree),
        text: () => renderAscii(view()),
        markdown: async () => (await import('../../../render/markdown.ts')).renderMarkdown(view()),
        svg: async () => (await import('./svg.ts')).counterTreeSvg(tree, topology),
      };
      return drawn[format]();
    });
    await writeAll(openSink(), text);
    return EXIT.done;
  },
});
