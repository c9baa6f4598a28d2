import { dirname, resolve } from 'node:path';
import { build, transform } from 'esbuild';

const LOADER = resolve('src/load-script.ts');

/** Other files of the program, as they are named in it. */
const PART = /^\.\/main-/;

/** A module with its map, so that what is made of it maps to the sources. */
const mapped = ({ text, map }) =>
  `${text}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}\n`;

const COMMON = { platform: 'node', target: 'node20.19', sourcemap: 'external', legalComments: 'none' };

/** What the built modules of esbuild begin with; a script is given its `require`. */
const NO_BANNER = /^import \{ createRequire as requireFrom \}.*\nconst require = .*\n/;

/** A part as what src/load-script.ts runs: a function of what a module has. */
export async function asScript(module) {
  const { code, map } = await transform(mapped({ ...module, text: module.text.replace(NO_BANNER, '\n\n') }), {
    ...COMMON,
    format: 'cjs',
    // The one that Node's own `import` has for what is CommonJS.
    sourcefile: `${module.path}.mjs`,
    define: { 'import.meta.url': '__url' },
    banner: "(function (module, require, __later, __url) { 'use strict';",
    footer: '})',
  });
  const text = code.replace(/\bawait import\((?=")/g, 'await __later(');
  if (/\bimport\("/.test(text)) throw new Error(`${module.path}: a script can only \`await import('…')\``);
  return { text, map };
}

/** dist/main.js, which Node begins as a module: it holds the loader, and takes the parts from there. */
export async function asEntry(module) {
  const { outputFiles } = await build({
    ...COMMON,
    stdin: { contents: mapped(module), sourcefile: module.path, resolveDir: dirname(module.path) },
    outfile: module.path,
    bundle: true,
    format: 'esm',
    write: false,
    plugins: [
      {
        name: 'from scripts',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: PART }, ({ path }) => ({ path, namespace: 'script' }));
          onResolve({ filter: /^scripts$/ }, ({ path }) => ({ path, namespace: 'scripts' }));
          onLoad({ filter: /./, namespace: 'script' }, ({ path }) => ({
            contents: `module.exports = require('scripts').load('${path}');`,
          }));
          onLoad({ filter: /./, namespace: 'scripts' }, () => ({
            contents: `import { scriptsIn } from '${LOADER}';
              export const load = scriptsIn(import.meta.dirname + '/');`,
            resolveDir: '.',
          }));
        },
      },
    ],
  });
  const [map, text] = ['.map', '.js'].map((kind) => outputFiles.find(({ path }) => path.endsWith(kind)).text);
  return { text, map };
}
