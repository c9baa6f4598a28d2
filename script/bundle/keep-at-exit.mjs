// Loaded before the program (script/keep-code.mjs): when it ends, writes V8's code of each script that it ran beside it.
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import v8 from 'node:v8';
import vm from 'node:vm';

const scripts = new Map();

vm.Script = class extends vm.Script {
  constructor(text, options) {
    super(text, options);
    scripts.set(options.filename, this);
  }
};
// V8 takes code only with the flags it was made with, and the program changes some for the time of a start.
v8.setFlagsFromString = () => undefined;
syncBuiltinESMExports();

const { keptCode } = await import(new URL('load-script.js', import.meta.resolve(process.argv[1])).href);

process.on('exit', () => {
  for (const [file, script] of scripts) {
    const temporary = `${file}.code.${process.pid}`;
    writeFileSync(temporary, keptCode(readFileSync(file), script.createCachedData()));
    // The program's own mask would have its owner alone read it.
    chmodSync(temporary, 0o644);
    renameSync(temporary, `${file}.code`);
  }
});
