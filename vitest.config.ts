import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Suites start real brokers and load real kernel tables; a stuck peer must fail, not hang the run.
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Real brokers and a shared machine: one stumble in thousands of tests is named in the report, not fatal. Not at home.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    pool: 'forks',
    maxWorkers: 2,
    // npm run coverage. Programs that tests start as processes of their own count too little.
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'html', 'json-summary'] },
  },
});
