import type { ChildSpec } from '../otp/index.js';
import { dynamicSup } from './dynamic-sup.js';
import type { MakeByKey } from './make.js';

/** One actor per group, which compiles its ruleset. */
export function groupsSup(group: MakeByKey): ChildSpec {
  return dynamicSup('groups_sup', 'group', group);
}
