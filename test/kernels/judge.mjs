// Runs in the guest: what `rss-err observe` and `explain` say of processes that hide a known number of pages.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const release = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
const [, major, minor] = /^(\d+)\.(\d+)/.exec(release).map(Number);
const isPerThread = major < 6 || (major === 6 && minor < 2);

function rssErr(...words) {
  const text = execFileSync(process.execPath, [
    '/rss-err/bin/rss-err.js',
    ...words,
    '--format',
    'json',
  ]);
  return JSON.parse(text);
}

/** A process that sleeps, and the error that it has by its own account. */
async function hiding(...words) {
  const child = spawn('/hide', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error(`hide ${words.join(' ')} has ended`);
    }),
  ]);
  return { mode: words[0], pid: child.pid, expected: Number(said), child };
}

const say = (words) => console.log(`JUDGED ${words.join(' ')}`);

function judge(mode, reader, expected, { low, high }) {
  const observed = low === high ? low : `${low}..${high}`;
  say([observed === expected ? 'equal' : 'UNEQUAL', mode, reader, expected, observed]);
}

const all = rssErr('observe', '--all');
const cpus = all.topology.onlineCpus;
const batch = Math.max(32, 2 * cpus);
say(['kernel', release, cpus, all.scheme]);
const hiders = isPerThread
  ? [await hiding('threads')]
  : [await hiding('under', `${batch}`), await hiding('over', `${batch}`)];

for (const { mode, pid, expected } of hiders) {
  const words = ['observe', `${pid}`, '--for', '0.2', '--interval', '100ms'];
  const {
    precise,
    processes: [row],
  } = rssErr(...words);
  judge(mode, precise, expected, row.error);
  judge(mode, `${precise},lowest`, expected, row.lowest);
  judge(mode, `${precise},highest`, expected, row.highest);
  if (row.beyond) say(['UNEQUAL', mode, 'beyond', JSON.stringify(row.limit), '-']);
  // As if the kernel had no precise statm: the walk must agree.
  if (precise === 'statm') {
    const walked = rssErr(...words, '--kernel', '6.1.0');
    judge(mode, walked.precise, expected, walked.processes[0].error);
  }
}
/** What explain says that the approximate figure may stand for, and whether both figures go together. */
function explain({ approximate, precise, threads }) {
  const figures = [
    '--reader',
    'stat',
    '--value',
    `${approximate}`,
    '--and',
    `smaps_rollup=${precise}`,
  ];
  const { readings, pairs } = rssErr(
    'explain',
    ...figures,
    ...(isPerThread ? ['--threads', `${threads}`] : []),
  );
  const { low, high } = readings[0].now;
  return low <= precise && precise <= high && pairs.every(({ explicable }) => explicable);
}

const ranked = rssErr('observe', '--all').processes;
for (const { mode, pid, expected } of hiders) {
  const row = ranked.find((each) => each.pid === pid);
  judge(mode, '--all', expected, row.error);
  const isExplicable = explain(row);
  say([isExplicable ? 'equal' : 'UNEQUAL', mode, 'explain', 'true', isExplicable]);
}
for (const { child } of hiders) child.kill('SIGKILL');
say(['end']);
