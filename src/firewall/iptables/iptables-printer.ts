import { assembleSets, savedHash, setsText } from '../ipset/assemble-sets.js';
import { renderSet } from '../ipset/render-set.js';
import type { Printer } from '../printer.js';
import { COMMENT_BYTES, cutComment, escapesReadBack } from './comment-text.js';
import { rulesetHash } from './normalize-ruleset.js';
import { printRuleset } from './print-ruleset.js';

/** Filter tables for `iptables-restore` and `ip6tables-restore`, with sets for `ipset restore`. */
export const IPTABLES: Printer = {
  print: printRuleset,
  hash: rulesetHash,
  comments: { bytes: COMMENT_BYTES, cut: cutComment, readsBack: escapesReadBack },
  sets: { render: renderSet, assemble: assembleSets, text: setsText, hash: savedHash },
};
