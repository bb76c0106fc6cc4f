/**
 * Tools that show a resident set size, and the file that each takes it from. Measured in November 2026 by
 * planting different figures under one process, but where it says read: from the tool's source.
 */

export interface Tool {
  readonly tool: string;
  /** Versions tried. */
  readonly versions: string;
  /** As the tool names the figure; empty where it has one alone. */
  readonly figure: string;
  /** The reader's name in src/kernel/readers.ts. */
  readonly reader: string;
  readonly how: 'measured' | 'read';
}

type Line = readonly [tool: string, versions: string, figure?: string, how?: 'read'];

const BY_READER: Readonly<Record<string, readonly Line[]>> = {
  stat: [
    ['atop', '2.8.1, 2.11.1', 'RSIZE'],
    ['pidstat', '12.6.1, 12.7.5', 'RSS'],
    ['busybox ps', '1.35, 1.37', 'rss'],
    ['monit', '5.33.0'],
    ['collectd', '5.12.0'],
    ['conky', '1.18.3'],
    ['net-snmp', '5.9.3', 'hrSWRunPerfMem'],
    ['process-exporter', '0.7.10, 0.8.5', 'resident'],
    ['Prometheus client_golang', 'node-exporter 1.5.0', 'process_resident_memory_bytes'],
    ['Node.js', '20 to 26', 'process.memoryUsage().rss'],
    ['pidusage', '4.1.0'],
    ['PM2', '7.0.4', 'max_memory_restart'],
    ['earlyoom', '1.8.2', 'VmRSS'],
    ['Slurm jobacct_gather/linux', '22.05', 'MaxRSS'],
  ],
  statm: [
    ['top', 'procps 4.0.2, 4.0.4', 'RES'],
    ['htop', '3.2.2, 3.4.1', 'RES'],
    ['psutil', '5.9.4', 'memory_info().rss'],
    ['glances', '3.3.1.1'],
    ['earlyoom', '1.7', 'VmRSS'],
  ],
  status: [
    ['ps', 'procps 4.0.2, 4.0.4', 'rss, %mem'],
    ['check_procs', '2.3.3'],
    ['systeminformation', '5.33.23', 'by ps'],
    ['prom-client', '15.1.3', 'process_resident_memory_bytes'],
    ['zabbix agent, agent2', '6.0.14'],
    ['nohang', '0.2.0'],
    ['superlance memmon', 'not tried', '', 'read'],
    ['netdata apps.mem', '1.37.1', 'VmRSS - RssFile - RssShmem'],
  ],
  smaps_rollup: [
    ['pmap -x, -X', 'procps 4.0.2', 'Rss'],
    ['smem', '1.5'],
    ['ps', 'procps 4.0.2', 'pss, uss'],
    ['psutil', '5.9.4', 'memory_full_info().uss, pss'],
    ['process-exporter', '0.8.5', 'proportionalResident'],
  ],
  ru_maxrss: [
    ['GNU time', '1.9', '%M'],
    ['Node.js', '20 to 26', 'resourceUsage().maxRSS'],
  ],
  'memory.current': [['systemd-oomd', '252', '', 'read']],
};

export const TOOLS: readonly Tool[] = Object.entries(BY_READER).flatMap(([reader, lines]) =>
  lines.map(
    ([tool, versions, figure = '', how]): Tool => ({
      tool,
      versions,
      figure,
      reader,
      how: how ?? 'measured',
    }),
  ),
);
