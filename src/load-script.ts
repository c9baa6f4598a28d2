import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { debuglog } from 'node:util';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

const debug = debuglog('dog-trainer');

/** Bytes before the code in `FILE.code`. */
const HEAD = 8;

/** What a script of the built program defines: the exports of the part that it was made of. */
export type Exports = Readonly<Record<string, unknown>>;

/** How a script begins and ends (`script/bundle/as-script.mjs`): one expression, a function of what a module has. */
type Wrapped = (
  module: { exports: Exports },
  require: (id: string) => unknown,
  later: (id: string) => Promise<Exports>,
  url: string,
) => void;

/**
 * Runs the parts of the built program, which are scripts and not modules, since V8's code can be kept for those: compiling
 * them was a third of a start (docs/where-the-time-goes.md#start). That code stands in `FILE.code` (`keptCode`), made with the
 * build by the Node that builds (`script/keep-code.mjs`). It is left alone where it is missing or broken, or where the script's text is
 * another one than that it was made of; and V8 refuses it in another version or with other flags. Then the script is compiled,
 * as without it. `NODE_DEBUG=dog-trainer` says so.
 * @param directory where they are, with a `/` at its end
 * @returns what a script of a name, `./FILE`, defines; each is run once
 */
export function scriptsIn(directory: string): (name: string) => Exports {
  const loaded = new Map<string, { exports: Exports }>();
  return function load(name) {
    const before = loaded.get(name);
    if (before !== undefined) return before.exports;
    const module = { exports: {} };
    loaded.set(name, module);
    const file = directory + name.slice('./'.length);
    const require = createRequire(file);
    const run = compiled(file).runInThisContext() as Wrapped;
    run(
      module,
      (id) => (isScript(id) ? load(id) : require(id)),
      // Of a script itself Node 20 loads no module.
      async (id) => (isScript(id) ? load(id) : (import(/* @vite-ignore */ id) as Promise<Exports>)),
      pathToFileURL(file).href,
    );
    return module.exports;
  };
}

function isScript(id: string): boolean {
  return id.startsWith('./main-');
}

function compiled(file: string): Script {
  const source = readFileSync(file);
  const cachedData = readKept(file, source);
  const script = new Script(source.toString('latin1'), {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  if (script.cachedDataRejected) debug(`${file}: this Node has no use for the code that was kept`);
  return script;
}

/** What `FILE.code` has: check sums of the script's text and of V8's code (4 bytes each, most significant first), and that code. */
export function keptCode(source: Buffer, code: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(sumHere(source));
  head.writeUInt32BE(crc32(code), HEAD / 2);
  return Buffer.concat([head, code]);
}

/** Of a text in this Node: builds of one V8 for two kinds of processor do not read each other's code. */
function sumHere(source: Buffer): number {
  return crc32(source, crc32(`${process.version} ${process.arch}`));
}

/** V8 looks at the length of a text alone, and believes the code. */
function readKept(file: string, source: Buffer): Buffer | undefined {
  try {
    const kept = readFileSync(`${file}.code`);
    const code = kept.subarray(HEAD);
    if (kept.readUInt32BE() === sumHere(source) && kept.readUInt32BE(HEAD / 2) === crc32(code)) return code;
    debug(`${file}: the code that was kept is of another text, or broken`);
  } catch (error) {
    debug(`${file}: no code was kept: ${String(error)}`);
  }
  return undefined;
}
