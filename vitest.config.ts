import { defineConfig } from 'vitest/config';

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
    // The bundle runs as Node loads it.
    server: { deps: { external: [/\/dist\//] } },
  },
});
