/** Options of where a result goes and in which form, and the writing itself. */
import { Chalk } from 'chalk';
import { InputError, quote } from '../errors.ts';
import { UNIT_CHOICES } from '../render/amounts.ts';
import {
  FORMATS,
  type Format,
  type Medium,
  PICTURE_FORMATS,
  type PictureFormat,
  type Report,
  renderPictured,
} from '../render/formats.ts';
import { slipOf } from '../suggestion.ts';
import { type FlagsOf, grouped, type Implied, option, showing, type Value } from './options.ts';
import {
  demandWritable,
  fileSink,
  isSameFile,
  type NamedFile,
  streamSink,
  type TextSink,
  writeAll,
} from './output.ts';
import type { HeldRemarks, Session, Streams } from './streams.ts';
import { choice, TEXT } from './values.ts';
import { demandOpen } from './write-stream.ts';

const COLOUR_CHOICES = ['auto', 'always', 'never'] as const;

type ColourChoice = (typeof COLOUR_CHOICES)[number];

/** chalk's levels: none, and the 16 colours that every terminal has. */
type ColourLevel = 0 | 1;

/** In this order: --color, NO_COLOR, FORCE_COLOR, TERM=dumb, whether stdout is a terminal. */
export function colourLevel(
  choice: ColourChoice,
  { stdout, env }: Pick<Streams, 'stdout' | 'env'>,
): ColourLevel {
  if (choice !== 'auto') return choice === 'always' ? 1 : 0;
  if (env.NO_COLOR) return 0;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced === '0' || forced === 'false' ? 0 : 1;
  return drawsBoxes({ stdout, env }) ? 1 : 0;
}

/** A terminal that can do more than plain text. */
function drawsBoxes({ stdout, env }: Pick<Streams, 'stdout' | 'env'>): boolean {
  return stdout.isTTY === true && env.TERM !== 'dumb';
}

/** Formats by how a file's name ends. */
const BY_ENDING: Readonly<Record<string, string>> = {
  ...{ json: 'json', ndjson: 'ndjson', jsonl: 'ndjson', csv: 'csv', tsv: 'tsv' },
  ...{ md: 'markdown', markdown: 'markdown', svg: 'svg', png: 'png', html: 'html', htm: 'html' },
  vega: 'vega',
};

/** Endings that promise something which no command writes. */
const OF_OTHERS: readonly string[] = [
  ...['xls', 'xlsx', 'ods', 'doc', 'docx', 'odt', 'rtf', 'pdf', 'ps', 'eps', 'tex'],
  ...['jpg', 'jpeg', 'gif', 'webp', 'bmp', 'tif', 'tiff', 'svgz'],
  ...['xml', 'yaml', 'yml', 'toml', 'parquet', 'arrow', 'feather', 'db', 'sqlite'],
  ...['gz', 'xz', 'bz2', 'zst', 'zip', 'tar', 'tgz', '7z'],
];

/** Endings of these formats, of three letters and more: what is a slip from a shorter one is any word. */
function endingsOf(formats: readonly string[]): string[] {
  return Object.keys(BY_ENDING).filter(
    (ending) => ending.length > 2 && formats.includes(BY_ENDING[ending]!),
  );
}

/**
 * The format that a file's name tells; undefined where it tells none, as "errors.txt".
 * @throws InputError where it tells one that is not among these, or all but tells one.
 */
function formatNamed(path: string, formats: readonly string[], flag: string): string | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  const told = Object.hasOwn(BY_ENDING, ending) ? BY_ENDING[ending] : undefined;
  if (told === undefined ? !OF_OTHERS.includes(ending) : formats.includes(told)) {
    const meant = told === undefined ? slipOf(ending, endingsOf(formats)) : undefined;
    if (meant === undefined) return told;
    const name = `${path.slice(0, -ending.length)}${meant}`;
    throw new InputError(
      `${flag} ${path}: no format ends in ${quote(ending)}: did you mean ${quote(name)}?`,
    );
  }
  throw new InputError(
    `${flag} ${path}: there is no ${ending.toUpperCase()} of this: expected a name for one of ${formats.join(', ')}`,
  );
}

type FormatsBy = (flags: Readonly<Record<string, unknown>>) => readonly string[] | null;

/** The formats of lines, one an update or a reading. */
const ofReadings: FormatsBy = ({ readings }) => (readings === true ? ['csv', 'ndjson'] : null);

/** The format that the name of --output tells, of these or of those that other options leave (null: of all). */
export function formatOfName(formats: readonly string[], leave: FormatsBy = ofReadings): Implied {
  return {
    by: '--output',
    value: (path, flags) =>
      path === undefined
        ? undefined
        : formatNamed(String(path), leave(flags) ?? formats, '--output'),
  };
}

export const OUTPUT_FILE = option(
  '--output <file>',
  'write the result to a file, whole or not at all; - is standard output',
  TEXT,
  { group: 'Output', none: '-' },
);

/** Files of these formats alone. */
export function namedFor(formats: readonly string[], value: Value<string>): Value<string> {
  return {
    ...value,
    parse(text, flag) {
      formatNamed(text, formats, flag);
      return value.parse(text, flag);
    },
  };
}

/** Of a command whose result is always JSON. */
export const JSON_FILE: typeof OUTPUT_FILE = { ...OUTPUT_FILE, value: namedFor(['json'], TEXT) };

const OUTPUT = grouped('Output', {
  format: option('--format <name>', `output: ${FORMATS.join(', ')}`, choice(FORMATS), {
    default: 'table',
    implied: formatOfName(FORMATS),
    terse: true,
  }),
  unit: option(
    '--unit <unit>',
    `unit of tables, of ${UNIT_CHOICES.join(', ')}; machine formats are in pages`,
    choice(UNIT_CHOICES),
    { default: 'pages', terse: true },
  ),
  output: {
    ...OUTPUT_FILE,
    description:
      'write the result to a file, whole or not at all; its ending, as .json, says the format; - is standard output',
  },
  color: option('--color <when>', `colour: ${COLOUR_CHOICES.join(', ')}`, choice(COLOUR_CHOICES), {
    default: 'auto',
  }),
});

export const OUTPUT_OPTIONS = showing(OUTPUT);

const WITH_PICTURES = [...FORMATS, ...PICTURE_FORMATS] as const;

/** Of a command whose results have a picture. */
export const PICTURED_OPTIONS = {
  ...OUTPUT_OPTIONS,
  format: option('--format <name>', `output: ${WITH_PICTURES.join(', ')}`, choice(WITH_PICTURES), {
    ...{ default: 'table' as const, implied: formatOfName(WITH_PICTURES), terse: true },
    ...{ group: 'Output', showing: true },
  }),
};

interface OutputChoices extends Pick<FlagsOf<typeof OUTPUT_OPTIONS>, 'output' | 'color'> {
  readonly format: Format | PictureFormat;
}

export interface Output extends Medium {
  /** Writes a result in the format that the flags name. @throws InputError as renderPictured(). */
  show(report: Report): Promise<void>;
  write(text: string | Uint8Array): Promise<void>;
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
  { stdout, remarks, signal }: Pick<Session, 'stdout' | 'remarks' | 'signal'>,
): () => TextSink {
  if (output === undefined) {
    demandOpen(stdout);
    return () => tellingFirst(streamSink(stdout), remarks);
  }
  const file = { flag: '--output', path: output };
  demandWritable(file);
  return () => tellingFirst(fileSink(file, signal), remarks);
}

const isOutput = (path: string, output: string | undefined) =>
  output !== undefined && isSameFile(path, output);

/** A file beside the result's, or none. @throws InputError where it cannot be written, or is the result's. */
export function openBeside(
  flag: string,
  path: string | undefined,
  output: string | undefined,
): NamedFile | null {
  if (path === undefined) return null;
  if (isOutput(path, output)) {
    throw new InputError(`${flag} ${path}: is the file of --output too`);
  }
  const file = { flag, path };
  demandWritable(file);
  return file;
}

/** Whether the locale's characters are all of Unicode: of these the first that is set counts. */
function isUnicode({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

/**
 * Where the flags send a result; `recordings`: files that are read and cannot be made again.
 * @throws InputError as openSinks(); where a terminal would get a PNG, or a recording be replaced.
 */
export function openOutput(
  { output, color, format }: OutputChoices,
  session: Session,
  recordings: readonly (string | undefined)[] = [],
): Output {
  if (recordings.some((path) => path !== undefined && path !== '-' && isOutput(path, output))) {
    throw new InputError(`--output ${output}: is the file that is read: expected another`);
  }
  if (format === 'png' && output === undefined && session.stdout.isTTY === true) {
    throw new InputError('standard output is a terminal: expected --output FILE, or a pipe');
  }
  const openSink = openSinks(output, session);
  const level = output === undefined ? colourLevel(color, session) : 0;
  const isTerminal = output === undefined && (level > 0 || drawsBoxes(session));
  const { stdout, env } = session;
  const terminal = isTerminal
    ? // A terminal without a size says 0.
      { chalk: new Chalk({ level }), columns: stdout.columns || null, unicode: isUnicode(env) }
    : null;
  const write = (text: string | Uint8Array) => writeAll(openSink(), text);
  return {
    show: async (report) => write(await renderPictured(report, format, { terminal })),
    ...{ terminal, write, openSink },
  };
}
