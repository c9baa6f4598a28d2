import { sha256 } from '../firewall/hash/sha256.js';
import { type RulesetHashField, variantsOfType } from '../model/ruleset-variants.js';
import type { HashField, Hashes, Wanted } from './hash-check.js';
import type { HostKnowledge, HostReport, RunsVariant, StandingStill } from './host-report.js';

/** The two fields in which an agent reports what is loaded, by the variant that it runs. */
export const LIVE_FIELDS = {
  ipsets: liveFields('ipsets'),
  iptables: liveFields('iptables'),
} as const satisfies Record<RunsVariant, readonly [HashField, HashField]>;

function liveFields(type: RunsVariant): readonly [RulesetHashField, RulesetHashField] {
  const [four, six] = variantsOfType(type);
  return [four.hashField, six.hashField];
}

/** Where the Elixir agent, or a package of it, has the tools. */
const TOOL_DIRECTORIES = ['/home/dog/bin/', '', '/sbin/', '/usr/sbin/', '/usr/local/sbin/', '/bin/', '/usr/bin/'];
function quotedHashes(tool: string): ReadonlySet<string> {
  return new Set(TOOL_DIRECTORIES.map((directory) => sha256(`\`${directory}${tool} -t filter\``)));
}
/** The Elixir agent puts its command between single quotes, so the shell prints the command, and that is hashed. */
const QUOTED = { 4: quotedHashes('iptables-save'), 6: quotedHashes('ip6tables-save') };

/** So many rulesets must have been ignored, one after the other, before a hash counts as one that never changes. */
const CHANGES_IGNORED = 3;
const HASH = /^[0-9a-f]{64}$/;

export interface Shown {
  /** Given: the agent can't show its rules; which variant it seems to run. */
  readonly unverified?: RunsVariant;
  readonly still?: StandingStill;
}

/**
 * Whether an agent shows what its host has loaded. It does not when it hashes the text of a command, which is known for
 * the usual paths; and it does not when its hashes never change while the rulesets that it was sent do. The second is
 * also what a host looks like that loads nothing: so it counts only for agents that leave out `docker_container_ids`, as
 * the Elixir agent alone does, on hosts whose hashes never once were right, and after some changes that had their time.
 * `graceSeconds`: how long a host may take to load a ruleset.
 */
export function shownBy(
  report: HostReport,
  known: HostKnowledge | undefined,
  wanted: Wanted | undefined,
  now: number,
  graceSeconds: number,
): Shown {
  const quoted = quotedIn(report.hashes);
  if (quoted !== undefined) return { unverified: quoted };
  const rules = wanted?.rules;
  const reports = LIVE_FIELDS.ipsets.map((field) => report.hashes[field]);
  const elixir = !('docker_container_ids' in report.fields) && !('docker_container_ids' in (report.extra ?? {}));
  if (!elixir || known?.verified === true || rules === undefined || !reports.every((hash) => HASH.test(hash)))
    return {};
  const wants = LIVE_FIELDS.ipsets.map((field) => rules.hashes[field]);
  if (reports.some((hash, index) => hash === wants[index])) return {};
  const [reported, wantedNow] = [reports.join(' '), wants.join(' ')];
  const before = known?.still?.reported === reported ? known.still : undefined;
  const hadTime = Math.abs(now - rules.changedAt) > graceSeconds;
  const still =
    before === undefined
      ? { reported, wanted: wantedNow, changes: 0 }
      : hadTime && before.wanted !== wantedNow
        ? { reported, wanted: wantedNow, changes: Math.min(before.changes + 1, CHANGES_IGNORED) }
        : before;
  return { still, ...(still.changes >= CHANGES_IGNORED ? { unverified: 'ipsets' } : {}) };
}

/** Whether these hashes are of the text of a command, whatever the host has loaded. */
export function showsNoRules(hashes: Hashes): boolean {
  return quotedIn(hashes) !== undefined;
}

function quotedIn(hashes: Hashes): RunsVariant | undefined {
  for (const variant of ['ipsets', 'iptables'] as const) {
    const [four, six] = LIVE_FIELDS[variant];
    if (QUOTED[4].has(hashes[four]) || QUOTED[6].has(hashes[six])) return variant;
  }
  return undefined;
}
