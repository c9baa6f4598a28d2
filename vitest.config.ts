import path from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';

const SRC = path.resolve('src');
const DIST = path.resolve('dist');

/**
 * Has tests import what `npm run build` made of `src`, as Node loads it: loading hundreds of sources one by one takes
 * every test file that starts a server ten seconds, and its compiled modules half a second. `script/test` builds first and asks
 * for this with TEST_BUILT=1; without it, tests run the sources as they stand.
 */
function builtSources(): Plugin {
  return {
    name: 'built-sources',
    enforce: 'pre',
    resolveId(source, importer) {
      if (importer === undefined || !source.startsWith('.')) return undefined;
      const wanted = path.resolve(path.dirname(importer), source);
      // What the console is built into is for a browser; tests of its functions run them as they stand.
      if (wanted.startsWith(`${SRC}/console/`)) return undefined;
      return wanted.startsWith(`${SRC}/`) && wanted.endsWith('.js') ? DIST + wanted.slice(SRC.length) : undefined;
    },
  };
}

const built = process.env['TEST_BUILT'] === '1';

export default defineConfig({
  plugins: built ? [builtSources()] : [],
  test: {
    ...(built ? { server: { deps: { external: [/\/dist\//] } } } : {}),
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
    // One more than the two processors that the suite is measured on: many tests wait for a broker, a period or a process.
    maxWorkers: 3,
    // npm run coverage. Programs that tests start as processes of their own count too little.
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'html', 'json-summary'] },
  },
});
