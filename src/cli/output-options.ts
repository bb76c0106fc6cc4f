/** Options of where a result goes and in which form, and the writing itself. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { Command } from 'commander';
import { UNIT_CHOICES, type UnitChoice } from '../render/amounts.ts';
import { FORMATS, type Format } from '../render/formats.ts';
import { COLOUR_CHOICES, type ColourChoice, colourLevel, drawsBoxes } from './colour.ts';
import { demandWritable, fileSink, streamSink, type TextSink, writeAll } from './output.ts';
import type { HeldRemarks } from './remarks.ts';
import type { Streams } from './streams.ts';
import { choice } from './values.ts';

export interface OutputFlags {
  readonly format: Format;
  readonly unit: UnitChoice;
  readonly output?: string;
  readonly color: ColourChoice;
}

export function addOutputOptions(command: Command): Command {
  return command
    .option(
      '--format <name>',
      `output: ${FORMATS.join(', ')}`,
      choice('--format', FORMATS),
      'table',
    )
    .option(
      '--unit <unit>',
      `unit of tables, of ${UNIT_CHOICES.join(', ')}; machine formats are in pages`,
      choice('--unit', UNIT_CHOICES),
      'pages',
    )
    .option('--output <file>', 'write the result to a file, whole or not at all')
    .option(
      '--color <when>',
      `colour: ${COLOUR_CHOICES.join(', ')}`,
      choice('--color', COLOUR_CHOICES),
      'auto',
    );
}

export interface Output {
  /** Whether tables may draw boxes, and the colours they may have. */
  readonly terminal: boolean;
  readonly chalk: ChalkInstance;
  write(text: string): Promise<void>;
  /** For results that are written as they come. */
  openSink(): TextSink;
}

/** The sink of a result: what is to be said of it comes before its first piece. */
function tellingFirst(sink: TextSink, remarks: HeldRemarks): TextSink {
  return {
    ...sink,
    write(text) {
      remarks.tell();
      return sink.write(text);
    },
  };
}

/** Where a result goes. @throws InputError where a file cannot be written, at once. */
export function openSinks(
  output: string | undefined,
  { stdout, remarks }: Pick<Streams, 'stdout' | 'remarks'>,
  signal: AbortSignal,
): () => TextSink {
  if (output === undefined) return () => tellingFirst(streamSink(stdout), remarks);
  const file = { flag: '--output', path: output };
  demandWritable(file);
  return () => tellingFirst(fileSink(file, signal), remarks);
}

/** Where the flags send a result. @throws InputError as openSinks(). */
export function openOutput(
  { output, color }: OutputFlags,
  streams: Streams,
  signal: AbortSignal,
): Output {
  const openSink = openSinks(output, streams, signal);
  const level = output === undefined ? colourLevel(color, streams) : 0;
  return {
    terminal: output === undefined && (level > 0 || drawsBoxes(streams)),
    chalk: new Chalk({ level }),
    write: (text) => writeAll(openSink(), text),
    openSink,
  };
}
