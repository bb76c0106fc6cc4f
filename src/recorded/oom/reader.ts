/**
 * Finds the OOM killer's reports in a kernel's log, line by line, with lines of other things between, and
 * what its boot says of the machine. Memory does not grow with the log: one report is open at a time.
 * A kernel's message is taken out of lines of dmesg (its options -T, -x, -r, -e, --time-format), journalctl
 * -k (short forms, verbose, cat, json), syslog's kern.log, and serial consoles.
 */
import {
  type BootFacts,
  type Draft,
  NOWHERE,
  numberOf,
  type OomReport,
  readKilled,
  readLine,
  startReport,
  TABLE_HEAD,
} from './report.ts';

const INVOKED = /^(.{1,64}?) invoked oom-killer: (.*)$/;
const ORDER = /\border=(-?\d{1,4})\b/;

/** Boot lines that say how many CPUs there can be. */
const NR_CPU_IDS = /\bnr_cpu_ids[:=](\d{1,7})/;
const ALLOWING = /smpboot: Allowing (\d{1,7}) (?:present )?CPUs/;
/** "smp: Brought up 2 nodes, 64 CPUs", "Brought up 64 CPUs", "SMP: Total of 64 processors activated". */
const BROUGHT_UP =
  /(?:Brought up (?:\d+ nodes?, )?(\d{1,7}) CPUs|Total of (\d{1,7}) processors activated)/;
const LINUX_VERSION = /(?:^|\s)Linux version (\d\S{0,80}) /;

const BOOT_WORDS = [
  'Linux version ',
  'nr_cpu_ids',
  'smpboot: Allowing',
  'Brought up ',
  ' processors activated',
];

/** Where a report begins, or goes on if what is above is lost. */
const REPORT_WORDS = [
  ' invoked oom-killer: ',
  'total_vm',
  'oom-kill:constraint=',
  'Killed process ',
];

/** A message of journald's that is no UTF-8: bytes, in which no word can be seen. */
const BYTES_WORDS = ['"MESSAGE":[', '"MESSAGE" : [', '"MESSAGE": ['];

/** What is in none of them costs a look and no more. */
export const WORDS = [...REPORT_WORDS, ...BOOT_WORDS, ...BYTES_WORDS];

/** Eight bytes of each of the words, by which a scan finds them: such as end with a rare pair of letters. */
export const WORD_KEYS = [
  ...['ked oom-', 'total_vm', 'm-kill:c', 'illed pr'],
  ...['ux versi', '_cpu_ids', 'boot: Al', 'ought up', 's activa'],
  ...['SSAGE":[', 'SSAGE" :', 'SAGE": ['],
];

function bootLine(facts: BootFacts, text: string, line: number): void {
  const numberIn = (pattern: RegExp) => {
    const match = pattern.exec(text);
    return numberOf(match?.[1] ?? match?.[2]);
  };
  const release = LINUX_VERSION.exec(text)?.[1];
  if (release !== undefined) {
    // Another boot: nothing of the one before holds.
    facts.release = release;
    facts.nrCpuIds = null;
    facts.online = null;
    facts.saidAt = { ...NOWHERE, release: line };
  }
  const nrCpuIds = numberIn(NR_CPU_IDS) ?? numberIn(ALLOWING);
  const online = numberIn(BROUGHT_UP);
  if (nrCpuIds !== null)
    Object.assign(facts, { nrCpuIds, saidAt: { ...facts.saidAt, nrCpuIds: line } });
  if (online !== null) Object.assign(facts, { online, saidAt: { ...facts.saidAt, online: line } });
}

function finished({ columns: _, ...draft }: Draft): OomReport {
  return draft;
}

/** TASK_COMM_LEN, without the 0 at its end. */
const LONGEST_COMM = 15;

/** What stands before a name in a form of log that is not known here ends with "] " or ": ". */
function commOf(text: string): string {
  return text.length <= LONGEST_COMM ? text : text.replace(/^.*(?:\]|:) +(?=\S)/, '');
}

interface OomReader {
  /** Takes the next line. @returns a report that it ends, or null. */
  readonly read: (line: string) => OomReport | null;
  /** Whether a report is open: else lines without a word are nothing to it. */
  readonly isOpen: () => boolean;
  /** Passes over so many lines without a word, while none is open. */
  readonly skip: (lines: number) => void;
  /** The report that the log's end ends, or null. */
  readonly end: () => OomReport | null;
}

/** Lines without a word of an open report: what comes then is another's. */
const LONGEST_SILENCE = 1000;

/** Whether a line of the report's kind belongs to the next one. */
function endsReport(draft: Draft, text: string): boolean {
  if (text.includes(' invoked oom-killer: ') || LINUX_VERSION.test(text)) return true;
  if (text.includes('total_vm') && TABLE_HEAD.test(text)) {
    return draft.tasks.length > 0 || draft.killed.length > 0;
  }
  if (draft.killed.length === 0 || draft.killedGroup) return false;
  // What oom_kill_process() prints of the next event is cut where events are many (__ratelimit()).
  if (text.includes('oom-kill:constraint=')) return true;
  const pid = text.includes('Killed process ') ? readKilled(text)?.pid : undefined;
  return pid !== undefined && draft.killed.every((killed) => killed.pid !== pid);
}

function opensReport(text: string): boolean {
  return (
    text.includes(' invoked oom-killer: ') ||
    text.includes('oom-kill:constraint=') ||
    (text.includes('Killed process ') && text.includes('total-vm')) ||
    TABLE_HEAD.test(text)
  );
}

export function createOomReader(): OomReader {
  const facts: BootFacts = { release: null, nrCpuIds: null, online: null, saidAt: NOWHERE };
  let draft: Draft | null = null;
  let lines = 0;
  let lastText = '';

  function close(): OomReport | null {
    const report = draft;
    draft = null;
    return report === null ? null : finished(report);
  }

  function open(text: string): Draft {
    const opened = startReport(lines, facts);
    if (!text.includes(' invoked oom-killer: ')) return opened;
    const [, name, rest] = INVOKED.exec(withoutPrefixes(text)) ?? [];
    const order = numberOf(ORDER.exec(rest ?? '')?.[1]);
    return Object.assign(opened, {
      invokedBy: name === undefined ? null : { name: commOf(name), pid: null },
      order,
    });
  }

  function read(line: string): OomReport | null {
    lines += 1;
    if (draft === null && !WORDS.some((word) => line.includes(word))) return null;
    const text = lineText(line);
    // Two loggers that write one file write each line twice.
    if (text === lastText) return null;
    lastText = text;
    let ended: OomReport | null = null;
    if (draft !== null && (lines - draft.lastLine > LONGEST_SILENCE || endsReport(draft, text))) {
      ended = close();
    }
    if (BOOT_WORDS.some((word) => text.includes(word))) bootLine(facts, text, lines);
    if (draft === null) {
      if (!opensReport(text)) return ended;
      draft = open(text);
    }
    if (readLine(draft, text, lines)) draft.lastLine = lines;
    return ended;
  }

  function skip(count: number): void {
    lines += count;
  }

  return { read, isOpen: () => draft !== null, skip, end: close };
}

/** What may stand before a message, each at most once or twice: a quote, a level, a time, a host. */
const PREFIXES: readonly RegExp[] = [
  // "> " of a quoted mail.
  /^\s*(?:> ?)+/,
  // "<4>" of dmesg -r and of /dev/kmsg's older readers.
  /^<\d{1,3}>/,
  // "4,1234,5678,-;" of /dev/kmsg itself.
  /^\d{1,4},\d+,\d+,\S{1,3}?;/,
  // "kern  :warn  : " of dmesg -x.
  /^[a-z0-9]{2,8} *:[a-z]{3,7} *: ?/,
  // "[   24.999041] ", "[  +0.000012] ", "[   24.999041 <    0.000012>] ", and the caller, "[ T422]" or "[C0]".
  /^\[(?: *\d+\.\d+ )?<? *\+?\d+\.\d+>?\] ?/,
  /^\[ *[CT]\d+\] ?/,
  // "[Sat Nov 28 06:44:11 2026] " of dmesg -T, "[Nov28 06:44] " of dmesg -e.
  /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} [\d:]{8} \d{4}\] ?/,
  /^\[[A-Z][a-z]{2} ?\d{1,2} [\d:]{5,8}\] ?/,
  // ISO 8601, with a comma or a full stop before the fraction.
  /^\d{4}-\d\d-\d\d[T ][\d:]{8}(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)? /,
  // "Sat 2026-11-28 06:44:11 UTC ", "Nov 28 06:44:11 ", "1764312251.123456 ".
  /^[A-Z][a-z]{2} \d{4}-\d\d-\d\d [\d:]{8}(?:\.\d+)? [A-Z]{1,5} /,
  /^[A-Z][a-z]{2} +\d{1,2} [\d:]{8}(?:\.\d+)? /,
  /^\d{9,11}\.\d{6} /,
  // The host, and who logs.
  /^\S+ kernel(?:\[\d+\])?: ?/,
  /^kernel: ?/,
  // "    MESSAGE=" of journalctl -o verbose and export.
  /^ *MESSAGE=/,
];

/** A line has a quote, a level, two times, a caller and a host at most. */
const MOST_PREFIXES = 8;

/** JSON strings of journald: bytes that are no UTF-8 come as an array of numbers. */
function jsonMessage(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  return Buffer.from(value.filter((byte): byte is number => typeof byte === 'number')).toString();
}

/** What dmesg --color puts around parts of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
const COLOUR = /\x1b\[[\d;]*[mK]/g;

/** Keys of a message in JSON: journald's, that of dmesg --json, containers' and log shippers'. */
const JSON_KEYS = ['MESSAGE', 'msg', 'log', 'message'] as const;
const QUOTED_KEYS = JSON_KEYS.map((key) => `"${key}"`);

/** The message of a JSON object on one line (json, json-sse, json-seq), or of a key on a line of its own. */
function messageOfJson(line: string): string | null {
  const start = line.indexOf('{');
  try {
    if (start >= 0 && start <= 'data: '.length) {
      const entry: unknown = JSON.parse(line.slice(start));
      if (typeof entry !== 'object' || entry === null) return null;
      const key = JSON_KEYS.find((name) => Object.hasOwn(entry, name));
      return key === undefined ? null : jsonMessage((entry as Record<string, unknown>)[key]);
    }
    const pretty = /^\s*"(?:MESSAGE|msg)"\s*:\s*(".*"),?\s*$/.exec(line)?.[1];
    return pretty === undefined ? null : jsonMessage(JSON.parse(pretty));
  } catch (error) {
    // A line cut short: it says nothing.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The text of a line, out of its JSON and colours. */
function lineText(line: string): string {
  const text = line.replace(/[\r\n]+$/, '');
  if (QUOTED_KEYS.some((key) => text.includes(key)))
    return messageOfJson(text)?.replace(/[\r\n]+$/, '') ?? text;
  return text.includes('\x1b') ? text.replaceAll(COLOUR, '') : text;
}

/** A line's text without what loggers put before it; the text itself where nothing is. */
export function withoutPrefixes(lineText: string): string {
  let text = lineText;
  for (let i = 0; i < MOST_PREFIXES; i++) {
    const match = PREFIXES.map((prefix) => prefix.exec(text)).find((found) => found !== null);
    if (match === undefined || match === null) break;
    text = text.slice(match[0].length);
  }
  return text;
}
