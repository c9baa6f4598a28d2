/** A JSON value as stored and as sent over the API. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object whose keys are not all known: clients may add any, and get them back untouched. */
export type JsonObject = { readonly [key: string]: Json };

/**
 * A stored document. `id` is unique in its table; everything else is the resource's own (docs/http-api.md#resources).
 */
export type Document = JsonObject & { readonly id: string };

/**
 * The tables of the `dog` database (docs/rethinkdb.md#the-database): policy and hosts. Other servers have ten of them;
 * `assertion` is ours.
 */
export const POLICY_TABLES = [
  'assertion',
  'external',
  'fact',
  'group',
  'host',
  'ipset',
  'link',
  'profile',
  'ruleset',
  'service',
  'zone',
] as const;

/**
 * Tables of this server's own, beside the ten: clients of the Erlang server never see them.
 * - `host_history`: id = hostkey; what a host reported to hold, from when to when (docs/http-api.md#what-a-host-held).
 * - `host_report`: id = hostkey; what a host last reported that its row does not keep
 *   (docs/host-lifecycle.md#whose-group-it-is).
 * - `pin`: id = group id; the revision at which the group is held, who held it there and why.
 * - `rollout`: id = `<group id>.<number>`; a change of a group's rules on its way to its hosts (docs/rollout.md).
 * - `rollout_policy`: id = group id; how its changes reach its hosts, where that is not as for all groups.
 * - `revision`: id = `<group id>/<number>`, each published ruleset of a group; id = group id, which is its newest.
 * - `ruleset_output`: id = group id; which texts are its last good ones, when compiled and published, or the error.
 * - `ruleset_text`: id = SHA-256 of the content; the texts and hashes that rows of `ruleset_output` name, each once.
 * - `plan`: id = SHA-256 of what it would store and ship; plans that may still be applied (docs/http-api.md#plans).
 * - `set_history`: id = number from 1, padded; what all sets held each time that they were published, as what changed
 *   since the row before or as a whole (docs/http-api.md#explain-in-the-past).
 * - `token`: API tokens as hashes (docs/http-api.md#who-asks).
 * - `setting`: small facts that survive a restart (ruleset dialect, publishing paused).
 */
export const OWN_TABLES = [
  'host_history',
  'host_report',
  'pin',
  'plan',
  'revision',
  'rollout',
  'rollout_policy',
  'ruleset_output',
  'ruleset_text',
  'set_history',
  'token',
  'setting',
] as const;

export type PolicyTable = (typeof POLICY_TABLES)[number];
export type OwnTable = (typeof OWN_TABLES)[number];
export type Table = PolicyTable | OwnTable;

/** The resources that the API offers (all policy tables but `ipset`). */
export type Resource = Exclude<PolicyTable, 'ipset'>;
