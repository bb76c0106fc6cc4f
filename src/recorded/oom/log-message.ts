/**
 * Takes a kernel's message out of a line of a log: of dmesg (its options -T, -x, -r, -e, --time-format),
 * journalctl -k (short forms, verbose, cat, json), syslog's kern.log, and serial consoles.
 */

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
export function lineText(line: string): string {
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
