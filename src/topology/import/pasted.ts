/**
 * The outputs in a text as people paste it, with prompts, fences, quotes and time stamps around them,
 * and what several of them report together.
 */
import { InputError } from '../../errors.ts';
import type { CpuSets } from '../cpu-sets.ts';
import { formatCpulist } from '../cpulist.ts';
import {
  describe,
  type MachineDescription,
  MISSING,
  type Missing,
  TELLS_CORES,
} from './description.ts';
import type { ImportedForm } from './forms.ts';
import { BARE_ROW } from './lscpu-rows.ts';

/** One output, its lines at the numbers that they have in the whole text. */
export interface Section {
  readonly form: ImportedForm;
  /** Of its first line, from 1. */
  readonly line: number;
  readonly text: string;
}

/** What stands before a line: no prefix is longer, so that no line takes more than it has characters. */
const LONGEST_PREFIX = 200;

const QUOTE = /^\s*(?:[>|] ?)+/;

/** Of dmesg, ISO 8601 and syslog, and the time alone. */
const TIME =
  /^(?:\[ *\d{1,7}\.\d{1,9}\]|\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d)(?: |$)/;

/** Behind a time: "host prog[12]: ", "INFO ". */
const SPEAKER =
  /^(?:[\w.-]{1,64} [\w./-]{1,64}(?:\[\d{1,10}\])?: |[\w./-]{1,64}\[\d{1,10}\]: |\[?(?:DEBUG|INFO|NOTICE|WARN|WARNING|ERROR)\]?:? )/;

const FENCE = /^\s*(?:```|~~~)/;

const ESC = '\u001b';

/** Colours of terminals and CI logs. */
const COLOUR = new RegExp(`${ESC}\\[[\\d;]{0,20}[A-Za-z]`, 'g');

const TOOL = '(?:lscpu|numactl|lstopo|hwloc|cat|grep|egrep|head|uname|dmesg|echo)';

/** A command that is typed, behind a prompt or alone. */
const COMMAND = new RegExp(
  `^(?:[^$#%>❯➜]{0,80}[$#%>❯➜]\\s{0,4})?(?:sudo )?(?:[A-Z_]{1,20}=\\S{0,40} )?(?:/\\S{0,80}/)?${TOOL}(?:[ -]\\S|$)`,
);

/** "[root@box ~]# ", "user@box:~$ ". */
const PROMPT =
  /^(?:(?:\[[^\]]{1,80}\]|[\w.-]{1,40}@[\w.-]{1,60}:\S{0,80})\s?[$#%>](?:\s|$)|[$#%❯➜]\s*$)/;

const SUMMARY =
  /^(?:Architecture|CPU op-mode\(s\)|CPU\(s\)|(?:On|Off)-line CPU\(s\) (?:list|mask)|NUMA node\(s\)|NUMA node\d{1,4} CPU\(s\)) *:/;

const NUMACTL =
  /^(?:available: *\d+ nodes?\b|node \d+ (?:cpus|size|free):|node distances:|No NUMA available)/;

/** "-smp 8,sockets=2" in a command line. */
const QEMU = /(?:^|\s)-{1,2}(?:smp|numa)[\s=]/;

const XML = /^<(?:\?xml|!DOCTYPE topology|topology)\b/;

/** Columns of lscpu beside CPU: of a table with none of them there is no telling. */
const COLUMN =
  /^(?:node|socket|core|book|drawer|cluster|online|modelname|configured|polarization|address|(?:max|min|scal)?mhz%?|l\d[di]?(?::l\d[di]?)*)$/i;

const HEAD = /^(?:[A-Za-z][\w:%]*)?$/;

/** Longer ones are no header of a table. */
const LONGEST_HEADER = 1000;

/** Of a line that names the columns of a table: with commas and a # that of -p, else that of -e. */
function isHeader(line: string): boolean {
  if (line.length > LONGEST_HEADER) return false;
  const words = line.replace(/^# */, '').split(line.includes(',') ? ',' : /\s+/);
  const names = words.map((word) => word.trim());
  return (
    names.every((name) => HEAD.test(name)) &&
    names.some((name) => name.toUpperCase() === 'CPU') &&
    (names.some((name) => COLUMN.test(name)) || (names.length === 1 && line.startsWith('#')))
  );
}

/** The form of the output that begins with a line, or of which the line can only be. */
function formOf(line: string): ImportedForm | null {
  if (SUMMARY.test(line)) return 'lscpu';
  if (NUMACTL.test(line)) return 'numactl';
  if (XML.test(line)) return 'hwloc-xml';
  const key = /^\{\s*"(lscpu|cpus)"\s*:\s*(?:\[|$)/.exec(line)?.[1];
  if (key !== undefined) return key === 'lscpu' ? 'lscpu-json' : 'lscpu-table';
  if (line.startsWith('# The following is the parsable format') || BARE_ROW.test(line)) {
    return 'lscpu-parsable';
  }
  if (/^[#A-Z]/.test(line) && isHeader(line)) {
    return line.includes(',') || /^# *CPU$/i.test(line) ? 'lscpu-parsable' : 'lscpu-table';
  }
  return QEMU.test(line) ? 'qemu' : null;
}

/** Where nothing of a line is the output's own: a prompt with whatever is typed, a fence. */
const isAround = (line: string) => FENCE.test(line) || PROMPT.test(line) || COMMAND.test(line);

/** The line without quotes and stamps before it. */
function withoutPrefix(line: string): string {
  let rest = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (rest.includes(ESC)) rest = rest.replaceAll(COLOUR, '');
  const head = (pattern: RegExp) => {
    const length = pattern.exec(rest.slice(0, LONGEST_PREFIX))?.[0].length ?? 0;
    rest = rest.slice(length);
    return length > 0;
  };
  head(QUOTE);
  if (head(TIME)) head(SPEAKER);
  return rest;
}

interface Open {
  readonly form: ImportedForm;
  readonly start: number;
  readonly lines: string[];
}

const indentOf = (line: string) => line.length - line.trimStart().length;

const isJson = ({ lines }: Open) => lines[0]!.trimStart().startsWith('{');

/** Rows of a table may have been pasted with empty lines between them; other words behind one end it. */
const isBehindGap = (last: string, next: string) => last.trim() === '' && next.trim() !== '';

/** Of `lscpu -p`, and of `lscpu -e`. */
const VALUES = /^\s*(?:#|\d+\s*(?:,|$))/;
const ROW = /^[#\s]*\d+(?:\s+[\d-]|\s*$)/;

/** "...", "[snip]": that rows are not there is a fault, which the importer tells. */
const LEFT_OUT = /^\s*[[<(]?(?:\.\.|…|snip|more|cut)/;

const cellsIn = (row: string) =>
  row
    .slice(0, LONGEST_HEADER)
    .trim()
    .split(/[\s,]+/).length;

/** Whether a line behind the end of a table can only be a row of it: as many cells as the one before had. */
function isRowBehind({ form, lines }: Open, line: string): boolean {
  if (!(form === 'lscpu-table' ? ROW : VALUES).test(line.slice(0, LONGEST_PREFIX))) return false;
  const row = lines.findLast((one) => one.trim() !== '') ?? '';
  return cellsIn(line) > 2 && cellsIn(line) === cellsIn(row);
}

/** Whether an output has come to its end before the next line. */
function isOver(open: Open, next: string): boolean {
  const { form, lines } = open;
  const last = lines.at(-1)!;
  const start = next.slice(0, LONGEST_PREFIX);
  if (isJson(open)) {
    return lines.length === 1
      ? /\]\s*\}\s*$/.test(last)
      : last.trim() === '}' && indentOf(last) <= indentOf(lines[0]!);
  }
  switch (form) {
    case 'lscpu-parsable':
      return isBehindGap(last, next) && !LEFT_OUT.test(start) && !VALUES.test(start);
    case 'lscpu-table':
      if (lines.length === 1 || next.trim() === '' || LEFT_OUT.test(start)) return false;
      return !(isBehindGap(last, next) ? ROW : /^[#\s]*[\d-]/).test(start);
    case 'hwloc-xml':
      return last.includes('</topology>');
    case 'qemu':
      return !last.trimEnd().endsWith('\\') && !QEMU.test(next);
    default:
      return false;
  }
}

/**
 * The outputs, in their order. One goes on until there is a prompt, a command or a fence, or another
 * begins: what else stands between its lines is left to its importer.
 */
export function sectionsOf(text: string): Section[] {
  const sections: Open[] = [];
  let open = null as Open | null;
  /** A table that is over, and what stands behind it: another row shows that it was not. */
  let ended: { readonly table: Open; readonly behind: string[] } | null = null;
  /** A brace alone, and empty lines: the key behind them says whose. */
  let brace: string[] = [];
  let at = 0;
  for (let number = 0; at <= text.length; number++) {
    const found = text.indexOf('\n', at);
    const end = found === -1 ? text.length : found;
    const line = withoutPrefix(text.slice(at, end));
    at = end + 1;
    if (open !== null && isOver(open, line)) {
      ended = { table: open, behind: [] };
      open = null;
    }
    if (ended !== null && open === null && isRowBehind(ended.table, line)) {
      open = ended.table;
      for (const one of ended.behind) open.lines.push(one);
    }
    if (open !== null) ended = null;
    const isWhole: boolean = open !== null && (open.form === 'hwloc-xml' || isJson(open));
    if (!isWhole) {
      const trimmed = line.trim();
      const form = formOf(brace.length === 0 ? trimmed : `{${trimmed}`);
      if (form !== null && form !== open?.form) {
        open = { form, start: number - brace.length, lines: brace };
        sections.push(open);
      } else if (form === null && isAround(line)) {
        open = null;
        ended = null;
      }
      if (trimmed === '{') brace = [line];
      else if (trimmed === '' && brace.length > 0) brace.push(line);
      else brace = [];
    }
    (open?.lines ?? ended?.behind)?.push(line);
  }
  return sections.map(({ form, start, lines }, i) => ({
    form,
    line: start + 1,
    // What stands behind an output shows that its last line has come to its end.
    text: `${'\n'.repeat(start)}${lines.join('\n')}${i < sections.length - 1 || open === null ? '\n' : ''}`,
  }));
}

/** What one of several outputs reports. */
export interface Output {
  /** Where it begins. */
  readonly line: number;
  readonly description: MachineDescription;
}

type Fact = 'cores' | 'packages' | 'dies' | 'caches' | 'numaNodes' | 'distances';

const FACTS: Readonly<Record<Fact, string>> = {
  cores: 'cores',
  packages: 'packages',
  dies: 'dies',
  caches: 'caches',
  numaNodes: 'NUMA nodes',
  distances: 'NUMA distances',
};

const countOf = (description: MachineDescription, fact: Fact) => description[fact]?.length ?? 0;

const listsOf = (sets: CpuSets) => sets.map(formatCpulist).filter((list) => list !== '');

/** What outputs of one machine say alike, whatever numbers they give to cores and packages. */
const ALIKE: readonly (readonly [
  what: string,
  textOf: (description: MachineDescription) => string | null,
])[] = [
  ['on-line CPUs', ({ online }) => formatCpulist(online)],
  ['present CPUs', ({ present }) => (present === null ? null : formatCpulist(present))],
  ['possible CPUs', ({ possible }) => (possible === null ? null : formatCpulist(possible))],
  ['cores', ({ cores }) => (cores.length === 0 ? null : listsOf(cores).sort().join(' '))],
  [
    'packages',
    ({ packages }) =>
      packages.length === 0
        ? null
        : listsOf(packages.map(({ cpus }) => cpus))
            .sort()
            .join(' '),
  ],
  ...[1, 2, 3, 4, 5].map(
    (level) =>
      [
        `level-${level} caches`,
        ({ caches }: MachineDescription) => {
          const ofLevel = caches.filter((cache) => cache.level === level).map(({ cpus }) => cpus);
          return ofLevel.length === 0 ? null : listsOf(ofLevel).sort().join(' ');
        },
      ] as const,
  ),
  [
    'CPUs of NUMA nodes',
    ({ numaNodes, online }) => {
      const on = new Set(online);
      const lists = numaNodes?.map(({ id, cpus }) => {
        const list = formatCpulist(cpus.filter((cpu) => on.has(cpu)));
        return list === '' ? '' : `node ${id} ${list}`;
      });
      return lists?.filter((list) => list !== '').join('; ') ?? null;
    },
  ],
  ['the page size', ({ pageSize }) => (pageSize === null ? null : `${pageSize}`)],
];

/** @throws InputError that names two outputs and where they part. */
function demandAlike(outputs: readonly Output[]): void {
  for (const [what, textOf] of ALIKE) {
    let first: (Output & { readonly text: string }) | null = null;
    for (const output of outputs) {
      const text = textOf(output.description);
      if (text === null) continue;
      first ??= { ...output, text };
      if (text === first.text) continue;
      throw new InputError(
        `line ${output.line}: ${what} are ${cut(text)} by ${output.description.form}, but ${cut(first.text)} by ${first.description.form} on line ${first.line}: expected outputs of one machine (--from reads those of one form)`,
      );
    }
  }
}

const LONGEST_QUOTED = 60;

const cut = (text: string) =>
  text.length > LONGEST_QUOTED ? `${text.slice(0, LONGEST_QUOTED)}…` : text;

/** Keys that some output misses, and that none of the others makes good. */
function stillMissing(
  descriptions: readonly MachineDescription[],
  { present, possible, numaNodes, pageSize, ...sets }: MachineDescription,
): Missing[] {
  const isThere: Partial<Record<Missing, boolean>> = {
    possible: possible !== null,
    offline: present !== null,
    cores: sets.cores.length > 0,
    packages: sets.packages.length > 0,
    packagesOf: sets.packages.length > 0,
    dies: sets.dies.length > 0,
    caches: sets.caches.length > 0,
    cachesOf: sets.caches.length > 0,
    numa: numaNodes !== null,
    nodes: numaNodes !== null,
    memoryNodes: descriptions.some(
      (one) => one.numaNodes !== null && !one.missing.includes('memoryNodes'),
    ),
    memory: numaNodes?.some(({ memoryMiB }) => memoryMiB !== undefined) ?? false,
    distances: sets.distances.length > 0,
    pageSize: pageSize !== null,
  };
  return (Object.keys(MISSING) as Missing[]).filter(
    (key) => isThere[key] !== true && descriptions.some(({ missing }) => missing.includes(key)),
  );
}

/**
 * One machine of what several outputs report: each fact from the one that has most of it.
 * @throws InputError where they contradict each other.
 */
export function combine(outputs: readonly Output[]): MachineDescription {
  const descriptions = outputs.map(({ description }) => description);
  const [only, second] = descriptions;
  if (only !== undefined && second === undefined) return only;
  demandAlike(outputs);
  const best = (fact: Fact) =>
    descriptions.reduce((most, one) => {
      const more = countOf(one, fact) - countOf(most, fact);
      const memory = ({ numaNodes }: MachineDescription) =>
        numaNodes?.filter(({ memoryMiB }) => memoryMiB !== undefined).length ?? 0;
      return more > 0 || (more === 0 && memory(one) > memory(most)) ? one : most;
    });
  const nodes = best('numaNodes');
  const ids = (one: MachineDescription) => (one.numaNodes ?? []).map(({ id }) => id).join();
  const distances = descriptions.find((one) => one.distances.length > 0 && ids(one) === ids(nodes));
  const sources: Record<Fact, MachineDescription | undefined> = {
    cores: best('cores'),
    packages: best('packages'),
    dies: best('dies'),
    caches: best('caches'),
    numaNodes: nodes,
    distances,
  };
  const firstOf = <T>(pick: (one: MachineDescription) => T | null) =>
    descriptions.map(pick).find((value) => value !== null) ?? null;
  const forms = [...new Set(descriptions.map(({ form }) => form))];
  const machine = describe({
    form: forms.join(' with '),
    name: firstOf(({ name }) => name),
    possible: firstOf(({ possible }) => possible),
    present: firstOf(({ present }) => present),
    online: descriptions[0]!.online,
    cores: sources.cores!.cores,
    packages: sources.packages!.packages,
    dies: sources.dies!.dies,
    caches: sources.caches!.caches,
    numaNodes: nodes.numaNodes,
    distances: distances?.distances ?? [],
    hidesNodes: descriptions.some(({ hidesNodes }) => hidesNodes),
    pageSize: firstOf(({ pageSize }) => pageSize),
  });
  const read = forms.map((form) => {
    const facts = (Object.keys(FACTS) as Fact[])
      .filter((fact) => countOf(machine, fact) > 0 && sources[fact]?.form === form)
      .map((fact) => FACTS[fact]);
    return facts.length === 0 ? null : `${facts.join(', ')} by ${form}`;
  });
  return {
    ...machine,
    missing: stillMissing(descriptions, machine),
    remarks: [
      `outputs of ${forms.join(' and ')} are read together: ${read.filter((part) => part !== null).join('; ')}`,
      ...new Set(
        descriptions
          .flatMap(({ remarks }) => remarks)
          .filter((remark) => machine.cores.length === 0 || !remark.endsWith(TELLS_CORES)),
      ),
    ],
  };
}
