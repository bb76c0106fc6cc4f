/** `rss-err topology`: machines listed, shown, imported, captured, checked; their counter trees. */
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { readTopology } from '../../cli/machine.ts';
import { option, toggle, type Value } from '../../cli/options.ts';
import { type TextSink, writeAll, writeLines } from '../../cli/output.ts';
import { JSON_FILE, OUTPUT_FILE, openSinks } from '../../cli/output-options.ts';
import { type NamedMachine, readMachine } from '../../cli/read-machine.ts';
import { escapeControls, type Session, writeRemarks } from '../../cli/streams.ts';
import { choice, wholeNumber } from '../../cli/values.ts';
import { writeToStream } from '../../cli/write-stream.ts';
import { InputError, quote, within } from '../../errors.ts';
import { MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import { renderForMachines } from '../../render/formats.ts';
import { bundledNames, loadBundled } from '../../topology/bundled.ts';
import { reportedDocument } from '../../topology/import/assemble.ts';
import { NUMBERINGS } from '../../topology/import/description.ts';
import { FORMS } from '../../topology/import/forms.ts';
import { assembleAs, NO_OPTIONS } from '../../topology/import/import-bytes.ts';
import { documentJson } from '../../topology/normal-form.ts';
import { machineTree } from './machine-tree.ts';
import { DRAWN_FORMAT, LIST_FORMAT, LISTED } from './options.ts';
import type { Topologies } from './result.ts';
import { summariseTopology } from './topology-summary.ts';
import { treeCommand } from './tree/command.ts';
import {
  countsText,
  MACHINES_HEADS,
  machineAsMarkdown,
  machineAsText,
  machinesAsText,
  machinesRows,
} from './view.ts';

const SUMMARIES = async () => (await import('./result.ts')).topologiesResult;

const listCommand = defineCommand({
  name: 'list',
  description: 'list the bundled machines',
  options: { format: LIST_FORMAT, output: OUTPUT_FILE },
  examples: ['rss-err topology list --format csv'],
  async run({ format, output }, session) {
    const openSink = openSinks(output, session);
    const topologies = bundledNames().map((name) => summariseTopology(loadBundled(name)));
    const result: Topologies = { format: 'rss-err/topologies@1', topologies };
    const texts = {
      text: () => machinesAsText(topologies),
      markdown: async () =>
        (await import('../../render/markdown.ts')).renderGrid(
          MACHINES_HEADS,
          machinesRows(topologies),
        ),
    };
    const text = await (format === 'text' || format === 'markdown'
      ? texts[format]()
      : renderForMachines({ result, schema: SUMMARIES }, format));
    await writeAll(openSink(), text);
    return EXIT.done;
  },
});

const showCommand = defineCommand({
  name: 'show',
  description: 'one machine: counts as lscpu has them, and what lies within what',
  examples: ['rss-err topology show epyc-9654-2s', 'lscpu | rss-err topology show -'],
  argument: [
    '<machine>',
    'a file, a directory, a bundled name, a synthetic string, or - for stdin',
  ],
  options: {
    format: DRAWN_FORMAT,
    all: toggle('--all', 'list every part: equal ones are not folded', { rules: [LISTED] }),
    output: OUTPUT_FILE,
  },
  async run({ format, all = false, output }, session, [machine]) {
    const openSink = openSinks(output, session);
    const topology = await readTopology(machine, session);
    if (format === 'json') {
      await writeLines(documentJson(topology), openSink(), session.signal);
      return EXIT.done;
    }
    const lines = await session.killable(async () => {
      const summary = summariseTopology(topology);
      const tree = machineTree(topology);
      const drawn = {
        text: () => machineAsText(summary, tree, all),
        markdown: () => machineAsMarkdown(summary, tree, all),
        svg: async () => [(await import('./svg.ts')).machineSvg(topology, tree, summary)],
      };
      return drawn[format]();
    });
    await writeLines(lines, openSink(), session.signal);
    return EXIT.done;
  },
});

/** Names stand in plain tables. */
const MACHINE_NAME: Value<string> = {
  parse(text, flag) {
    if (/^[ -~]+$/.test(text)) return text;
    throw new InputError(`${flag}: ${quote(text)} is no name: expected printable ASCII`);
  },
  format: (name) => name,
};

async function writeImported(
  { topology, reported, origin, remarks }: NamedMachine,
  sink: TextSink,
  session: Session,
): Promise<number> {
  session.remarks.hold(origin, remarks);
  const document = documentJson(topology, (outline) => reportedDocument(outline, reported));
  await writeLines(document, sink, session.signal);
  return EXIT.done;
}

const importCommand = defineCommand({
  name: 'import',
  description: 'turn a description of a machine, in any form, into topology JSON',
  examples: ['lscpu -p | rss-err topology import - > machine.json'],
  argument: ['<machine>', 'a file, a directory, - for stdin, or a synthetic or QEMU string'],
  options: {
    from: option(
      '--from <form>',
      `its form, of ${FORMS.join(', ')} (default: by its content)`,
      choice(FORMS),
    ),
    name: option(
      '--name <name>',
      'name of the machine (default: as described, or of the file)',
      MACHINE_NAME,
    ),
    nrCpuIds: option(
      '--nr-cpu-ids <count>',
      'highest possible CPU id + 1, where it is not told or to be another',
      wholeNumber(1, MAX_NR_CPU_IDS),
    ),
    numbering: option(
      '--numbering <how>',
      `CPU numbers of a synthetic string: ${NUMBERINGS.join(', ')} (default: adjacent)`,
      choice(NUMBERINGS),
    ),
    output: JSON_FILE,
  },
  async run(
    { from: form = null, name = null, nrCpuIds = null, numbering = null, output },
    session,
    [machine],
  ) {
    const openSink = openSinks(output, session);
    const options = { form, name, nrCpuIds, numbering };
    return writeImported(await readMachine(machine!, session, options), openSink(), session);
  },
});

/** Never the host's own name: results are mailed. */
const DEFAULT_NAME = 'captured';

const captureCommand = defineCommand({
  name: 'capture',
  description: 'write the machine that this runs on as topology JSON',
  examples: ['rss-err topology capture --name server > server.json'],
  options: {
    name: option('--name <name>', `name of the machine (default: ${DEFAULT_NAME})`, MACHINE_NAME),
    output: JSON_FILE,
  },
  async run({ name = null, output }, session) {
    const openSink = openSinks(output, session);
    const { describeRunningSystem, SYSFS } = await import(
      '../../topology/import/sysfs-directory.ts'
    );
    const machine = within(SYSFS, () =>
      assembleAs(describeRunningSystem(), { ...NO_OPTIONS, name }, DEFAULT_NAME),
    );
    return writeImported({ ...machine, origin: SYSFS }, openSink(), session);
  },
});

/** One line. @throws what is no fault of the machine's. */
async function verdictOn(argument: string, session: Session) {
  try {
    const { topology, origin, remarks } = await readMachine(argument, session);
    writeRemarks(origin, remarks, session.stderr);
    const counts = countsText(summariseTopology(topology), 'online', String);
    return { isSound: true, line: `${origin}: ok, ${counts}` };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { isSound: false, line: error.message };
  }
}

const validateCommand = defineCommand({
  name: 'validate',
  description: 'check descriptions of machines, a line each; exit code 2 if any fails',
  argument: ['<machine...>', 'files, directories, bundled names, or - for stdin'],
  options: {},
  examples: ['rss-err topology validate server.json epyc-9654-2s'],
  /** All of them are read, also behind one that fails; a reader that has gone ends it. */
  async run(_, session, machines) {
    let allSound = true;
    for (const machine of machines) {
      const { isSound, line } = await verdictOn(machine, session);
      allSound &&= isSound;
      session.signal.throwIfAborted();
      if (!(await writeToStream(session.stdout, `${escapeControls(line)}\n`))) break;
    }
    return allSound ? EXIT.done : EXIT.badInput;
  },
});

export const topologyCommand = {
  name: 'topology',
  description: 'machines: bundled, imported, captured, shown, checked',
  commands: [listCommand, showCommand, treeCommand, importCommand, captureCommand, validateCommand],
};
