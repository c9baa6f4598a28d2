import { sha256 } from '../hash/sha256.js';

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

/** The end of the line that a place is in. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function withoutComments(text: string): string {
  if (!text.startsWith('#') && !text.includes('\n#')) return text;
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}

/** {@link resetCounters} of each line: of the few that could hold any. */
function withCountersReset(text: string): string {
  let made = '';
  let from = 0;
  for (let close = text.indexOf(']'); close >= 0;) {
    const start = text.lastIndexOf('\n', close) + 1;
    const end = lineEnd(text, close);
    const line = text.slice(start, end);
    const reset = resetCounters(line);
    if (reset !== line) {
      made += text.slice(from, start) + reset;
      from = end;
    }
    close = text.indexOf(']', end);
  }
  return from === 0 ? text : made + text.slice(from);
}

/** A pattern of one character that removes all its matches is copied in one go, unlike `replaceAll`. */
function withoutQuotes(text: string): string {
  return text.replace(/"/g, '').replace(/'/g, '');
}

/** What all hosts leave out before they look at single lines; in whole texts, since few lines hold any of it. */
function withoutTrimmings(text: string): string {
  return withoutQuotes(withCountersReset(withoutComments(text)));
}

const [COLON, LETTER_D, LETTER_F] = [0x3a, 0x44, 0x46];

/** Docker's chains and lines of FORWARD, except the one that every v4 ruleset has. */
function isIgnored(text: string, start: number, end: number): boolean {
  // Most lines are of other chains, which one character tells.
  const chain = text.charCodeAt(start + (text.charCodeAt(start) === COLON ? 1 : 3));
  if (chain !== LETTER_D && chain !== LETTER_F) return false;
  return (
    text.startsWith('-A DOCKER', start) ||
    text.startsWith(':DOCKER', start) ||
    (text.startsWith('-A FORWARD', start) && text.slice(start, end) !== KEPT_FORWARD)
  );
}

const LXD_BRIDGE = [
  '-A INPUT -i lxdbr0 ',
  '-A FORWARD -o lxdbr0 ',
  '-A FORWARD -i lxdbr0 ',
  '-A POSTROUTING -o lxdbr0 ',
];

/** The end of a line without the blanks (U+0020) at its end. */
function trimmedEnd(text: string, start: number, end: number): number {
  let trimmed = end;
  while (trimmed > start && text.charCodeAt(trimmed - 1) === 0x20) trimmed -= 1;
  return trimmed;
}

/**
 * The lines of an iptables ruleset that its hash looks at: comment lines, counters, quotes, trailing blanks, docker's
 * chains and foreign FORWARD lines go away; what is left is joined by line feeds, without one at the end.
 * Takes what we render as well as what `iptables-save` prints. Source: docs/protocol.md#rulesets-before-hashing.
 */
export function normalizeRuleset(ruleset: string): string {
  const text = withoutTrimmings(ruleset);
  let made = '';
  // Lines that stay as they are are taken together.
  let from = 0;
  for (let start = 0, next: number; start < text.length; start = next) {
    const end = lineEnd(text, start);
    next = end + 1;
    const kept = trimmedEnd(text, start, end);
    const isLeftOut = kept === start || isIgnored(text, start, kept);
    if (!isLeftOut && kept === end) continue;
    made += text.slice(from, start);
    if (!isLeftOut) made += `${text.slice(start, kept)}\n`;
    from = next;
  }
  made += text.slice(from);
  return made.endsWith('\n') ? made.slice(0, -1) : made;
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
  return withoutTrimmings(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !isIgnored(line, 0, line.length))
    .filter((line) => !LXD_BRIDGE.some((start) => line.startsWith(start)))
    .join('\n');
}

/** The hash that an agent reports for the ruleset text it read back from its kernel. */
export function agentRulesetHash(text: string): string {
  return sha256(normalizeRulesetAsAgent(text));
}
