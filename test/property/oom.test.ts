/**
 * Mutated logs: whatever a line holds, the reader gives reports and the judge verdicts, in the form that
 * is declared, and soon. MUTANTS says how many, where 600 are too few.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { oomResult, report as reportSchema } from '../../src/commands/oom/result.ts';
import { judgeReport } from '../../src/commands/oom/study.ts';
import { oomView } from '../../src/commands/oom/view.ts';
import { renderColumns } from '../../src/render/columns.ts';
import { renderAscii } from '../../src/render/text.ts';
import { below, type RandomState, seedRandom } from '../../src/workload/contract/random.ts';
import { reportsOf } from '../support/oom-logs.ts';

const folder = new URL('../golden/oom/', import.meta.url);
const logs = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8').split('\n'));

const WORDS = [
  '',
  '-1',
  '0',
  '9'.repeat(25),
  '-1000',
  ']',
  '[',
  '  ',
  '\0',
  ',pid=',
  '=',
  'kB',
  'é',
];

/** One change of a line: cut, doubled, swapped, or a piece of it replaced. */
function mutate(lines: string[], random: RandomState): void {
  const at = below(random, lines.length);
  const line = lines[at]!;
  const from = below(random, line.length + 1);
  const to = from + below(random, 12);
  const other = below(random, lines.length);
  switch (below(random, 7)) {
    case 0:
      lines.splice(at, 1 + below(random, 3));
      break;
    case 1:
      lines.splice(at, 0, lines[other]!);
      break;
    case 2:
      [lines[at], lines[other]] = [lines[other]!, line];
      break;
    case 3:
      lines[at] = line.slice(0, from);
      break;
    case 4:
      lines[at] = `${line.slice(0, from)}${lines[other]!}`;
      break;
    case 5:
      lines[at] = line.replace(/\d+/g, (digits) =>
        below(random, 4) === 0 ? WORDS[below(random, WORDS.length)]! : digits,
      );
      break;
    default:
      lines[at] = `${line.slice(0, from)}${WORDS[below(random, WORDS.length)]!}${line.slice(to)}`;
  }
  if (lines.length === 0) lines.push('');
}

const given = {
  ...{ kernel: null, scheme: null, topology: null, pageSize: null },
  threads: { all: null, of: new Map<string, number>() },
};

it('of mutated logs each report is judged, in the form that is declared', () => {
  const random = seedRandom(13);
  const verdicts = new Set<string>();
  for (let i = 0; i < Number(process.env.MUTANTS ?? 600); i++) {
    const lines = [...logs[below(random, logs.length)]!];
    for (let n = below(random, 8); n >= 0; n--) mutate(lines, random);
    for (const report of reportsOf(lines.join('\n'))) {
      const cpus = below(random, 2) === 0 ? 64 : null;
      const judged = judgeReport(report, 1, { ...given, cpus }, new Set());
      const form = reportSchema.safeParse(judged);
      expect(form.error?.message, lines.join('\n')).toBeUndefined();
      renderColumns(oomResult, { reports: [judged] }, ',');
      const choices = { version: '1', log: 'x', unit: 'pages', reproduce: 'x' } as const;
      const view = oomView(judged, choices);
      if (i % 20 === 0) renderAscii(view);
      verdicts.add(judged.verdict);
    }
  }
  expect([...verdicts].sort()).toEqual(['certain', 'contradicted', 'uncertain', 'unjudged']);
});
