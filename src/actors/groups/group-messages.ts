import type { StoredRuleset } from '../../model/stored-ruleset.js';

/**
 * What a group's profile actor is told. `recompile`: something its rules rest on may have changed. `republish`: send its
 * ruleset again, changed or not (`GET /api/publish`). `check_hashes`: the row's hashes may have been written over.
 * `assigned_anew`: it is held at a revision, or no longer.
 * `give_all`: all its hosts are to have this, as its rollout says.
 * `removed`: the group is gone.
 */
export type GroupCast =
  | { readonly tag: 'recompile' }
  | { readonly tag: 'republish' }
  | { readonly tag: 'check_hashes' }
  | { readonly tag: 'assigned_anew' }
  | { readonly tag: 'give_all'; readonly ruleset: StoredRuleset; readonly compiledAt: number }
  | { readonly tag: 'removed' };
