import { createHash } from 'node:crypto';

// The agent's side of docs/protocol.md#rulesets-before-hashing and the next heading, written
// independently of the server's, to check its hashes.

const FORWARD_REJECT = '-A FORWARD -j REJECT --reject-with icmp-port-unreachable';
const DROPPED_STARTS = [
  '-A DOCKER',
  ':DOCKER',
  '-A INPUT -i lxdbr0 ',
  '-A FORWARD -o lxdbr0 ',
  '-A FORWARD -i lxdbr0 ',
  '-A POSTROUTING -o lxdbr0 ',
];

/** Ruleset text as an agent normalises it before hashing. */
export function normalizeAgentRuleset(text: string): string {
  const uncommented = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
  return uncommented
    .replace(/(:[^\n]*) \[[^\n]*\]/g, '$1 [0:0]')
    .split('\n')
    .map((line) => line.replace(/["']/g, '').trim())
    .filter((line) => line !== '' && !isDropped(line))
    .join('\n');
}

/**
 * Text of sets, sent or saved, as an agent normalises it. Sorting comes first
 * (docs/protocol.md#sorting-comes-before-shortening).
 */
export function normalizeAgentSets(text: string): string {
  return text
    .split('\n')
    .sort()
    .filter((line) => line.startsWith('add '))
    .map((line) => line.replaceAll('n ', ' ').replaceAll('/32', '').replaceAll('/128', '').replace(/ +$/, ''))
    .join('\n');
}

/**
 * What the shell hands over for `echo "$(command)"` with dash as `sh`: trailing line feeds become one, and echo
 * interprets backslashes.
 */
export function throughEcho(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };
  const echoed = text.replace(/\n+$/, '').replace(/\\([ntrabfv\\])/g, (_, letter: string) => escapes[letter] ?? '\\');
  return `${echoed}\n`;
}

/**
 * SHA-256 in lower-case hex. Agents hash characters, not bytes, so a text with other characters than ASCII hashes
 * differently than on the server (and crashes the real agent beyond Latin-1).
 */
export function agentHash(text: string): string {
  return createHash('sha256').update(Buffer.from(text, 'latin1')).digest('hex');
}

function isDropped(line: string): boolean {
  if (line.startsWith('-A FORWARD') && line !== FORWARD_REJECT) return true;
  return DROPPED_STARTS.some((start) => line.startsWith(start));
}
