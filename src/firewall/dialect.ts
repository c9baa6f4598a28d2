/**
 * How rulesets and sets are written (docs/rulesets.md#two-dialects). `dog1`: the Erlang server's bytes, wherever the
 * kernel takes them and they read back to the same hash. `dog2`: the default of a new installation, which also corrects
 * mistakes.
 */
export type Dialect = 'dog1' | 'dog2';
