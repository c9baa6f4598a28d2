/**
 * Which of the two forms texts are written in (docs/rulesets.md#two-dialects). `dog1`: the old server's bytes, wherever
 * the kernel takes them and they read back to the same hash. `dog2`: the default of a new installation, which also
 * mends what is wrong.
 */
export type Dialect = 'dog1' | 'dog2';
