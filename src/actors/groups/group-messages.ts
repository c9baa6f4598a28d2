/**
 * What a group's profile actor is told. `recompile`: something its rules rest on may have changed. `republish`: send its
 * ruleset again, changed or not (`GET /api/publish`). `check_hashes`: the row's hashes may have been written over.
 * `removed`: the group is gone.
 */
export type GroupCast =
  | { readonly tag: 'recompile' }
  | { readonly tag: 'republish' }
  | { readonly tag: 'check_hashes' }
  | { readonly tag: 'removed' };
