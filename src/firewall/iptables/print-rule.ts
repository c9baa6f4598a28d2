import type { Family } from '../addresses/family.js';
import type { FirewallRule, Peer, Side, SourceLimit, Verdict } from '../rules/firewall-rule.js';
import { flatText } from '../flat-text.js';
import { keptWords } from '../kept-words.js';
import { STATES, type State } from '../rules/connection-state.js';
import { kernelComment, oldStyleLine, simpleOldArgument } from './comment-text.js';
import { packetTexts } from './print-packets.js';

/** How comments are spelled: as the Erlang server did wherever that hashes the same, or as the kernel prints them. */
export type CommentStyle = 'old' | 'kernel';

const TARGET: Readonly<Record<Family, Readonly<Record<Verdict, string>>>> = {
  v4: targets('icmp-port-unreachable'),
  v6: targets('icmp6-port-unreachable'),
};

function targets(unreachable: string): Readonly<Record<Verdict, string>> {
  return {
    accept: ' -j ACCEPT',
    drop: ' -j DROP',
    reject: ` -j REJECT --reject-with ${unreachable}`,
    reset: ' -j REJECT --reject-with tcp-reset',
  };
}

/** The mask that keeps addresses whole, which the kernel always prints. */
const WHOLE_MASK: Readonly<Record<Family, string>> = {
  v4: '255.255.255.255',
  v6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
};

const NO_LIMIT: Readonly<Record<Family, Readonly<Record<Verdict, readonly LineEnd[]>>>> = {
  v4: plainEnds(TARGET.v4),
  v6: plainEnds(TARGET.v6),
};

function plainEnds(targets: Readonly<Record<Verdict, string>>): Readonly<Record<Verdict, readonly LineEnd[]>> {
  const end = (verdict: Verdict): readonly LineEnd[] => [{ before: '', after: targets[verdict] }];
  return { accept: end('accept'), drop: end('drop'), reject: end('reject'), reset: end('reset') };
}

/** The end of a line, before and after its comment. */
interface LineEnd {
  readonly before: string;
  readonly after: string;
}

/**
 * A recent limit takes two lines: the first acts on sources that came too often, the second records the source. The
 * comment goes before the limit, because the end of a line that ends in a comment may be trimmed.
 */
function lineEnds(limit: SourceLimit | null, verdict: Verdict, family: Family): readonly LineEnd[] {
  if (limit === null) return NO_LIMIT[family][verdict];
  const target = TARGET[family][verdict];
  if (limit.kind === 'connections') {
    const match = ` -m connlimit --connlimit-above ${limit.above} --connlimit-mask ${limit.prefix} --connlimit-saddr`;
    return [{ before: match, after: target }];
  }
  const hits = limit.hits > 0 ? ` --hitcount ${limit.hits}` : '';
  const list = ` --name ${limit.name} --mask ${limit.mask ?? WHOLE_MASK[family]} --rsource`;
  return [
    { before: '', after: ` -m recent --update --seconds ${limit.seconds}${hits}${list}${target}` },
    { before: '', after: ` -m recent --set${list}` },
  ];
}

/** The words of lines about packets that come in, and that go out. */
const WAY = {
  in: { start: '-A INPUT', address: ' -s ', interface: ' -i ' },
  out: { start: '-A OUTPUT', address: ' -d ', interface: ' -o ' },
} as const;

/** The kernel prints nothing for an address of prefix length 0. */
function addressOption(option: string, text: string): string {
  return text.endsWith('/0') ? '' : option + text;
}

const SIDE: Readonly<Record<Side, string>> = { source: ' src', destination: ' dst' };

function setMatch({ name, side }: Peer & { readonly kind: 'set' }): string {
  return ' -m set --match-set ' + name + SIDE[side];
}

const BIT: Readonly<Record<State, number>> = { INVALID: 1, NEW: 2, RELATED: 4, ESTABLISHED: 8, UNTRACKED: 16 };

/** By the sum of the bits of its states: there are few. */
const STATE_MATCH: readonly string[] = Array.from({ length: 1 << STATES.length }, (_, bits) => {
  const states = STATES.filter((state) => (bits & BIT[state]) !== 0);
  return states.length === 0 ? '' : flatText(' -m state --state ', states.join(','));
});

/** States come in the kernel's order, without repeats. */
function stateBits(states: readonly State[]): number {
  let bits = 0;
  for (const state of states) bits |= BIT[state];
  return bits;
}

const COMMENT = ' -m comment --comment ';

/** What a comment makes of the ends of lines. */
interface CommentEnds {
  /** Its option, the same in every line; null: how it is spelled depends on the line. */
  readonly option: string | null;
  /** How lines with it end that have no limit, as far as they were asked for, by {@link endNumber}: there are few. */
  readonly ends: { readonly number: number; readonly text: string }[];
}

function commentEnds(argumentOf: (comment: string) => string | null): (comment: string) => CommentEnds {
  return keptWords((comment) => {
    const argument = comment === '' ? '' : argumentOf(comment);
    return { option: argument === null || argument === '' ? argument : flatText(COMMENT, argument), ends: [] };
  });
}

/** By the comment. */
const COMMENT_ENDS: Readonly<Record<Family, Readonly<Record<CommentStyle, (comment: string) => CommentEnds>>>> = {
  v4: { kernel: commentEnds(kernelComment), old: commentEnds(simpleOldArgument) },
  v6: { kernel: commentEnds(kernelComment), old: commentEnds(simpleOldArgument) },
};

const VERDICT_NUMBER: Readonly<Record<Verdict, number>> = { accept: 0, drop: 1, reject: 2, reset: 3 };

/** One number for states and verdict. */
function endNumber(bits: number, verdict: Verdict): number {
  return bits * 4 + VERDICT_NUMBER[verdict];
}

/**
 * How the lines of a rule without a limit end: states, comment, verdict and line feed, as one text that many lines
 * share. Undefined: its comment is spelled as the line wants it.
 */
function plainEnd({ states, comment, verdict }: FirewallRule, family: Family, style: CommentStyle): string | undefined {
  const { option, ends } = COMMENT_ENDS[family][style](comment);
  if (option === null) return undefined;
  const bits = stateBits(states);
  const number = endNumber(bits, verdict);
  for (const end of ends) if (end.number === number) return end.text;
  const text = flatText(STATE_MATCH[bits] as string, option, TARGET[family][verdict], '\n');
  ends.push({ number, text });
  return text;
}

/** How the lines of a rule begin: once, or for each of its addresses. */
function lineStarts({ direction, peer }: FirewallRule): string | readonly string[] {
  const { start, address } = WAY[direction];
  return peer.kind === 'addresses' ? peer.list.map((text) => start + addressOption(address, text)) : start;
}

/** The option of the interface. */
function placeOf({ direction, interface: device }: FirewallRule): string {
  return device === null ? '' : WAY[direction].interface + device.name + (device.andLonger ? '+' : '');
}

/** The lines of a rule that are all made alike, which those of most rules are: of few parts. */
function plainLines(rule: FirewallRule, family: Family, set: string, end: string): string {
  const start = WAY[rule.direction].start + placeOf(rule);
  let lines = '';
  for (const { protocol, match } of packetTexts(rule.packets, family)) lines += start + protocol + set + match + end;
  return lines;
}

/**
 * The lines of a rule, as `iptables-save` prints them (comments in the old spelling where `style` is `old` and that
 * hashes the same): one line per port list, ICMP type, half of a limit, and address. Each ends in a line feed.
 */
export function printRule(rule: FirewallRule, family: Family, style: CommentStyle): string {
  const { peer, limit, comment } = rule;
  const set = peer.kind === 'set' ? setMatch(peer) : '';
  const end = limit === null && peer.kind !== 'addresses' ? plainEnd(rule, family, style) : undefined;
  if (end !== undefined) return plainLines(rule, family, set, end);
  const place = placeOf(rule);
  const state = STATE_MATCH[stateBits(rule.states)] as string;
  const { option } = COMMENT_ENDS[family][style](comment);
  const ends = lineEnds(limit, rule.verdict, family);
  const starts = lineStarts(rule);
  const first = typeof starts === 'string' ? starts : (starts[0] ?? '');
  let lines = '';
  for (const { protocol, match } of packetTexts(rule.packets, family)) {
    const conditions = place + protocol + set + match + state;
    for (const { before, after } of ends) {
      const until = conditions + before;
      const rest =
        option !== null
          ? until + option + after + '\n'
          : oldStyleLine(comment, (old) => first + until + COMMENT + old + after).slice(first.length) + '\n';
      if (typeof starts === 'string') lines += starts + rest;
      else for (const start of starts) lines += start + rest;
    }
  }
  return lines;
}
