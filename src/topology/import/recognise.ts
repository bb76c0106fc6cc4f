/** Which form a description has, by its content alone. */
import { InputError, quote } from '../../errors.ts';
import { compressionOf } from '../../input/compressed.ts';
import { type Form, READ_FORMS } from './forms.ts';
import { type Section, sectionsOf } from './pasted.ts';

type Container = 'gzip' | 'tar' | 'text';

/** Where a tar header says "ustar" (POSIX.1-2017, pax, Header Block; GNU tar too). */
const TAR_MAGIC_AT = 257;

/** @throws InputError where the bytes are compressed in a way that is not read. */
export function containerOf(bytes: Uint8Array): Container {
  const compression = compressionOf(bytes);
  if (compression?.name === 'gzip') return 'gzip';
  if (compression !== null) {
    const { name, tool } = compression;
    throw new InputError(
      `is compressed with ${name}, which is not read: expand it first (${tool}), or use gzip`,
    );
  }
  const magic = bytes.subarray(TAR_MAGIC_AT, TAR_MAGIC_AT + 5);
  return Buffer.from(magic).toString('latin1') === 'ustar' ? 'tar' : 'text';
}

/** "pack:2 core:4 pu:2", "(memory=4GB) [numa] pu:8"; bare counts such as "4 2" only with --from. */
const SYNTHETIC = /^(?:\([^)]*\)\s*)?(?:\[[^\]]*\]\s*)*[a-z]\w*:\d/i;

/** "-smp 8,sockets=2", or a command line that has it. */
const QEMU_OPTION = /(?:^|\s)-{1,2}(?:smp|numa)[\s=]/;

/** The words behind -smp, "8,sockets=2" or "cores=4"; wrong values are for the importer to name. */
const QEMU_WORDS =
  /^\s*(?:\d+,\w+=|cpus=|(?:[^\s,=/]*(?:=[^\s,/]*)?,)*(?:drawers|books|sockets|dies|clusters|modules|cores|threads|maxcpus)=)/;

const isQemu = (text: string) => QEMU_OPTION.test(text) || QEMU_WORDS.test(text);

/** "[user@box ~]$" and "[    0.123456] smp" begin with a bracket too. */
const JSON_TEXT = /^(?:\{|\[\s*(?:$|[[{"\]]|-?\d{1,20}\s*(?:[,\]]|$)|true\b|false\b|null\b))/;

const INSTEAD = 'give lscpu -e -J';

const NO_MACHINE = `which describes no machine: ${INSTEAD}`;

/** What people have at hand and what tells too little or is not read, with what to give instead. */
const NEARLY: readonly (readonly [pattern: RegExp, words: string])[] = [
  [
    /^processor\s*:\s*\d/m,
    `a copy of /proc/cpuinfo, which tells neither nodes nor off-line CPUs: ${INSTEAD}`,
  ],
  [/^Machine(?: \(|\s*$)/m, 'drawn by lstopo: give lstopo --of xml'],
  [/^physcpubind:/m, 'of numactl --show: give numactl --hardware'],
  [
    /^(?:\d{1,7}(?:,\d{0,7}){2,40}\s*?\n){2}/,
    'rows of numbers, as of lscpu -p, without the comment that names their columns: give all its lines',
  ],
  [
    /^\{[\s\S]{0,2000}"num_cores"\s*:/,
    `cAdvisor's description of a machine, which is not read: ${INSTEAD}`,
  ],
  [
    /^(?:HWThread\s+Thread\s+Core|Hardware Thread Topology)/m,
    `printed by likwid-topology, which is not read: ${INSTEAD}`,
  ],
  [
    /^(?:# dmidecode \d|SMBIOS \d[\d.]* present|Handle 0x[\dA-F]{4}, DMI type)/m,
    `printed by dmidecode, which counts cores and does not tell CPUs: ${INSTEAD}`,
  ],
  [
    /^\s{0,8}[^\x20-\x7e][^\n:：]{0,40}[:：]\s{0,60}(?:x86_64|i[3-6]86|aarch64|armv\w{1,4}|ppc64(?:le)?|s390x|riscv64|loongarch64)\s*$/m,
    "lscpu's summary in another language: give that of LC_ALL=C lscpu",
  ],
  [
    /^(?:Architektur|Arquitectura|Arquitetura|Architettura|Architektura)\s{0,4}:/m,
    "lscpu's summary in another language: give that of LC_ALL=C lscpu",
  ],
  [/^\{[\s\S]{0,2000}"traceEvents"\s*:|^packet \{/, `a trace of Perfetto, ${NO_MACHINE}`],
  [
    /^ {0,20}\d{1,20}\.\d{1,9} \( {0,20}(?:\d{1,20}\.\d{1,9} ms)?\): \S/m,
    `a trace of perf, ${NO_MACHINE}`,
  ],
  [
    /^# (?:tracer: |\S{1,40} latency trace)|^\S{0,40}:? ?latency: \d+ us|\brss_stat: /m,
    `a trace for replay, ${NO_MACHINE}`,
  ],
];

/** The form of a short text that may be words of the command line; null where it is not. */
export function wordsForm(text: string): 'qemu' | 'synthetic' | null {
  if (isQemu(text)) return 'qemu';
  return SYNTHETIC.test(text.trim()) ? 'synthetic' : null;
}

/** What a message quotes of a text: enough to know it by. */
function firstWords(start: string): string {
  const line = start.slice(0, start.search(/[\r\n]|$/));
  return line.length <= 20 ? line : `${line.slice(0, 20)}…`;
}

/** Of what is looked at to know a text by. */
const START = 65_536;

/**
 * The form of a text in which there is no output of a tool, or of which the first character says enough.
 * @throws InputError that lists what is read where the text is none of it.
 */
function wholeForm(start: string): 'json' | 'synthetic' | 'qemu' {
  const near = NEARLY.find(([pattern]) => pattern.test(start));
  if (near !== undefined) throw new InputError(`is ${near[1]}`);
  if (isQemu(start)) return 'qemu';
  if (SYNTHETIC.test(start)) return 'synthetic';
  if (JSON_TEXT.test(start)) return 'json';
  throw new InputError(`begins with ${quote(firstWords(start))}: expected ${READ_FORMS}`);
}

/** hwloc's XML without what is pasted behind it. */
function withoutRest(text: string): string {
  const end = text.lastIndexOf(ROOT_END);
  const rest = text.slice(end + ROOT_END.length, end + ROOT_END.length + START);
  return end === -1 || rest.includes('<') ? text : text.slice(0, end + ROOT_END.length);
}

const ROOT_END = '</topology>';

/** A text of one form, or the outputs in one; its own form is alone. */
type Recognised = readonly (Omit<Section, 'form'> & {
  readonly form: Exclude<Form, 'sysfs'>;
})[];

/**
 * The forms in a text, at least one; of the form that the user says, where it is said.
 * @throws InputError that lists what is read where the text is none of it.
 */
export function recogniseText(
  text: string,
  wanted: Exclude<Form, 'sysfs'> | null = null,
): Recognised {
  const whole = (form: Exclude<Form, 'sysfs'>) => [{ form, line: 1, text }];
  const first = Math.max(0, text.search(/[^\s\uFEFF]/));
  const start = text.slice(first, first + START);
  if (wanted === null && start.trim() === '') {
    throw new InputError(`is empty: expected ${READ_FORMS}`);
  }
  if (start.startsWith('<') && (wanted ?? 'hwloc-xml') === 'hwloc-xml') {
    return [{ form: 'hwloc-xml', line: 1, text: withoutRest(text) }];
  }
  const sections = sectionsOf(text).filter(({ form }) => form === (wanted ?? form));
  const observed = sections.filter((section) => section.form !== 'qemu' && hasCpus(section));
  if (observed.length > 0) return observed;
  // A script that starts a guest is read whole: its options may be on many lines.
  if (sections.length > 0) return sections[0]!.form === 'qemu' ? whole('qemu') : sections;
  return whole(wanted ?? wholeForm(start));
}

/** numactl on a machine without NUMA says so, and no more. */
const hasCpus = ({ text }: Section) => !text.trimStart().startsWith('No NUMA available');
