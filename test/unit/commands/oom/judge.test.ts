/** The OOM killer's rules, each with its source, and the verdicts that follow from what a table shows. */
import { describe, expect, it } from 'vitest';
import { type Given, judgeReport } from '../../../../src/commands/oom/study.ts';
import { parseRelease } from '../../../../src/kernel/releases.ts';
import { parseScheme } from '../../../../src/schemes/registry.ts';
import { flatMachine } from '../../../support/machines.ts';
import { type LoggedEvent, type LoggedTask, logged, reportsOf } from '../../../support/oom-logs.ts';

const NOTHING: Given = {
  ...{ kernel: null, scheme: null, topology: null, cpus: null, pageSize: null },
  threads: { all: null, of: new Map() },
};

function judge(event: LoggedEvent, given: Partial<Given> = {}, edit = (log: string) => log) {
  const [report, ...more] = reportsOf(edit(logged(event)));
  expect(more).toEqual([]);
  return judgeReport(report!, 1, { ...NOTHING, ...given }, new Set());
}

/** By precise sums what is shown decides alone. */
const precise = (tasks: readonly LoggedTask[], victim: number, release = '7.0.4') =>
  judge({ release, tasks, victim });

const a = { pid: 10, name: 'a', anon: 5000 };
const b = { pid: 11, name: 'b', anon: 5000 };

describe('the rules', () => {
  it('of equals the later is chosen: oom_evaluate_task(), `points < chosen_points`, since 5.3', () => {
    expect(precise([a, b], 11).verdict).toBe('certain');
    expect(precise([a, b], 10)).toMatchObject({ verdict: 'contradicted', follows: { pid: 11 } });
  });

  it('before 5.3 the earlier, a leader: "Prefer thread group leaders", until f168a9a54ec3', () => {
    const given = { scheme: parseScheme('atomic') };
    const at = (release: string, victim: number) =>
      judge({ release, tasks: [a, b], victim }, given).verdict;
    expect([at('5.2.0', 10), at('5.2.0', 11)]).toEqual(['certain', 'contradicted']);
    expect([at('5.3.0', 10), at('5.3.0', 11)]).toEqual(['contradicted', 'certain']);
  });

  it('OOM_SCORE_ADJ_MIN is listed and never chosen: oom_badness(), LONG_MIN', () => {
    const protectedTask = { pid: 9, name: 'p', anon: 90_000, adj: -1000 };
    const { verdict, tasks } = precise([protectedTask, a], 10);
    expect(verdict).toBe('certain');
    expect(tasks[0]).toMatchObject({ role: 'never', points: null, truePoints: null });
  });

  it('-999 can be chosen, with points below 0: 9066e5cfb73c, 5.9', () => {
    const low = { ...a, adj: -999 };
    const lower = { ...b, anon: 4000, adj: -999 };
    const { verdict, tasks } = precise([low, lower], 10);
    expect(verdict).toBe('certain');
    expect(tasks[0]?.points).toBe(5000 + 2000 - 999 * 500);
  });

  it('before 5.9 points are 1 at least, so that the order decides', () => {
    const given = { scheme: parseScheme('atomic') };
    const tasks = [
      { ...a, adj: -999 },
      { ...b, anon: 4000, adj: -999 },
    ];
    const { follows, tasks: rows } = judge({ release: '5.8.0', tasks, victim: 11 }, given);
    expect(follows).toEqual({ pid: 11, name: 'b' });
    expect(rows.map(({ points }) => points)).toEqual([1, 1]);
  });

  it("oom_score_adj's share: `adj *= totalpages / 1000`, the division first", () => {
    const edit = (log: string) => log.replace('500000 pages RAM', '500999 pages RAM');
    const tasks = [{ ...a, adj: 3 }, b];
    const { tasks: rows } = judge({ release: '7.0.4', tasks, victim: 10 }, {}, edit);
    expect(rows[0]?.points).toBe(5000 + 2000 + 3 * 500);
  });

  it('page tables and swap entries count: `mm_pgtables_bytes(p->mm) / PAGE_SIZE`', () => {
    const tasks = [
      { ...a, tableBytes: 4096 * 7 + 256, swap: 11 },
      { ...b, anon: 5017, tableBytes: 0 },
    ];
    const { tasks: rows } = precise(tasks, 10);
    expect(rows.map(({ points }) => points)).toEqual([5018, 5017]);
  });

  it('root is forgiven 3% until 4.16: d46078b28889', () => {
    const given = { scheme: parseScheme('atomic') };
    const tasks = [
      { ...a, uid: 0 },
      { ...b, anon: 4900 },
    ];
    const at = (release: string) => judge({ release, tasks, victim: 11 }, given).follows?.name;
    expect([at('4.16.0'), at('4.17.0')]).toEqual(['b', 'a']);
  });

  it('one whose leader has gone is named by the leader: find_lock_task_mm() lists a living thread', () => {
    const gone = { pid: 20, tgid: 15, name: 'gone', anon: 9000 };
    const { verdict, chosen } = precise([a, gone], 15);
    expect({ verdict, chosen }).toEqual({ verdict: 'certain', chosen: { pid: 20, name: 'gone' } });
  });

  it('zero pages can be chosen where nobody has more', () => {
    const nothing = { anon: 0, tableBytes: 0 };
    expect(
      precise(
        [
          { ...a, ...nothing },
          { ...b, ...nothing },
        ],
        11,
      ).verdict,
    ).toBe('certain');
  });
});

describe('an interval', () => {
  const at = (tasks: readonly LoggedTask[], victim: number, cpus: number) =>
    judge({ tasks, victim }, { cpus });

  it('spans the bound of each member, a clamped one up to the whole of it', () => {
    const batch = 32;
    const bound = (batch - 1) * 4;
    const { tasks } = at([{ ...a, file: 0, shmem: 0 }], 10, 4);
    expect(tasks[0]?.resident).toEqual({ low: 5000 - bound, high: 5000 + 3 * bound });
  });

  it('is cut at total_vm', () => {
    const { tasks } = at([{ ...a, totalVm: 5001 }], 10, 64);
    expect(tasks[0]?.resident.high).toBe(5001);
  });

  it('has no more anonymous pages than the page tables have entries', () => {
    const edit = (log: string) => log;
    const { tasks } = judge(
      { tasks: [{ ...a, tableBytes: 11 * 4096 }], victim: 10 },
      { cpus: 64 },
      edit,
    );
    // 64 CPUs: 127 pages on each, of two members that show 0.
    expect(tasks[0]?.resident.high).toBe(11 * 512 + 2 * 127 * 64);
  });

  it('has half as many pages a table where the kernel may be a 32-bit one', () => {
    const edit = (log: string) => log.replace('Node 0 DMA32', 'Node 0 DMA');
    const task = { ...a, tableBytes: 11 * 4096, totalVm: 100_000 };
    const { tasks } = judge({ tasks: [task], victim: 10 }, { cpus: 64 }, edit);
    expect(tasks[0]?.resident.high).toBe(
      5000 + 3 * 127 * 64 - Math.max(0, 5000 + 8128 - 11 * 1024),
    );
  });
});

describe('swap entries', () => {
  // 64 CPUs: a counter of 127 pages on each may hide 8,128.
  const highOf = (lines: string, edit = (log: string) => log) => {
    const { tasks } = judge(
      { tasks: [{ ...a, totalVm: 5000, swap: 9 }], victim: 10, between: [lines] },
      { cpus: 64 },
      edit,
    );
    return tasks[0]!.truePoints!.high - 5000 - 2000;
  };
  const withSwap = (log: string) => log.replace('Total swap = 0kB', 'Total swap = 4000000kB');
  const silent = (log: string) => log.replace('Total swap = 0kB\n', '');

  it('are no more than swap is in use', () => {
    expect(highOf('')).toBe(0);
    expect(highOf('Free swap  = 3999600kB', withSwap)).toBe(100);
    expect(highOf('', withSwap)).toBe(9 + 8128);
    expect(highOf('', silent)).toBe(9 + 8128);
    expect(highOf('swap: usage 80kB, limit 9007199254740988kB, failcnt 0', silent)).toBe(20);
  });
});

describe('a verdict', () => {
  const c = { pid: 12, name: 'c', anon: 9000 };

  it('is certain as long as no interval reaches the chosen one', () => {
    // Four CPUs: 124 pages a member, so 372 over and 124 under: 5000 + 372 against 5500 - 124.
    const at = (anon: number) => judge({ tasks: [a, { ...b, anon }], victim: 11 }, { cpus: 4 });
    expect(at(5497).verdict).toBe('certain');
    expect(at(5496)).toMatchObject({ verdict: 'certain', rivals: 0 });
    expect(at(5495)).toMatchObject({ verdict: 'uncertain', rivals: 1 });
  });

  it('tells from which size of a machine on it is uncertain', () => {
    const { verdict, uncertainFrom, cpus } = judge({ tasks: [a, c], victim: 12 });
    expect({ verdict, cpus }).toMatchObject({ verdict: 'uncertain', cpus: { from: 2, to: 8192 } });
    const n = uncertainFrom.cpus!;
    const at = (size: number) => judge({ tasks: [a, c], victim: 12 }, { cpus: size }).verdict;
    expect([at(n - 1), at(n)]).toEqual(['certain', 'uncertain']);
  });

  it('tells from how many threads on it is uncertain, of those that are not given', () => {
    const event = { release: '6.1.0', tasks: [a, c], victim: 12 };
    const { verdict, uncertainFrom } = judge(event);
    expect(verdict).toBe('certain');
    const n = uncertainFrom.threads!;
    const at = (all: number) => judge(event, { threads: { all, of: new Map() } }).verdict;
    expect([at(n - 1), at(n)]).toEqual(['certain', 'uncertain']);
    const of = new Map([['a', 300]]);
    expect(judge(event, { threads: { all: 1, of } })).toMatchObject({
      verdict: 'uncertain',
      uncertainFrom: { threads: null },
    });
  });

  it.each([
    [
      'killed-before',
      (report: ReturnType<typeof reportsOf>[0]) => judgeReport(report, 2, NOTHING, new Set([12])),
    ],
    [
      'origin-task',
      (report: ReturnType<typeof reportsOf>[0]) => judgeReport(report, 2, NOTHING, new Set()),
    ],
  ] as const)('contradicted has its reasons: %s', (reason, judged) => {
    const [report] = reportsOf(logged({ release: '7.0.4', tasks: [a, c], victim: 10 }));
    expect(judged(report!)).toMatchObject({ verdict: 'contradicted' });
    expect(judged(report!).reasons).toContain(reason);
  });

  it('contradicted: vm.oom_kill_allocating_task, a child in vfork, a table read a moment later', () => {
    const allocating = judge({ release: '7.0.4', tasks: [a, c], victim: 10 }, {}, (log) =>
      log.replace('Out of memory:', 'Out of memory (oom_kill_allocating_task):'),
    );
    expect(allocating.reasons).toEqual(['allocating-task']);
    const child = { ...a, pid: 13, name: 'child' };
    expect(precise([a, child], 10).reasons).toContain('shared-figures');
    expect(precise([a, { ...c, anon: 5100 }], 10).reasons).toContain('read-later');
  });

  it('unjudged: no table, no victim in it, no total', () => {
    const reasons = (edit: (log: string) => string, adj = 0) =>
      judge({ release: '7.0.4', tasks: [{ ...a, adj }, c], victim: 12 }, {}, edit).reasons;
    expect(reasons((log) => log.replace(/^\[ .*\n/gm, ''))).toEqual(['no-table']);
    expect(reasons((log) => log.replace(/^\[ +12\].*\n/gm, ''))).toEqual(['victim-not-in-table']);
    const withoutTotal = (log: string) => log.replace(/^\d+ pages .*\n/gm, '');
    expect(reasons(withoutTotal, 5)).toEqual(['total-unknown']);
    expect(reasons(withoutTotal, 0)).toEqual([]);
  });
});

describe('the memory that oom_score_adj is a share of', () => {
  const totalOf = (lines: string, edit = (log: string) => log) =>
    judge({ tasks: [a], victim: 10, between: lines === '' ? [] : lines.split('\n') }, {}, edit)
      .totalPages;

  it('is RAM and swap: constrained_alloc()', () => {
    expect(totalOf('')).toBe(500_000);
    expect(totalOf('', (log) => log.replace('swap = 0kB', 'swap = 4096kB'))).toBe(501_024);
    expect(totalOf('', (log) => log.replace('0 pages reserved', '999 pages reserved'))).toBe(
      499_001,
    );
  });

  it("is a cgroup's limit and the swap that it may have: mem_cgroup_get_max()", () => {
    const limit = 'memory: usage 400kB, limit 4096kB, failcnt 1';
    expect(totalOf(limit)).toBe(1024);
    const edit = (log: string) => log.replace('Total swap = 0kB\n', '');
    expect(totalOf(`${limit}\nswap: usage 0kB, limit 8kB, failcnt 0`, edit)).toBe(1026);
    const unlimited = `${limit}\nswap: usage 0kB, limit 9007199254740988kB, failcnt 0`;
    expect(totalOf(unlimited, edit)).toBe(1024);
    expect(totalOf(`${limit}\nmemory+swap: usage 0kB, limit 4104kB, failcnt 0`, edit)).toBe(1026);
  });

  it("is the allowed nodes' pages: node_present_pages(), of a cpuset and of a mempolicy", () => {
    const zones = [0, 1]
      .map(
        (node) => `Node ${node} Normal free:1kB min:1kB present:${4000 * (node + 1)}kB managed:1kB`,
      )
      .join('\n');
    const constrained = (kind: string, masks: string) => (log: string) =>
      log.replace(/constraint=.*cpuset=\/,mems_allowed=0/, `constraint=${kind},${masks}`);
    const cpuset = constrained('CONSTRAINT_CPUSET', 'nodemask=(null),cpuset=a,mems_allowed=1');
    expect(totalOf(zones, cpuset)).toBe(2000);
    const policy = constrained('CONSTRAINT_MEMORY_POLICY', 'nodemask=0,cpuset=/,mems_allowed=0-1');
    expect(totalOf(zones, policy)).toBe(1000);
    expect(totalOf('', cpuset)).toBe(500_000);
  });
});

describe('which kernel', () => {
  it.each([
    ['2.6.32', 'atomic', 'approximate'],
    ['5.10.0-28-amd64', 'per-thread', 'approximate'],
    ['5.14.0-503.11.1.el9_5.x86_64', 'per-cpu', 'approximate'],
    ['6.1.0-56-amd64', 'per-thread', 'approximate'],
    ['6.2.0', 'per-cpu', 'approximate'],
    ['6.19.14', 'per-cpu', 'approximate'],
    ['7.0-rc1', 'per-cpu', 'precise'],
    ['7.3.4', 'per-cpu', 'precise'],
  ] as const)('%s: %s, %s', (release, scheme, sums) => {
    const { scheme: by, sums: of, kernel } = judge({ release, tasks: [a], victim: 10 });
    expect([by, of, kernel.from]).toEqual([scheme, sums, 'log']);
  });

  it('--kernel and --scheme win over the log', () => {
    const event = { release: '7.0.4', tasks: [a], victim: 10 };
    expect(judge(event, { kernel: parseRelease('6.1.0') })).toMatchObject({
      ...{
        scheme: 'per-thread',
        sums: 'approximate',
        kernel: { release: '6.1.0', from: 'option' },
      },
    });
    expect(judge(event, { scheme: parseScheme('tree'), cpus: 250 })).toMatchObject({
      ...{ scheme: 'tree', sums: 'approximate' },
    });
  });

  it('where nobody says it, the columns do, by the counters that are furthest off', () => {
    const silent = (log: string) => log.replace(/^CPU: .*\n/gm, '');
    expect(judge({ tasks: [a], victim: 10 }, {}, silent)).toMatchObject({
      ...{ scheme: 'per-cpu', sums: 'approximate', kernel: { release: null, from: 'columns' } },
    });
  });
});

it('a row that shows more than its page tables can hold has no interval with its ends swapped', () => {
  const impossible = { ...a, anon: 90_000, tableBytes: 4096 };
  const { tasks } = judge({ tasks: [b, impossible], victim: 10 }, { cpus: 1 });
  // What one page of tables maps, and what file and shmem may hide on one CPU.
  const most = 512 + 2 * 31;
  expect(tasks[1]?.resident).toEqual({ low: most, high: most });
});

it('a thread that "Kill process" names is of the process that "Killed process" names', () => {
  const old = (log: string) =>
    log
      .replace(/^oom-kill:.*\n/m, '')
      .replace(
        'Out of memory: ',
        'Out of memory: Kill process 12 (b) score 9 or sacrifice child\n',
      );
  const { verdict, chosen } = judge({ tasks: [a, { ...b, anon: 90_000 }], victim: 11 }, {}, old);
  expect({ verdict, chosen }).toMatchObject({ verdict: 'uncertain', chosen: { pid: 11 } });
});

it('pages are as large as asked for, else as the log, else as the machine that is given says', () => {
  const topology = { ...flatMachine(4), pageSize: 16_384 } as const;
  const event = { tasks: [a, b], victim: 11 };
  const of64 = (log: string) => log.replace('1*4kB (U) 0*8kB', '1*64kB (U) 0*128kB');
  const silent = (log: string) =>
    log.replace(/^Node 0 DMA32.*\n/m, '').replace(/total-vm:\d+kB/, 'total-vm:1kB');
  expect(judge(event, { topology }, of64).pageSize).toEqual({ bytes: 65_536, known: true });
  expect(judge(event, { topology }, silent).pageSize).toEqual({ bytes: 16_384, known: true });
  expect(judge(event, {}, silent).pageSize).toEqual({ bytes: 4096, known: false });
  const asked = { topology, pageSize: 4096 };
  expect(judge(event, asked, of64).pageSize).toEqual({ bytes: 4096, known: true });
});

describe('rows that are missing', () => {
  const far = { ...b, anon: 90_000 };
  const cut = (log: string) => log.replace(/(] 1 10 1000000 50)00 .* a$/m, '$1');

  it('could be any task: no choice by approximate sums is certain without them', () => {
    const given = { cpus: 4 };
    expect(judge({ tasks: [a, far], victim: 11 }, given).verdict).toBe('certain');
    expect(judge({ tasks: [a, far], victim: 11 }, given, cut)).toMatchObject({
      ...{ verdict: 'uncertain', reasons: ['rows-missing'], rivals: 0, mostLost: 0, brokenRows: 1 },
    });
  });

  it('by precise sums had no more', () => {
    const event = { release: '7.0.4', tasks: [a, far], victim: 11 };
    expect(judge(event, {}, cut)).toMatchObject({ verdict: 'certain', brokenRows: 1 });
  });
});
