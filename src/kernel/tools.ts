/**
 * Tools that show a resident set size, and the file that each takes it from. Measured in November 2026 by
 * planting different figures under one process, but where it says read: from the tool's source.
 */

import { InputError, quote } from '../errors.ts';
import { suggestion } from '../suggestion.ts';
import { READERS, type Reader } from './readers.ts';

interface Tool {
  /** What names its figure in --reader. */
  readonly word: string;
  readonly tool: string;
  /** Versions tried. */
  readonly versions: string;
  /** As the tool names the figure; empty where it has one alone. */
  readonly figure: string;
  /** The reader's name in src/kernel/readers.ts. */
  readonly reader: string;
  readonly how: 'measured' | 'read';
  /** How it is known: the planted figures, or the place in the tool's source. */
  readonly source: string;
}

const PLANTED = 'planted figures';

/** `source`: the place in the tool's source, where it was read and not tried. */
type Line = readonly [
  word: string,
  tool: string,
  versions: string,
  figure?: string,
  source?: string,
];

const PROC_STATUS = 'os::Linux::query_process_memory_info()';

const BY_READER: Readonly<Record<string, readonly Line[]>> = {
  stat: [
    ['atop', 'atop', '2.8.1, 2.11.1', 'RSIZE'],
    ['pidstat', 'pidstat', '12.6.1, 12.7.5', 'RSS'],
    ['busybox-ps', 'busybox ps', '1.35, 1.37', 'rss'],
    ['monit', 'monit', '5.33.0'],
    ['collectd', 'collectd', '5.12.0'],
    ['conky', 'conky', '1.18.3'],
    ['net-snmp', 'net-snmp', '5.9.3', 'hrSWRunPerfMem'],
    ['process-exporter', 'process-exporter', '0.7.10, 0.8.5', 'resident'],
    [
      'client_golang',
      'Prometheus client_golang',
      'node-exporter 1.5.0',
      'process_resident_memory_bytes',
    ],
    ['node', 'Node.js', '20 to 26', 'memoryUsage().rss'],
    ['pidusage', 'pidusage', '4.1.0'],
    ['pm2', 'PM2', '7.0.4', 'max_memory_restart'],
    ['earlyoom', 'earlyoom', '1.8.2', 'VmRSS'],
    ['slurm', 'Slurm jobacct_gather/linux', '22.05', 'MaxRSS'],
  ],
  statm: [
    ['top', 'top', 'procps 4.0.2, 4.0.4', 'RES'],
    ['htop', 'htop', '3.2.2, 3.4.1', 'RES'],
    ['psutil', 'psutil', '5.9.4', 'memory_info().rss'],
    ['glances', 'glances', '3.3.1.1'],
    ['earlyoom-1.7', 'earlyoom', '1.7', 'VmRSS'],
    ['gopsutil', 'gopsutil', '3, 4', 'MemoryInfo().RSS', 'fillFromStatm()'],
  ],
  VmRSS: [
    ['ps', 'ps', 'procps 4.0.2, 4.0.4', '-o rss, %mem'],
    ['check_procs', 'check_procs', '2.3.3'],
    ['systeminformation', 'systeminformation', '5.33.23', 'by ps'],
    ['prom-client', 'prom-client', '15.1.3', 'process_resident_memory_bytes'],
    ['zabbix', 'zabbix agent, agent2', '6.0.14'],
    ['nohang', 'nohang', '0.2.0'],
    ['memmon', 'superlance memmon', 'not tried', '', 'runs ps -o rss'],
    ['java', 'Java (OpenJDK)', '17 and later', 'JFR ResidentSetSize.size, VM.info', PROC_STATUS],
  ],
  RssAnon: [['netdata', 'netdata apps.mem', '1.37.1', 'VmRSS - RssFile - RssShmem']],
  VmHWM: [['java:peak', 'Java (OpenJDK)', '17 and later', 'JFR ResidentSetSize.peak', PROC_STATUS]],
  smaps_rollup: [
    ['pmap', 'pmap -x, -X', 'procps 4.0.2', 'Rss'],
    ['smem', 'smem', '1.5'],
    ['ps:pss', 'ps', 'procps 4.0.2', '-o pss, uss'],
    ['psutil:uss', 'psutil', '5.9.4', 'memory_full_info().uss, pss'],
    ['process-exporter:pss', 'process-exporter', '0.8.5', 'proportionalResident'],
  ],
  ru_maxrss: [
    ['time', 'GNU time', '1.9', '%M'],
    ['node:maxrss', 'Node.js', '20 to 26', 'resourceUsage().maxRSS'],
    ['go', 'Go', '1.20 and later', 'syscall.Getrusage(), Rusage.Maxrss', 'the system call'],
  ],
  'memory.current': [
    ['systemd-oomd', 'systemd-oomd', '252', '', 'oomd-util.c, oomd_cgroup_context_acquire()'],
    [
      'cadvisor',
      'cAdvisor, kubelet',
      'not tried',
      'container_memory_working_set_bytes',
      'libcontainer/handler.go, setMemoryStats()',
    ],
  ],
};

export const TOOLS: readonly Tool[] = Object.entries(BY_READER).flatMap(([reader, lines]) =>
  lines.map(
    ([word, tool, versions, figure = '', source]): Tool => ({
      ...{ word, tool, versions, figure, reader },
      how: source === undefined ? 'measured' : 'read',
      source: source ?? PLANTED,
    }),
  ),
);

/** nearest, down: of the last digit that is shown; either: not known which. */
export type Rounding = 'nearest' | 'down' | 'either';

/**
 * How a tool cuts what it shows in a unit larger than a page, where its source was read: scale_mem() of top,
 * Row_printKBytes() of htop, kill_process() of earlyoom.
 */
const ROUNDS: Readonly<Record<string, Rounding>> = {
  ...{ top: 'nearest', htop: 'down', earlyoom: 'down', 'earlyoom-1.7': 'down' },
};

export function roundingOf({ word }: WhoReads): Rounding {
  return ROUNDS[word] ?? 'either';
}

/**
 * Tools whose plain numbers are KiB, as their manual pages say: ps(1) rss, top(1) RES, htop(1) RES, pidstat(1) RSS,
 * pmap(1) -x, time(1) %M.
 */
const IN_KIB = ['ps', 'ps:pss', 'top', 'htop', 'pidstat', 'pmap', 'time'];

export function printsKib({ word }: WhoReads): boolean {
  return IN_KIB.includes(word);
}

/** Who reads a figure, and from where. */
export interface WhoReads {
  /** As --reader takes it. */
  readonly word: string;
  /** As a head of a table has it: "ps -o rss", "/proc/PID/statm". */
  readonly label: string;
  readonly reader: Reader;
  /** Null: the file itself. */
  readonly tool: Tool | null;
}

/** Words of --reader: the readers themselves, then the tools. */
export const READER_WORDS: readonly string[] = [
  ...READERS.map(({ name }) => name),
  ...TOOLS.map(({ word }) => word),
];

const ALIASES: Readonly<Record<string, string>> = {
  status: 'VmRSS',
  smaps: 'smaps_rollup',
  oom: 'oom-report',
  maxrss: 'ru_maxrss',
  res: 'top',
  rss: 'ps',
};

const labelOf = ({ tool, figure }: Tool) =>
  [tool.replace(/,.*/, ''), figure.replace(/,.*/, '')].filter((word) => word !== '').join(' ');

/**
 * The file or the tool of a word of --reader, whatever its case.
 * @throws InputError that names the nearest, and what lists all.
 */
export function whoReads(text: string, flag: string): WhoReads {
  const lower = text.toLowerCase();
  const meant = (ALIASES[lower] ?? text).toLowerCase();
  const reader = READERS.find(({ name }) => name.toLowerCase() === meant);
  if (reader !== undefined) {
    const [label = ''] = reader.reads.split(': ');
    return { word: reader.name, label, reader, tool: null };
  }
  const tool = TOOLS.find(({ word }) => word.toLowerCase() === meant);
  if (tool !== undefined) {
    const of = READERS.find(({ name }) => name === tool.reader)!;
    return { word: tool.word, label: labelOf(tool), reader: of, tool };
  }
  throw new InputError(
    `${flag} ${text}: unknown reader ${quote(text)}: ${suggestion(text, READER_WORDS, 'rss-err readers')}`,
  );
}
