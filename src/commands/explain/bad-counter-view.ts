/** What a "Bad rss-counter state" line means, in words. */
import { formatCount } from '../../render/amounts.ts';
import { left, right, type TextView } from '../../render/view.ts';
import { listed, printable } from '../../render/words.ts';
import { balanced } from './bad-counter.ts';
import type { BadCounterResult, Complaint } from './result.ts';

function meaning({ pages }: Complaint): string {
  const count = formatCount(Math.abs(pages), 'page');
  return pages < 0
    ? `${count} more taken off than were put on`
    : `${count} put on and never taken off`;
}

function findings({ counters }: BadCounterResult): string[] {
  const made = balanced(counters);
  return made.length === 0
    ? []
    : [
        `The members of ${listed(made)} make up for each other: pages were put on one and taken off another.`,
      ];
}

export function badCounterView(result: BadCounterResult, reproduce: string): TextView {
  return {
    title: `rss-err ${result.program.version} explain: Bad rss-counter state`,
    facts: [
      [
        'answer',
        'Not an approximation. The kernel, one of its modules or the memory is at fault, not the reading.',
      ],
      [
        'why',
        'check_mm() (kernel/fork.c) sums each counter precisely when the last user of the process has gone and every page is unmapped: whatever threads or CPUs held back is in the sum, and it must be 0. No batch can leave a page over.',
      ],
      [
        'look',
        'at the lines before it: "Bad page map", "bad pmd", "bad pud" (corrupted page tables: memory, drivers), the taint flags, and whether it comes again on a stock kernel; then report it, with those lines.',
      ],
    ],
    tables: [
      {
        title: 'What was left',
        columns: [
          left('mm'),
          left('counter'),
          right('pages'),
          { ...left('meaning'), wrapAt: 22 },
          left('task'),
        ],
        rows: result.counters.map((counter) => [
          counter.mm,
          counter.member ?? counter.text,
          { count: counter.pages },
          meaning(counter),
          counter.comm === null ? '-' : `${printable(counter.comm)} (${counter.pid})`,
        ]),
      },
    ],
    findings: findings(result),
    notes: [],
    reproduce,
  };
}
