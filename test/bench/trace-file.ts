/** A kernel's trace of `rss_stat` as large as is asked for: processes whose members grow and shrink. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { MEMBERS } from '../../src/kernel/rss-stat.ts';
import type { TraceForm } from '../../src/recorded/trace/event.ts';
import { TRACE_TYPES } from '../../src/recorded/trace/rss-stat-line.ts';
import { below, seedRandom } from '../../src/workload/contract/random.ts';

interface TraceShape {
  readonly form: TraceForm;
  readonly lines: number;
  readonly processes: number;
  readonly cpus: number;
}

const THREADS = 8;
const PAGE = 4096;

/** Characters gathered between two writes. */
const WRITTEN_AT_ONCE = 1 << 20;

const HEAD: Readonly<Record<TraceForm, string>> = {
  ftrace: '# tracer: nop\n#\n',
  'trace-cmd': 'cpus=250\n',
  'perf-script': '',
};

/** "worker-3-4013    [017] ...1.  1627.069500: rss_stat: ", as each tool pads it. */
function headOf(form: TraceForm, comm: string, tid: number, cpu: number, micros: number): string {
  const at = `[${`${cpu}`.padStart(3, '0')}]`;
  const seconds = `${Math.floor(micros / 1e6)}`.padStart(5);
  const when = `${seconds}.${`${micros % 1e6}`.padStart(6, '0')}`;
  if (form === 'perf-script') {
    return `${comm.padStart(16)} ${`${tid}`.padStart(5)} ${at} ${when}:            kmem:rss_stat: `;
  }
  const task = `${comm.padStart(16)}-${`${tid}`.padEnd(7)}`;
  return form === 'ftrace'
    ? `${task} ${at} ...1. ${when}: rss_stat: `
    : `${task} ${at} ${when}: rss_stat:             `;
}

/** Three of five changes are single pages; the rest fault-around, folios, huge pages and unmaps. */
const GROWTH = [1, 1, 1, 1, 1, 1, 16, 8, 4, 512];

/** Writes the trace, by one seed always the same. */
export function writeTraceFile(path: string, { form, lines, processes, cpus }: TraceShape): void {
  const random = seedRandom(1);
  const sizes = Array.from({ length: processes }, () => MEMBERS.map(() => 0));
  const file = openSync(path, 'w');
  let text = HEAD[form];
  let micros = 1_627_069_500;
  for (let line = 0; line < lines; line++) {
    const process = below(random, processes);
    const thread = below(random, THREADS);
    const draw = below(random, 100);
    const member = draw < 80 ? 1 : draw < 95 ? 0 : draw < 98 ? 3 : 2;
    const size = sizes[process]!;
    const held = size[member]!;
    const takes = held > 0 && below(random, 100) < Math.min(60, 20 + held / 1000);
    const change = takes ? -Math.min(held, 1 + below(random, 64)) : GROWTH[below(random, 10)]!;
    size[member] = held + change;
    micros += 1 + below(random, 5);
    const head = headOf(
      form,
      `worker-${process}`,
      4000 + THREADS * process + thread,
      below(random, cpus),
      micros,
    );
    const mm = (process + 1) * 190_000_017;
    text += `${head}mm_id=${mm} curr=1 type=${TRACE_TYPES[member]} size=${size[member]! * PAGE}B\n`;
    if (text.length > WRITTEN_AT_ONCE) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}
