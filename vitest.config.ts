import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Suites start real brokers and load real kernel tables; a stuck peer must fail, not hang the run.
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // A test that stumbles now and then is wrong, or has found something: it is never tried a second time.
    retry: 0,
    // How long something may take is for the machine to say. What is waited for is waited for patiently, everywhere.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    setupFiles: ['test/support/wait-patiently.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // npm run coverage. Programs that tests start as processes of their own count too little.
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'html', 'json-summary'] },
  },
});
