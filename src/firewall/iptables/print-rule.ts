import type { Family } from '../addresses/family.js';
import type { FirewallRule, Side, SourceLimit, Verdict } from '../rules/firewall-rule.js';
import { kernelComment, oldStyleLine } from './comment-text.js';
import { packetTexts } from './print-packets.js';

/** How comments are spelled: as the Erlang server did wherever that hashes the same, or as the kernel prints them. */
export type CommentStyle = 'old' | 'kernel';

const SIDE: Readonly<Record<Side, string>> = { source: 'src', destination: 'dst' };

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

/** The end of a line, before and after its comment. */
interface LineEnd {
  readonly before: string;
  readonly after: string;
}

/**
 * A recent limit takes two lines: the first acts on sources that came too often, the second records the source. The
 * comment goes before the limit, because the end of a line that ends in a comment may be trimmed.
 */
function lineEnds(limit: SourceLimit | null, target: string, family: Family): readonly LineEnd[] {
  if (limit === null) return [{ before: '', after: target }];
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

/** The kernel prints nothing for an address of prefix length 0. */
function addressOption(option: string, text: string): string {
  return text.endsWith('/0') ? '' : option + text;
}

/**
 * Adds the lines of a rule, as `iptables-save` prints them (comments in the old spelling where `style` is `old` and
 * that hashes the same): one line per port list, ICMP type, half of a limit, and address.
 */
export function printRule(rule: FirewallRule, family: Family, style: CommentStyle, lines: string[]): void {
  const { peer, interface: device, states, comment } = rule;
  const inbound = rule.direction === 'in';
  const start = inbound ? '-A INPUT' : '-A OUTPUT';
  const option = inbound ? ' -s ' : ' -d ';
  const place = device === null ? '' : `${inbound ? ' -i ' : ' -o '}${device.name}${device.andLonger ? '+' : ''}`;
  const set = peer.kind === 'set' ? ` -m set --match-set ${peer.name} ${SIDE[peer.side]}` : '';
  const state = states.length === 0 ? '' : ` -m state --state ${states.join(',')}`;
  const ends = lineEnds(rule.limit, TARGET[family][rule.verdict], family);
  const addresses = peer.kind === 'addresses' ? peer.list : null;
  const first = addresses === null ? start : start + addressOption(option, addresses[0] ?? '');
  const argument = comment === '' || style === 'old' ? '' : kernelComment(comment);
  for (const { protocol, match } of packetTexts(rule.packets, family)) {
    const head = place + protocol + set + match + state;
    for (const { before, after } of ends) {
      let rest: string;
      if (comment === '') rest = head + before + after;
      else {
        const until = `${head}${before} -m comment --comment `;
        rest =
          style === 'kernel'
            ? until + argument + after
            : oldStyleLine(comment, (old) => first + until + old + after).slice(first.length);
      }
      if (addresses === null) lines.push(start + rest);
      else for (const text of addresses) lines.push(start + addressOption(option, text) + rest);
    }
  }
}
