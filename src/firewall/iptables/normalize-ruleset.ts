import { sha256 } from '../hash/sha256.js';
import { trimTrailingBlanks } from '../hash/trim-trailing-blanks.js';

const KEPT_FORWARD = '-A FORWARD -j REJECT --reject-with icmp-port-unreachable';

/**
 * One match of `(:.*) \[.*\]` replaced by `\1 [0:0]`, without a regular expression: both parts are greedy, so the match
 * runs from the first colon over the last ` [` that a `]` follows, to the last `]` of the line. The pattern itself
 * would backtrack from every colon of a line that holds none, and IPv6 lines are full of colons.
 */
function resetCounters(line: string): string {
  const close = line.lastIndexOf(']');
  if (close < 2) return line;
  const open = line.lastIndexOf(' [', close - 2);
  if (open < 0) return line;
  const colon = line.indexOf(':');
  if (colon < 0 || colon >= open) return line;
  return `${line.slice(0, open)} [0:0]${line.slice(close + 1)}`;
}

function withoutQuotes(line: string): string {
  return line.replaceAll('"', '').replaceAll("'", '');
}

/** Docker's chains and lines of FORWARD, except the one that every v4 ruleset has. */
function isIgnored(line: string): boolean {
  return (
    line.startsWith('-A DOCKER') ||
    line.startsWith(':DOCKER') ||
    (line.startsWith('-A FORWARD') && line !== KEPT_FORWARD)
  );
}

const LXD_BRIDGE = [
  '-A INPUT -i lxdbr0 ',
  '-A FORWARD -o lxdbr0 ',
  '-A FORWARD -i lxdbr0 ',
  '-A POSTROUTING -o lxdbr0 ',
];

function normalize(text: string, clean: (line: string) => string, ignored: (line: string) => boolean): string {
  const kept: string[] = [];
  for (const raw of text.split('\n')) {
    if (raw === '' || raw.startsWith('#')) continue;
    const line = clean(withoutQuotes(resetCounters(raw)));
    if (line !== '' && !ignored(line)) kept.push(line);
  }
  return kept.join('\n');
}

/**
 * The lines of an iptables ruleset that its hash looks at: comment lines, counters, quotes, trailing blanks, docker's
 * chains and foreign FORWARD lines go away; what is left is joined by line feeds, without one at the end.
 * Takes what we render as well as what `iptables-save` prints. Source: docs/protocol.md#rulesets-before-hashing.
 */
export function normalizeRuleset(text: string): string {
  return normalize(text, trimTrailingBlanks, isIgnored);
}

/** The hash of one of a group's four rulesets, as the server stores it: {@link normalizeRuleset}, then SHA-256. */
export function rulesetHash(text: string): string {
  return sha256(normalizeRuleset(text));
}

/**
 * The same as agents in the field do it (docs/protocol.md#rulesets-before-hashing): they also trim blanks and tabs from
 * the start of a line, and drop the lines of the LXD bridge. For simulated agents, and for tests that our rulesets
 * read back to the same hash.
 */
export function normalizeRulesetAsAgent(text: string): string {
  return normalize(
    text,
    (line) => line.trim(),
    (line) => isIgnored(line) || LXD_BRIDGE.some((start) => line.startsWith(start)),
  );
}

/** The hash that an agent reports for the ruleset text it read back from its kernel. */
export function agentRulesetHash(text: string): string {
  return sha256(normalizeRulesetAsAgent(text));
}
