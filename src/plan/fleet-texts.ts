import type { Family } from '../firewall/addresses/family.js';
import type { CompileBook } from '../firewall/policy/compile-book.js';
import type { PolicyFleetNeeds } from './policy-fleet.js';

/**
 * What groups compile to, for a fleet that policy makes. `stands`: what hosts keep where a group does not compile.
 */
export function compiledTexts(
  compiles: Pick<CompileBook, 'compile'>,
  stands: (groupId: string, family: Family) => string | undefined = () => undefined,
): PolicyFleetNeeds['text'] {
  return function* (groupId, family) {
    const compiled = yield* compiles.compile(groupId);
    return compiled.ok ? compiled[family === 'v4' ? 'set4' : 'set6'].text : stands(groupId, family);
  };
}
