/** The bounds of one machine as headings, tables of text and notes. */

import { type AmountStyle, formatMagnitude, formatNumber } from '../../render/amounts.ts';
import type { Layout, TextView } from '../../render/view.ts';
import type { Pages } from '../../units.ts';
import { relation } from '../compare/findings-text.ts';
import { machineText } from '../compare/workload-text.ts';
import { boundTables, formulaText } from './bound-tables.ts';
import {
  type BoundChoices,
  commonFacts,
  commonNotes,
  sentenceStyle,
  tableStyle,
  titleOf,
} from './bound-text.ts';
import { crossingText } from './crossing-text.ts';
import type { BoundResult, MemberAndRss } from './result.ts';

/** A tree's limit beside that of per-CPU counters, over the machine and over the CPUs of --used. */
function contrastTexts({ rows, crossings, used }: BoundResult, style: AmountStyle): string[] {
  const schemes = rows[0]?.schemes ?? [];
  const named = (name: string) => schemes.find((row) => row.name === name);
  const limit = ({ member }: MemberAndRss) => Math.max(member.under, member.over);
  const amount = (pages: Pages) => formatMagnitude(pages, style);
  return crossings.flatMap((crossing) => {
    const [subject, other] = [named(crossing.subject), named(crossing.other)];
    if (subject === undefined || other === undefined) return [];
    const against = (a: MemberAndRss, b: MemberAndRss, whose: string) =>
      `${relation(limit(a), limit(b))} ${whose} (${amount(limit(a))} against ${amount(limit(b))} ${style.unit})`;
    const ofUsed =
      used === null || subject.used === null || other.used === null
        ? ''
        : `, over the ${formatNumber(used.count)} used ${against(subject.used, other.used, 'it')}`;
    return [
      `Over all CPUs the exact worst case of ${subject.name} is ${against(subject.exact, other.exact, `that of ${other.name}`)}${ofUsed}.`,
      crossingText(crossing),
    ];
  });
}

export function boundView(result: BoundResult, choices: BoundChoices, layout: Layout): TextView {
  const style = tableStyle(result, choices, layout);
  const { topology, used } = result;
  const schemes = result.rows[0]?.schemes ?? [];
  const formulas = schemes.map((row) => `${row.name} ${formulaText(row)}`).join('; ');
  return {
    title: titleOf(result),
    facts: [
      ...(topology === null ? [] : [['machine', machineText(topology)] as const]),
      ...(used === null ? [] : [['used', `CPUs ${used.cpus}`] as const]),
      ...commonFacts(result, style),
    ],
    tables: boundTables(result, style, layout),
    findings: contrastTexts(result, sentenceStyle(result, style)),
    notes: [
      ...(layout.formulaColumn ? [] : [`stated: ${formulas}`]),
      ...commonNotes(result, style),
    ],
    reproduce: choices.reproduce,
  };
}
