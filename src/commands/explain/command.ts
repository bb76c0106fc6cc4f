/** `rss-err explain`: options, or what was pasted → one study → render → write; or a line of the kernel's → what it means. */
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { readDocument } from '../../cli/input.ts';
import { readTopology, selectCpus } from '../../cli/machine.ts';
import { reproduceLine } from '../../cli/options.ts';
import { openOutput } from '../../cli/output-options.ts';
import type { Session } from '../../cli/streams.ts';
import { readThisMachine, thisKernel } from '../../cli/this-machine.ts';
import type { MemorySize } from '../../cli/values.ts';
import { InputError, middleCut, quote, within } from '../../errors.ts';
import { schemeOfRelease } from '../../kernel/releases.ts';
import { printsKib, type WhoReads } from '../../kernel/tools.ts';
import type { Report } from '../../render/formats.ts';
import { legendLines } from '../../render/legend.ts';
import { listed } from '../../render/words.ts';
import { schemeNamed } from '../../schemes/registry.ts';
import type { Topology } from '../../topology/topology.ts';
import { KIB, type PageSize } from '../../units.ts';
import { version } from '../../version.ts';
import { complaintsOf } from './bad-counter.ts';
import { badCounterView } from './bad-counter-view.ts';
import { EXPLAIN_OPTIONS, type ExplainFlags } from './options.ts';
import { pastedFigures } from './pasted.ts';
import type { BadCounterResult } from './result.ts';
import { shownBy } from './shown.ts';
import { type ExplainRequest, explain, membersOf } from './study.ts';
import { typicalError } from './typical.ts';
import { type BareWords, explainView } from './view.ts';

/** Readers whose figure is no number of a process's pages. */
const NO_PAGES = ['oom_score', 'memory.current'];

/** @throws InputError where a figure cannot be one of pages, or is of other members than the first. */
function demandAlike(readings: readonly { readonly who: WhoReads; readonly flag: string }[]): void {
  const [first] = readings;
  for (const { who, flag } of readings) {
    if (NO_PAGES.includes(who.reader.name)) {
      throw new InputError(
        `${flag}: ${who.word} shows no pages of a process: expected another reader, such as oom-report, or no figure`,
      );
    }
    const [own, others] = [who, first!.who].map(({ reader }) => listed(membersOf(reader)));
    if (own === others) continue;
    throw new InputError(
      `${flag} ${who.word}: counts ${own}, ${first!.who.word} ${others}: expected a reader of the same`,
    );
  }
}

/** "44032", not "44032 pages". */
const isBare = (size: MemorySize | undefined) => size !== undefined && !/[a-z]/i.test(size.text);

/** A figure without a unit is in the one that its tool prints. @throws InputError where it cannot be. */
function asPrinted(
  { who, size, flag }: { readonly who: WhoReads; readonly size: MemorySize; readonly flag: string },
  pageSize: PageSize,
): MemorySize {
  if (!isBare(size) || !printsKib(who)) return size;
  if ((size.amount * KIB) % pageSize === 0) return { ...size, bytesEach: KIB };
  const { text } = size;
  throw new InputError(
    `${flag} ${text}: ${who.word} prints KiB, and ${text} KiB are no whole number of pages of ${pageSize / KIB} KiB: expected a unit, such as ${text}pages`,
  );
}

/** @throws InputError where the figures and the circumstances do not go together. */
function requestOf(flags: ExplainFlags, topology: Topology): ExplainRequest {
  const { reader, value, and = [], threads = null, offlined } = flags;
  const pageSize = flags.pageSize ?? topology.pageSize;
  const kernel = flags.kernel ?? thisKernel();
  if (threads === null && schemeNamed(schemeOfRelease(kernel).value).heldBy.of === 'threads') {
    throw new InputError(
      `--kernel ${kernel.text}: expected --threads too: threads hold pages back before 6.2 ("Threads:" in /proc/PID/status)`,
    );
  }
  const given = value === undefined ? [] : [{ who: reader, size: value, flag: '--value' }];
  const figures = [...given, ...and.map((other) => ({ ...other, flag: '--and' }))];
  demandAlike(figures);
  const readings = figures.map((figure) => ({
    who: figure.who,
    ...shownBy(figure.who, figure.flag, asPrinted(figure, pageSize), pageSize),
  }));
  return {
    ...{ version, topology, pageSize, kernel, threads },
    readings: readings.length === 0 ? [{ who: reader, shown: null, rounded: null }] : readings,
    kernelFrom: flags.kernel === undefined ? 'running system' : 'option',
    used: selectCpus('--used', flags.used, topology),
    offlinedCpus: offlined,
  };
}

/** What the kernel itself tells in pages. */
const IN_PAGES = ['stat', 'statm', 'shared', 'oom-report', 'swapents'];

/** Who was given a figure without a unit, but shows none in pages: taken for KiB, and for pages. */
function bareWords({ reader, value, and = [] }: ExplainFlags): BareWords {
  const bare = [{ who: reader, size: value }, ...and].filter(
    ({ who, size }) => isBare(size) && size!.amount > 0 && !IN_PAGES.includes(who.word),
  );
  const wordsOf = (kib: boolean) =>
    bare.filter(({ who }) => printsKib(who) === kib).map(({ who }) => who.word);
  return { kib: wordsOf(true), pages: wordsOf(false) };
}

function reproduce(flags: ExplainFlags, { kernel }: ExplainRequest): string {
  const { reader, value, and, topology, pageSize, threads, used, offlined } = flags;
  const { operations, seed, format, unit } = flags;
  const machine = { topology, pageSize, threads, used, offlined };
  return reproduceLine(['explain'], EXPLAIN_OPTIONS, {
    ...{ kernel, reader, value, and, ...machine, operations, seed, format, unit },
  });
}

async function explainFigures(flags: ExplainFlags, session: Session): Promise<Report> {
  const { topology: named, operations, seed, unit } = flags;
  const topology =
    named === undefined ? await readThisMachine(session) : await readTopology(named, session);
  const request = requestOf(flags, topology);
  const found = explain(request);
  const choices = { operations, seed };
  const result = { ...found, typical: await typicalError(request, found.readings[0]!, choices) };
  return {
    view: () =>
      explainView(result, { unit, bare: bareWords(flags), reproduce: reproduce(flags, request) }),
    result,
    schema: async () => (await import('./result.ts')).explainResult,
  };
}

const OF_FIGURES = [
  ...(['kernel', 'value', 'and', 'topology', 'pageSize', 'threads', 'used'] as const),
] as const;

/** @throws InputError where an option is given that a text of this kind goes without. */
function demandNone(
  keys: readonly (typeof OF_FIGURES)[number][],
  flags: ExplainFlags,
  why: string,
): void {
  const other = keys.find((key) => flags[key] !== undefined);
  if (other !== undefined) {
    throw new InputError(`${EXPLAIN_OPTIONS[other].flags.split(' ')[0]}: ${why}`);
  }
}

/** What was pasted: figures of a process, or the kernel's complaints. */
async function explainLines(line: string, flags: ExplainFlags, session: Session): Promise<Report> {
  const { origin, text } =
    line === '-' ? await readDocument(line, session) : { origin: quote(line), text: line };
  const counters = complaintsOf(text);
  if (counters.length > 0) {
    demandNone(
      OF_FIGURES,
      flags,
      'goes without a "Bad rss-counter state" line, which means the same on every kernel and machine',
    );
    return complaintsReport(line, counters, flags);
  }
  const pasted = within(middleCut(origin), () => pastedFigures(text));
  if (pasted === null) {
    throw new InputError(
      `${middleCut(origin)}: expected lines of /proc/PID/status ("VmRSS: 44032 kB"), the head and a row of ps or top, or "BUG: Bad rss-counter state mm:… type:MM_ANONPAGES val:-1"`,
    );
  }
  demandNone(['value', 'and'], flags, 'goes without a text that has the figures');
  const [{ who, size }, ...others] = pasted.figures;
  const { reader } = flags;
  if (reader.word !== EXPLAIN_OPTIONS.reader.default.word && reader.word !== who.word) {
    throw new InputError(`--reader ${reader.word}: goes without a text that is of ${who.word}`);
  }
  const { threads = pasted.threads ?? undefined } = flags;
  return explainFigures(
    {
      ...flags,
      ...{ reader: who, value: size, and: others.length === 0 ? undefined : others, threads },
    },
    session,
  );
}

function complaintsReport(
  line: string,
  counters: BadCounterResult['counters'],
  flags: ExplainFlags,
): Report {
  const result: BadCounterResult = {
    format: 'rss-err/bad-counter@1',
    program: { version },
    isApproximation: false,
    counters,
  };
  return {
    view: () =>
      badCounterView(
        result,
        reproduceLine(['explain', line], EXPLAIN_OPTIONS, { format: flags.format }),
      ),
    result,
    schema: async () => (await import('./result.ts')).badCounterResult,
  };
}

/** The words of one line, or lines of /proc/PID/status that are an argument each. */
const lineOf = (words: readonly string[]) =>
  words.join(words.every((word) => /^\w+:\s/.test(word)) ? '\n' : ' ');

export const explainCommand = defineCommand({
  name: 'explain',
  description: 'what a figure of RSS may stand for, on which kernel and machine, and why',
  argument: [
    '[line...]',
    'lines of /proc/PID/status, a head and row of ps or top, "Bad rss-counter state" lines; - for stdin',
  ],
  options: EXPLAIN_OPTIONS,
  examples: [
    'rss-err explain --value "44032 kB"',
    'rss-err explain --kernel 6.12.40 --topology pu:4 --reader ru_maxrss --value 400MiB --and statm=402MiB',
  ],
  helpLines: () =>
    legendLines([
      ['reader', 'whose figure it is; shown: the figure itself'],
      ['now from, to', 'what is resident now, at least and at most'],
      ['peak from, to', 'what was resident at the most so far, of a reader that shows a peak'],
    ]),
  async run(flags, session, words) {
    const output = openOutput(flags, session);
    const report = await (words.length === 0
      ? explainFigures(flags, session)
      : explainLines(lineOf(words), flags, session));
    session.signal.throwIfAborted();
    await output.show(report);
    return EXIT.done;
  },
});
