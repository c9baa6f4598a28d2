import type { Family } from '../firewall/addresses/family.js';
import { readIcmpType } from '../firewall/rules/icmp-types.js';
import { readNet } from './address-set.js';
import { ALL_STATES, type LineDraft } from './line-draft.js';
import { type State, STATES } from './packet.js';
import { readProtocol } from './protocols.js';
import { joinRanges, MOST, otherRanges } from './ranges.js';
import type { InterfaceMatch, Range } from './ruleset.js';

/** How many words an option took, itself with it; or why it is not understood. */
type Taken = number | string;

/** What an option does with its one value; a string says why it can't. */
type Reader = (draft: LineDraft, value: string, negated: boolean) => string | undefined;

const MODULES: ReadonlySet<string> = new Set([
  'state',
  'conntrack',
  'comment',
  'set',
  'multiport',
  'tcp',
  'udp',
  'sctp',
  'dccp',
  'udplite',
  'icmp',
  'icmp6',
  'recent',
  'connlimit',
]);

/** How a rejected packet can be answered. */
const REJECTIONS: Readonly<Record<Family, ReadonlySet<string>>> = {
  v4: new Set([
    'icmp-net-unreachable',
    'icmp-host-unreachable',
    'icmp-proto-unreachable',
    'icmp-port-unreachable',
    'icmp-net-prohibited',
    'icmp-host-prohibited',
    'icmp-admin-prohibited',
    'tcp-reset',
  ]),
  v6: new Set([
    'icmp6-no-route',
    'icmp6-adm-prohibited',
    'icmp6-addr-unreachable',
    'icmp6-port-unreachable',
    'icmp6-policy-fail',
    'icmp6-reject-route',
    'tcp-reset',
  ]),
};

function readPort(text: string): number | undefined {
  return /^(?:0|[1-9][0-9]{0,4})$/.test(text) && Number(text) <= MOST ? Number(text) : undefined;
}

/** `22`, `1:1023`, `:1023`, `1024:` and lists of them. */
function readPorts(text: string, negated: boolean): readonly Range[] | undefined {
  const alone = readPort(text);
  if (alone !== undefined && !negated) return [[alone, alone]];
  const ranges: Range[] = [];
  for (const part of text.split(',')) {
    const [from = '', to, ...more] = part.split(':');
    const first = from === '' && to !== undefined ? 0 : readPort(from);
    const last = to === undefined ? first : to === '' ? MOST : readPort(to);
    if (first === undefined || last === undefined || more.length > 0 || last < first) return undefined;
    ranges.push([first, last]);
  }
  const joined = joinRanges(ranges);
  return negated ? otherRanges(joined) : joined;
}

function ports(side: 'sport' | 'dport'): Reader {
  return (draft, value, negated) => {
    const ranges = readPorts(value, negated);
    if (ranges === undefined) return `${JSON.stringify(value)} is not a list of ports`;
    if (draft[side] !== null) return 'ports of one end given twice';
    draft[side] = ranges;
    return undefined;
  };
}

function states(draft: LineDraft, value: string, negated: boolean): string | undefined {
  let bits = 0;
  for (const word of value.split(',')) {
    const at = STATES.indexOf(word as State);
    if (at < 0) return `${word} is not a connection state (${STATES.join(', ')})`;
    bits |= 1 << at;
  }
  draft.states &= negated ? ALL_STATES & ~bits : bits;
  return undefined;
}

function interfaceMatch(value: string, negated: boolean): InterfaceMatch {
  const prefix = value.endsWith('+');
  return { name: prefix ? value.slice(0, -1) : value, prefix, negated };
}

function address(side: 'src' | 'dst'): Reader {
  return (draft, value, negated) => {
    const net = readNet(value, draft.family);
    if (net === undefined) return `${JSON.stringify(value)} is not an address or net of ${draft.family}`;
    draft.addresses.push({ side, of: { net }, negated });
    return undefined;
  };
}

function icmp(draft: LineDraft, value: string, negated: boolean): string | undefined {
  if (value === 'any') {
    if (negated) draft.icmp = [];
    return undefined;
  }
  const type = readIcmpType(value, draft.family);
  if (type === undefined) return `${JSON.stringify(value)} is not an ICMP type of ${draft.family}`;
  // For IPv4 the kernel takes type 255 for any type.
  if (draft.family === 'v4' && type.type === 255) return undefined;
  const first = type.type * 256;
  const range: Range = type.code === null ? [first, first + 255] : [first + type.code, first + type.code];
  draft.icmp = negated ? otherRanges([range]) : [range];
  return undefined;
}

function whole(text: string, most: number): number | undefined {
  return /^[0-9]{1,10}$/.test(text) && Number(text) <= most ? Number(text) : undefined;
}

/** A whole number of a limit, kept by `keep`. */
function number(most: number, keep: (draft: LineDraft, value: number) => void): Reader {
  return (draft, value, negated) => {
    const read = whole(value, most);
    if (read === undefined || negated) return `${JSON.stringify(value)} must be a whole number up to ${most}`;
    keep(draft, read);
    return undefined;
  };
}

const ONE_VALUE = new Map<string, Reader>(
  Object.entries({
    '-s': address('src'),
    '-d': address('dst'),
    '-i': (draft, value, negated) => {
      draft.in = interfaceMatch(value, negated);
      return undefined;
    },
    '-o': (draft, value, negated) => {
      draft.out = interfaceMatch(value, negated);
      return undefined;
    },
    '-p': (draft, value, negated) => {
      if (value === 'all' || value === '0') return negated ? '-p 0 is every protocol, so ! has no meaning' : undefined;
      const protocol = readProtocol(value);
      if (protocol === undefined) return `${JSON.stringify(value)} is not a protocol`;
      draft.protocol = { number: protocol, negated };
      return undefined;
    },
    '--state': states,
    '--ctstate': states,
    '--comment': () => undefined,
    '--sport': ports('sport'),
    '--dport': ports('dport'),
    '--sports': ports('sport'),
    '--dports': ports('dport'),
    '--icmp-type': icmp,
    '--icmpv6-type': icmp,
    '--seconds': number(2 ** 31 - 1, (draft, value) => (draft.recentDraft().seconds = value)),
    '--hitcount': number(255, (draft, value) => (draft.recentDraft().hits = value)),
    '--name': (draft, value) => {
      draft.recentDraft().name = value;
      return undefined;
    },
    '--mask': (draft, value) => {
      if (readNet(value, draft.family) === undefined)
        return `${JSON.stringify(value)} is not a mask of ${draft.family}`;
      draft.recentDraft().mask = value;
      return undefined;
    },
    '--connlimit-above': number(2 ** 32 - 1, (draft, value) => (draft.above = value)),
    '--connlimit-mask': number(128, (draft, value) => (draft.prefix = value)),
    '--reject-with': (draft, value) => {
      if (draft.target.kind !== 'verdict' || draft.target.verdict !== 'reject')
        return '--reject-with without -j REJECT';
      if (!REJECTIONS[draft.family].has(value)) return `${JSON.stringify(value)} is not an answer of ${draft.family}`;
      draft.target = { kind: 'verdict', verdict: 'reject', rejectWith: value };
      return undefined;
    },
  } satisfies Readonly<Record<string, Reader>>),
);

type Flag = (draft: LineDraft) => void;
const FLAGS = new Map<string, Flag>(
  Object.entries({
    '--set': (draft) => (draft.recentDraft().action = 'set'),
    '--update': (draft) => (draft.recentDraft().action = 'update'),
    '--rcheck': (draft) => (draft.recentDraft().action = 'rcheck'),
    '--rsource': (draft) => (draft.recentDraft().side = 'src'),
    '--rdest': (draft) => (draft.recentDraft().side = 'dst'),
    '--connlimit-saddr': () => undefined,
  } satisfies Readonly<Record<string, Flag>>),
);

/** Targets that note a packet and let the next line look at it; what follows them are options of their own. */
export const NOTING: ReadonlySet<string> = new Set(['LOG', 'NFLOG']);

/** Reads `-j TARGET`. A name that is no target of ours is taken for a chain, which the whole text must then have. */
function target(draft: LineDraft, word: string, name: string, rest: number): Taken {
  if (name === 'ACCEPT') draft.target = { kind: 'verdict', verdict: 'accept', rejectWith: null };
  else if (name === 'DROP') draft.target = { kind: 'verdict', verdict: 'drop', rejectWith: null };
  else if (name === 'REJECT') {
    const rejectWith = draft.family === 'v4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable';
    draft.target = { kind: 'verdict', verdict: 'reject', rejectWith };
  } else if (name === 'RETURN') draft.target = { kind: 'return' };
  else if (NOTING.has(name)) return rest;
  else draft.target = { kind: 'jump', chain: name, goto: word === '-g' };
  return 2;
}

/** Reads the option at `words[at]` into the draft. `!` was before it if `negated`. */
export function readOption(draft: LineDraft, words: readonly string[], at: number, negated: boolean): Taken {
  const word = words[at] ?? '';
  const value = words[at + 1];
  const flag = FLAGS.get(word);
  if (flag !== undefined) {
    if (negated || !draft.first(word)) return `${word} is negated or comes twice`;
    flag(draft);
    return 1;
  }
  if (value === undefined) return `${JSON.stringify(word)} is not an option that is understood, or has no value`;
  if (word === '-m') {
    if (negated || !MODULES.has(value)) return `the match -m ${value} is not understood`;
    draft.module(value);
    return 2;
  }
  if (word === '-j' || word === '-g') {
    return negated || !draft.first('-j')
      ? `${word} is negated or comes twice`
      : target(draft, word, value, words.length - at);
  }
  if (word === '--match-set') {
    const side = words[at + 2];
    if (side !== 'src' && side !== 'dst') return 'give --match-set NAME src or dst';
    draft.addresses.push({ side, of: { set: value }, negated });
    return 3;
  }
  const reader = ONE_VALUE.get(word);
  if (reader === undefined) return `${JSON.stringify(word)} is not understood`;
  if (!draft.first(word)) return `${word} comes twice`;
  return reader(draft, value, negated) ?? 2;
}
