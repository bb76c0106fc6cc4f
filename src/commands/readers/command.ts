/** `rss-err readers`: options → one study → render → write. */
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { grouped, listOption, reproduceLine } from '../../cli/options.ts';
import { OUTPUT_OPTIONS, openOutput } from '../../cli/output-options.ts';
import { KERNEL, READER } from '../../cli/values.ts';
import { version } from '../../version.ts';
import { readersOn } from './readers.ts';
import { readersView } from './view.ts';

/** The first release of each answer that the table of readers has. */
const FIRST_OF_EACH = ['6.1', '6.2', '6.12.39', '7.0'].map((text) =>
  KERNEL.parse(text, '--kernel'),
);

const { format, output, color } = OUTPUT_OPTIONS;

const OPTIONS = {
  ...grouped('Rows', {
    kernel: listOption(
      '--kernel <release>',
      'as uname -r prints it, repeatable (default: the first of each kind)',
      KERNEL,
      'repeated',
    ),
    reader: listOption(
      '--reader <who>',
      'only of this reader, a file or a tool, repeatable (default: all)',
      READER,
      'repeated',
    ),
  }),
  ...{ format, output, color },
};

export const readersCommand = defineCommand({
  name: 'readers',
  description: 'who shows which figure: files of /proc, the OOM killer and tools, by kernel',
  options: OPTIONS,
  examples: ['rss-err readers --kernel 6.1 --kernel 6.12'],
  async run(flags, session) {
    const { kernel, reader } = flags;
    const output = openOutput(flags, session);
    const result = readersOn(
      version,
      kernel ?? FIRST_OF_EACH,
      reader?.map((who) => who.reader.name) ?? null,
    );
    await output.show({
      view: () =>
        readersView(
          result,
          reproduceLine(['readers'], OPTIONS, { kernel, reader, format: flags.format }),
        ),
      result,
      schema: async () => (await import('./result.ts')).readersResult,
    });
    return EXIT.done;
  },
});
