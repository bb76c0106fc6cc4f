/**
 * Plans a sweep: the grid's combinations that pass its filters, looked at before any of them runs. A filter
 * (`threads<=online-cpus`) is by options of the grid and counts of the machine.
 */
import { type CommandSpec, flagsOfWords, type Study } from '../../cli/command.ts';
import { DEFAULT_TOPOLOGY, readTopology } from '../../cli/machine.ts';
import { type Options, shellWords } from '../../cli/options.ts';
import type { Session } from '../../cli/streams.ts';
import { InputError, quote } from '../../errors.ts';
import { suggestion } from '../../suggestion.ts';
import { topologySha256 } from '../../topology/normal-form.ts';
import type { Topology } from '../../topology/topology.ts';
import { axesOf, type Combination, combinationsOf, type Grid } from './grid.ts';
import type { SweepHead } from './result.ts';
import { SWEPT } from './swept.ts';

/** A combination that is to be run, numbered from 1 over the whole grid. */
export interface PlannedPoint extends Combination {
  readonly point: number;
  /** Of its work, as the command counts them; null where nobody knows. */
  readonly steps: number | null;
  /** What it is refused for, where that is known already. */
  readonly refused: string | null;
}

export interface Plan {
  readonly grid: Grid;
  readonly axes: readonly string[];
  readonly machines: SweepHead['machines'];
  readonly points: readonly PlannedPoint[];
  readonly rows: RowsToCome;
}

/** What is known of the rows of results before there are any. */
interface RowsToCome {
  readonly schemas: ReadonlySet<Study['schema']>;
  readonly schemes: ReadonlySet<string>;
}

/** "rss-err compare --threads 5" */
export function commandLine(grid: Grid, words: readonly string[]): string {
  return shellWords(['rss-err', grid.command, ...SWEPT[grid.command]!.words, ...words]);
}

/** The machines of the grid, each read once. @throws InputError as readTopology(). */
async function readMachines(grid: Grid, session: Session): Promise<Map<string, Topology>> {
  const names = grid.options.topology ?? [];
  if (names.includes('-')) throw new InputError('--topology -: expected files or names in a sweep');
  const machines = new Map<string, Topology>();
  for (const name of names) machines.set(name, await readTopology(name, session));
  return machines;
}

/** Reads what the combination asks for; its work is not done. */
async function lookAt(
  spec: CommandSpec<Options>,
  words: readonly string[],
  session: Session,
): Promise<{ study: Study | null; refused: string | null }> {
  try {
    const all = [...SWEPT[spec.name]!.words, ...words];
    return { study: await spec.study!(flagsOfWords(spec, all), session), refused: null };
  } catch (error) {
    if (error instanceof InputError) return { study: null, refused: error.message };
    throw error;
  }
}

/**
 * @throws InputError where a filter or a machine cannot be read, no point is left, or a combination
 *   is refused and `skipRefused` does not say to go on.
 */
export async function planOf(
  grid: Grid,
  spec: CommandSpec<Options>,
  skipRefused: boolean,
  session: Session,
): Promise<Plan> {
  const machines = await readMachines(grid, session);
  const own: Session = { ...session, machines };
  const filters = grid.where.map((text) => parseFilter(text, Object.keys(grid.options)));
  const unnamed = await readTopology(undefined, session);
  const points: PlannedPoint[] = [];
  const schemas = new Set<Study['schema']>();
  const schemes = new Set<string>();
  const combinations = combinationsOf(grid, spec);
  for (const combination of combinations) {
    session.signal.throwIfAborted();
    const { values, words } = combination;
    const machine = machines.get(values.get('topology') ?? DEFAULT_TOPOLOGY) ?? unnamed;
    if (!filters.every((stays) => stays({ values, machine }))) continue;
    const { study, refused } = await lookAt(spec, words, own);
    if (refused !== null && !skipRefused) {
      throw new InputError(
        `${commandLine(grid, words)}: ${refused} (--where leaves such points out, --skip-refused skips them)`,
      );
    }
    points.push({
      ...combination,
      ...{ point: points.length + 1, steps: study === null ? 0 : study.steps, refused },
    });
    if (study !== null) schemas.add(study.schema);
    for (const name of study?.schemes ?? []) schemes.add(name);
  }
  if (points.length === 0) {
    throw new InputError(
      `no point is left of ${combinations.length}: expected --where to leave some`,
    );
  }
  return {
    ...{ grid, axes: axesOf(grid, spec), points, rows: { schemas, schemes } },
    machines: Array.from(machines, ([argument, machine]) => ({
      ...{ argument, name: machine.name, sha256: topologySha256(machine) },
    })),
  };
}

/** Of machines, by the names that filters use. */
const FACTS: Readonly<Record<string, (machine: Topology) => number>> = {
  'online-cpus': ({ online }) => online.length,
  'nr-cpu-ids': ({ nrCpuIds }) => nrCpuIds,
  'numa-nodes': ({ numaNodes }) => numaNodes.length,
};

const COMPARISONS: Readonly<Record<string, (a: number | string, b: number | string) => boolean>> = {
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '=': (a, b) => a === b,
};

/** A point as filters see it: a value for each option of the grid, and its machine. */
interface Filtered {
  readonly values: ReadonlyMap<string, string>;
  readonly machine: Topology;
}

/** Whether a point stays. */
type Filter = (point: Filtered) => boolean;

const isNumber = (text: string) => /^\d+(\.\d+)?$/.test(text);

/**
 * @param options of the grid, which filters may name.
 * @throws InputError where the text is no comparison, names nothing, or orders words.
 */
export function parseFilter(text: string, options: readonly string[]): Filter {
  const [, name = '', sign = '', other = ''] =
    /^\s*([\w-]+)\s*(<=|>=|!=|<|>|=)\s*([^\s<>=!]\S*)\s*$/.exec(text) ?? [];
  const compare = COMPARISONS[sign];
  if (compare === undefined) {
    throw new InputError(
      `--where ${text}: ${quote(text)} is not a comparison such as threads<=online-cpus`,
    );
  }
  const known = [...options, ...Object.keys(FACTS)];
  if (!known.includes(name)) {
    throw new InputError(
      `--where ${text}: ${quote(name)} is no option of the grid: ${suggestion(name, known)}`,
    );
  }
  const meaningOf = (word: string, { values, machine }: Filtered) =>
    values.get(word) ?? (Object.hasOwn(FACTS, word) ? `${FACTS[word]!(machine)}` : word);
  return (point) => {
    const [a, b] = [meaningOf(name, point), meaningOf(other, point)];
    if (isNumber(a) && isNumber(b)) return compare(Number(a), Number(b));
    if (sign === '=' || sign === '!=') return compare(a, b);
    if (!isNumber(other) && !known.includes(other)) {
      throw new InputError(
        `--where ${text}: ${quote(other)} is no number and no option of the grid: ${suggestion(other, known)}`,
      );
    }
    throw new InputError(
      `--where ${text}: ${quote(isNumber(a) ? b : a)} is no number: expected = or != between words`,
    );
  };
}
