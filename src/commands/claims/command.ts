/** `rss-err claims`: options → one study → render → write. */
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { withProgress } from '../../cli/heartbeat.ts';
import { JOBS, partsOf, workersOf } from '../../cli/jobs.ts';
import { reproduceLine } from '../../cli/options.ts';
import { OUTPUT_OPTIONS, openOutput } from '../../cli/output-options.ts';
import { SEED } from '../../cli/workload-options.ts';
import type { UnitChoice } from '../../render/amounts.ts';
import type { Report } from '../../render/formats.ts';
import { version } from '../../version.ts';
import { claims, claimsRequest, measurementsOf, mostOperations } from './claims.ts';
import { FINDING_HOP } from './hop.ts';
import type { ClaimsResult } from './result.ts';
import { claimsView } from './view.ts';

const OPTIONS = {
  ...OUTPUT_OPTIONS,
  seed: { ...SEED, description: 'seed of every replay' },
  jobs: JOBS,
};

export function claimsReport(
  result: ClaimsResult,
  reproduce: string,
  unit: UnitChoice = 'pages',
): Report {
  return {
    view: () => claimsView(result, unit, reproduce),
    result,
    schema: async () => (await import('./result.ts')).claimsResult,
  };
}

export const claimsCommand = defineCommand({
  name: 'claims',
  description: "recompute the RFCs' quantitative statements, with a verdict on each",
  options: OPTIONS,
  examples: ['rss-err claims --format markdown --output claims.md'],
  async run(flags, session) {
    const { seed, format, unit } = flags;
    const output = openOutput(flags, session);
    const request = claimsRequest(version, seed);
    const result = await withProgress(mostOperations(request), session, async (heartbeat) => {
      const spreading = { workers: workersOf(flags), heartbeat, signal: session.signal };
      const findings = await partsOf(FINDING_HOP, measurementsOf(request), spreading);
      return claims(request, findings, heartbeat);
    });
    const reproduce = reproduceLine(['claims'], OPTIONS, { seed, format, unit });
    await output.show(claimsReport(result, reproduce, unit));
    return EXIT.done;
  },
});
