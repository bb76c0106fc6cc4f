import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Those that start many processes, which takes the longer the more a worker has come to hold; then
 * those that take longest, so that neither of two workers waits for the other.
 */
const FIRST = [
  'test/cli/streams.test.ts',
  'test/docs.test.ts',
  'test/cli/import.test.ts',
  'test/cli/corners.test.ts',
  'test/cli/hostile-topology.test.ts',
  'test/golden/witness.test.ts',
  'test/unit/commands/witness/adversaries.test.ts',
  'test/cli/claims.test.ts',
  'test/readme.test.ts',
  'test/golden/kunit.test.ts',
  'test/unit/commands/witness/in-flight.test.ts',
  'test/cli/cases.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const listed = FIRST.indexOf(relative(import.meta.dirname, moduleId));
      return listed < 0 ? FIRST.length : listed;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: '100%',
    // Processes, as command lines change the working directory; one each for all that it runs, as
    // no test changes what another sees.
    pool: 'forks',
    isolate: false,
    // Most of what a test makes dies young: in a larger young heap it is swept less often.
    execArgv: ['--max-semi-space-size=32'],
    sequence: { sequencer: LongestFirst },
    // The bundle runs as Node loads it.
    server: { deps: { external: [/\/dist\//] } },
  },
});
