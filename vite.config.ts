import { defineConfig } from 'vite';

/**
 * The console (docs/console.md): what `/` on the API's port serves, as files beside the server's own. Nothing is loaded from
 * another host, and nothing is inline, so that the Content-Security-Policy can refuse both.
 */
export default defineConfig({
  root: 'src/console',
  base: '/console/',
  publicDir: false,
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    assetsDir: '',
    // Above every asset's size: an inlined one would be a data: URL.
    assetsInlineLimit: 0,
    target: 'es2022',
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  logLevel: 'warn',
});
