/** OOM reports out of every form of log, whole, cut, interleaved, and of every era. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withoutPrefixes } from '../../../src/recorded/oom/reader.ts';
import { logged, reportsOf } from '../../support/oom-logs.ts';

const golden = (name: string) =>
  readFileSync(new URL(`../../golden/oom/${name}.txt`, import.meta.url), 'utf8');

const text = golden('kernel-6.12-cpus-64-s1.1');
const messages = text
  .trimEnd()
  .split('\n')
  .map((line) => line.replace(/^\[ *\d+\.\d+\] /, ''));

const json = (message: string, key = 'MESSAGE') =>
  JSON.stringify({ [key]: message, PRIORITY: '4' });

/** What stands around a message in each kind of log. */
const FORMS: Readonly<Record<string, (message: string, i: number) => string>> = {
  'dmesg -t': (message) => message,
  dmesg: (message) => `[   58.412630] ${message}`,
  'dmesg -T': (message) => `[Sat Nov 28 06:44:11 2026] ${message}`,
  'dmesg -x': (message) => `kern  :warn  : [   58.412630] ${message}`,
  'dmesg -r': (message) => `<4>[   58.412630] ${message}`,
  'dmesg --time-format iso': (message) => `2026-11-28T06:44:11,412630+00:00 ${message}`,
  'dmesg --time-format reltime': (message) => `[Nov28 06:44] ${message}`,
  'dmesg --time-format delta': (message) => `[<    0.000012>] ${message}`,
  'dmesg --color': (message) => `\u001b[32m[   58.412630] \u001b[0m\u001b[33m${message}\u001b[0m`,
  'dmesg --json': (message) => `         "msg": ${JSON.stringify(message)}`,
  'with callers': (message) => `[   58.412630][  T778] ${message}`,
  '/dev/kmsg': (message, i) => `4,${1000 + i},58412630,-;${message}`,
  'journalctl -k': (message) => `Nov 28 06:44:11 host.example kernel: ${message}`,
  'journalctl -k -o short-iso': (message) => `2026-11-28T06:44:11+0000 host kernel: ${message}`,
  'journalctl -k -o short-precise': (message) => `Nov 28 06:44:11.412630 host kernel: ${message}`,
  'journalctl -k -o short-full': (message) => `Sat 2026-11-28 06:44:11 UTC host kernel: ${message}`,
  'journalctl -k -o short-unix': (message) => `1795848251.412630 host kernel: ${message}`,
  'journalctl -k -o cat': (message) => message,
  'journalctl -k -o verbose': (message) => `    MESSAGE=${message}`,
  'journalctl -k -o export': (message) => `MESSAGE=${message}`,
  'journalctl -k -o json': (message) => json(message),
  'journalctl -k -o json-sse': (message) => `data: ${json(message)}`,
  'journalctl -k -o json-pretty': (message) => `\t"MESSAGE" : ${JSON.stringify(message)},`,
  'journalctl -k -o json, bytes': (message) =>
    JSON.stringify({ PRIORITY: '4', MESSAGE: [...Buffer.from(message)] }),
  'kern.log': (message) => `Nov 28 06:44:11 host kernel: [   58.412630] ${message}`,
  'kern.log, rsyslog 8': (message) =>
    `2026-11-28T06:44:11.412630+00:00 host kernel: [   58.412630] ${message}`,
  'a serial console': (message) => `[   58.412630] ${message}\r`,
  'a quoted mail': (message) => `> > [   58.412630] ${message}`,
};

const [plain] = reportsOf(messages.join('\n'));

describe('a report is the same in', () => {
  it.each(Object.entries(FORMS))('%s', (_, form) => {
    expect(reportsOf(messages.map(form).join('\n'))).toEqual([plain]);
  });

  it('each form line by line mixed with lines of other things', () => {
    const between = messages.flatMap((message, i) => [
      `[   58.412630] ${message}`,
      `[   58.5] usb 1-${i}: new high-speed USB device number ${i}`,
      `Nov 28 06:44:11 host sshd[${i}]: Accepted publickey for root`,
    ]);
    const [report] = reportsOf(between.join('\n'));
    const { lastLine, saidAt } = plain!;
    expect({ ...report, firstLine: 1, lastLine, saidAt }).toEqual(plain);
  });
});

it('takes prefixes only from the front', () => {
  expect(withoutPrefixes('[1.5] a: [2.5] b')).toBe('a: [2.5] b');
});

describe('several reports', () => {
  it('are told apart, with the lines of each', () => {
    const reports = reportsOf(`${text}${golden('kernel-7.2-cpus-64-s2.1')}${text}`);
    expect(reports.map(({ release }) => release)).toEqual([
      '6.12.117+deb12-amd64',
      '7.2.13+deb14-amd64',
      '6.12.117+deb12-amd64',
    ]);
    expect(reports.map(({ firstLine, lastLine }) => [firstLine, lastLine])).toEqual([
      [1, 74],
      [76, 142],
      [143, 216],
    ]);
  });

  it('nothing that follows the kill changes one: the memory of an allocation that failed', () => {
    const failure = [
      'x: page allocation failure: order:4',
      ...messages.filter((line) => /present:|pages RAM|Total swap/.test(line)),
      '[    999]     0   999    89960    89731    89600        0       131   761856        0   0 late',
    ];
    expect(reportsOf([...messages, ...failure].join('\n'))).toEqual([plain]);
  });

  it('whose head and table __ratelimit() has cut are a line each', () => {
    const more = (pid: number) =>
      `Memory cgroup out of memory: Killed process ${pid} (x) total-vm:4kB, anon-rss:0kB`;
    const reports = reportsOf(`${text}${more(1)}\n${more(2)}\n`);
    expect(reports.map(({ killed }) => killed.map(({ pid }) => pid))).toEqual([[758], [1], [2]]);
    expect(reports[2]).toMatchObject({ tasks: [], constraint: 'CONSTRAINT_MEMCG' });
  });

  it("a group's kills belong to one, the first victim's twice", () => {
    const kill = (pid: number) =>
      `Memory cgroup out of memory: Killed process ${pid} (x) total-vm:4kB, anon-rss:0kB`;
    const group = 'Tasks in /a are going to be killed due to memory.oom.group set';
    const [report, ...none] = reportsOf([kill(1), group, kill(1), kill(2)].join('\n'));
    expect(none).toEqual([]);
    expect(report).toMatchObject({ killedGroup: true, chosen: { pid: 1 } });
    expect(report?.killed.map(({ pid }) => pid)).toEqual([1, 1, 2]);
  });
});

describe('CPUs are', () => {
  const boot = [
    'Linux version 6.12.117 (build@host) #1 SMP',
    'setup_percpu: NR_CPUS:8192 nr_cpumask_bits:192 nr_cpu_ids:192 nr_node_ids:2',
    'smp: Brought up 2 nodes, 64 CPUs',
  ];

  it("those of the boot's lines, until another boot", () => {
    const log = [...boot, text, boot[0], text].join('\n');
    const [first, second] = reportsOf(log);
    expect(first?.cpus).toEqual({ nrCpuIds: 192, online: 64, atLeast: 64 });
    expect(second?.cpus).toEqual({ nrCpuIds: null, online: null, atLeast: 2 });
  });

  it.each([
    ['smpboot: Allowing 16 CPUs, 0 hotplug CPUs', { nrCpuIds: 16, online: null }],
    ['smpboot: Allowing 16 present CPUs plus 0 hotplug CPUs', { nrCpuIds: 16, online: null }],
    ['SMP: Total of 8 processors activated.', { nrCpuIds: null, online: 8 }],
    ['rcu: RCU restricting CPUs from NR_CPUS=8192 to nr_cpu_ids=4.', { nrCpuIds: 4, online: null }],
  ])('read from: %s', (line, cpus) => {
    expect(reportsOf(`${line}\n${text}`)[0]?.cpus).toMatchObject(cpus);
  });

  it('as many at least as the one that the killer ran on', () => {
    expect(reportsOf(golden('kernel-6.1-cpus-64-t1-threads'))[0]?.cpus.atLeast).toBe(56);
  });
});

const HEADS = {
  '2.6.36': '[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name',
  '3.8': '[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name',
  '4.1': '[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name',
  '4.15': '[ pid ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
};

describe('the table of', () => {
  it.each([
    [
      '2.6.36',
      '[  766]  1000   766    97488    89219   3       0             5 my sql',
      null,
      null,
    ],
    [
      '3.8',
      '[  766]  1000   766    97488    89219     201        9             5 my sql',
      201,
      null,
    ],
    [
      '4.1',
      '[  766]  1000   766    97488    89219     201       4        9      5 my sql',
      205,
      null,
    ],
    [
      '4.15',
      '[  766]  1000   766    97488    89219   823296        9             5 my sql',
      null,
      823296,
    ],
  ] as const)('%s', (era, row, pageTables, pageTableBytes) => {
    const [report] = reportsOf(`x invoked oom-killer: order=0\n${HEADS[era]}\n[1.5] ${row}\n`);
    expect(report?.tasks).toEqual([
      expect.objectContaining({
        ...{ pid: 766, tgid: 766, uid: 1000, totalVm: 97488, rss: 89219, name: 'my sql' },
        ...{
          pageTables,
          pageTableBytes,
          members: null,
          adj: 5,
          swapents: era === '2.6.36' ? 0 : 9,
        },
      }),
    ]);
  });

  it('any era without its head is read by its columns', () => {
    const rows = messages.filter((message) => /^\[ *\d+\]/.test(message));
    const log = ['x invoked oom-killer: order=0', ...rows].join('\n');
    expect(reportsOf(log)[0]?.tasks).toEqual(plain?.tasks);
    const old = '[  766]  1000   766    97488    89219     201        9             5 mysqld';
    const head = 'CPU: 1 PID: 7 Comm: x Not tainted 3.10.0 #1';
    const [report] = reportsOf(`x invoked oom-killer: order=0\n${head}\n${old}`);
    expect(report?.tasks[0]).toMatchObject({ pageTables: 201, pageTableBytes: null });
  });

  it('a report that is cut or interleaved counts the rows that cannot be read', () => {
    const broken = messages.map((message) =>
      message.includes('B-hider') ? message.slice(0, 60) + messages[3] : message,
    );
    expect(reportsOf(broken.join('\n'))[0]).toMatchObject({ brokenRows: 1 });
    expect(reportsOf(broken.join('\n'))[0]?.tasks.length).toBe(plain!.tasks.length - 1);
  });

  it.each([
    '',
    '[    ',
    '[   12.3456',
    '[   12.3456] [',
    '[   12.3456] [    7',
    '[   12.3456] [    766] ',
    '[   12.3456] [    766]     0 ',
    '[   12.3456] [    766]     0   766  ',
    '[   12.3456] [    766]     0   766    97488    892',
  ])('a row of which nothing is left but %j is counted, unless that is nothing', (left) => {
    const cut = messages.map((message) =>
      message.includes('] ') && message.endsWith(' B-hider') ? left : message,
    );
    expect(reportsOf(cut.join('\n'))[0]?.brokenRows).toBe(left === '' ? 0 : 1);
  });

  it.each([
    ['** 12 printk messages dropped ** ', 12],
    ['systemd-journald[231]: Missed 3 kernel messages', 3],
  ])('lines that the log says are lost count where they are the rows: %s', (lost, rows) => {
    const event = { tasks: [{ pid: 1, name: 'a', anon: 9 }], victim: 1 };
    expect(reportsOf(logged({ ...event, between: [lost] }))[0]?.brokenRows).toBe(rows);
    expect(reportsOf(`${lost}\n${logged(event)}${lost}\n`)[0]?.brokenRows).toBe(0);
  });

  it('a log in which two loggers write each line has each row and report once', () => {
    const twice = messages.flatMap((message) => [message, message]);
    const reports = reportsOf(twice.join('\n'));
    const { lastLine, saidAt } = plain!;
    expect(reports.map((report) => ({ ...report, saidAt }))).toEqual([
      { ...plain, firstLine: 1, lastLine: 2 * lastLine - 1 },
    ]);
  });

  it('a row that syslog says is repeated is one task', () => {
    const repeated = messages.flatMap((message) =>
      message.endsWith(' B-hider')
        ? [message, `message repeated 2 times: [${message}]`]
        : [message],
    );
    expect(reportsOf(repeated.join('\n'))[0]?.tasks).toEqual(plain!.tasks);
  });

  it.each(['log', 'message', 'msg', 'MESSAGE'])('a container’s or shipper’s JSON: %s', (key) => {
    const lines = messages.map((message) => JSON.stringify({ [key]: `${message}\n`, a: 'b' }));
    expect(reportsOf(lines.join('\n'))).toEqual([plain]);
  });

  it('a line of blanks as long as lines can be is looked at once', () => {
    const tasks = [{ pid: 1, name: 'a', anon: 9 }];
    const between = [`[${' '.repeat(65_000)}x`, '[ '.repeat(32_000), '[   1] '.repeat(9000)];
    const started = performance.now();
    expect(reportsOf(logged({ tasks, victim: 1, between }))[0]?.tasks.length).toBe(1);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it.each([
    'Tainted: G               ------------ T 3.10.0-693.el7.x86_64 #1',
    'Tainted: G               ------------   3.10.0-693.el7.x86_64 #1',
    'Not tainted -------------------  3.10.0-693.el7.x86_64 #1',
    'Kdump: loaded Tainted: G           OE  ------------   3.10.0-693.el7.x86_64 #1',
    'Kdump: loaded Not tainted 3.10.0-693.el7.x86_64 #1',
  ])('the kernel of Red Hat’s stack dumps: %s', (tainted) => {
    const [report] = reportsOf(
      `java invoked oom-killer: order=0\nCPU: 1 PID: 9 Comm: java ${tainted}`,
    );
    expect(report).toMatchObject({ release: '3.10.0-693.el7.x86_64', invokedBy: { pid: 9 } });
  });

  it('names are taken whole, numbers and brackets too', () => {
    const names = ['my sql', '(sd-pam)', '1234', 'a] 1 2', 'x=y,pid=3', '-1', ''];
    const tasks = names.map((name, i) => ({ pid: i + 1, name, anon: 9 }));
    const [report] = reportsOf(logged({ tasks, victim: 5 }));
    expect(report?.tasks.map(({ name }) => name)).toEqual(names);
    expect(report?.chosen).toEqual({ pid: 5, name: 'x=y,pid=3' });
  });
});

describe('constraints, limits, nodes', () => {
  it('of a memory cgroup, version 2', () => {
    const log = [
      'memory: usage 286720kB, limit 286720kB, failcnt 7',
      'swap: usage 0kB, limit 9007199254740988kB, failcnt 0',
      'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0-1,oom_memcg=/a,b,task_memcg=/a,b/c,task=x,pid=5,uid=0',
    ].join('\n');
    const [report] = reportsOf(`x invoked oom-killer: order=0\n${log}`);
    expect(report).toMatchObject({
      constraint: 'CONSTRAINT_MEMCG',
      memcg: '/a,b',
      memcgLimitKb: 286720,
      memcgSwapLimitKb: 9007199254740988,
      memsAllowed: '0-1',
      nodemask: null,
    });
  });

  it('of a memory cgroup before they had a line of their own', () => {
    const log = [
      'x invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0',
      'Task in /a/b killed as a result of limit of /a',
      'memory: usage 1024kB, limit 1024kB, failcnt 3',
      'memory+swap: usage 1024kB, limit 2048kB, failcnt 0',
      'Memory cgroup out of memory: Kill process 5 (x) score 900 or sacrifice child',
      'Killed process 6 (y) total-vm:4kB, anon-rss:0kB, file-rss:0kB',
    ].join('\n');
    expect(reportsOf(log)).toEqual([
      expect.objectContaining({
        constraint: 'CONSTRAINT_MEMCG',
        memcg: '/a',
        memcgMemswLimitKb: 2048,
        // The chosen one; its child died in its place, until 5.2.
        chosen: { pid: 5, name: 'x' },
        killed: [expect.objectContaining({ pid: 6, name: 'y' })],
      }),
    ]);
  });

  it('unknown names are taken, and the pages of each node', () => {
    const [report] = reportsOf(text.replace('CONSTRAINT_NONE', 'CONSTRAINT_BPF_PSI_MEM'));
    expect(report?.constraint).toBe('CONSTRAINT_BPF_PSI_MEM');
    expect([...report!.presentKb]).toEqual([
      [0, 1048184],
      [1, 1048448],
    ]);
    expect(reportsOf(text.replaceAll('*4kB', '*64kB'))[0]?.pageSize).toBe(65536);
  });
});

describe('a log that begins amid a report', () => {
  it.each([
    ['at its table', messages.slice(messages.findIndex((line) => line.includes('tgid')))],
    ['at the verdict', messages.slice(-2)],
    ['at the kill', messages.slice(-1)],
  ])('%s', (_, rest) => {
    const [report] = reportsOf(rest.join('\n'));
    expect(report).toMatchObject({ invokedBy: null, chosen: { pid: 758, name: 'A-honest' } });
  });
});

describe('tainted kernels', () => {
  it.each([
    [
      'CPU: 5 PID: 436 Comm: kworker/5:1 Tainted: G        W  OE     6.1.0-13-amd64 #1',
      '6.1.0-13-amd64',
    ],
    [
      'CPU: 0 PID: 1 Comm: a b Kdump: loaded Not tainted 4.18.0-513.el8.x86_64 #1',
      '4.18.0-513.el8.x86_64',
    ],
    [
      'CPU: 0 UID: 0 PID: 1 Comm: x Tainted: G S      W           6.14.0 #1 PREEMPT(lazy)',
      '6.14.0',
    ],
    ['Pid: 1, comm: x Not tainted 2.6.32-754.el6.x86_64 #1', '2.6.32-754.el6.x86_64'],
  ])('%s', (line, release) => {
    expect(reportsOf(`x invoked oom-killer: order=0\n${line}`)[0]?.release).toBe(release);
  });
});
