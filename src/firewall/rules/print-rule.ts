import { kernelComment, oldStyleLine } from './comment-text.js';
import type { KernelRule, Match, Target } from './kernel-rule.js';

function printMatch(match: Match, comment: string): string {
  switch (match.match) {
    case 'set':
      return ` -m set --match-set ${match.name} ${match.side}`;
    case 'port':
      return ` -m ${match.protocol} --${match.side} ${match.port}`;
    case 'multiport':
      return ` -m multiport --${match.side} ${match.ports.join(',')}`;
    case 'icmp':
      return ` -m icmp --icmp-type ${match.type}`;
    case 'icmp6':
      return ` -m icmp6 --icmpv6-type ${match.type}`;
    case 'state':
      return ` -m state --state ${match.states.join(',')}`;
    case 'connlimit':
      return ` -m connlimit --connlimit-above ${match.above} --connlimit-mask ${match.mask} --connlimit-saddr`;
    case 'recent': {
      const { step } = match;
      const hits = step.kind === 'update' && step.hits > 0 ? ` --hitcount ${step.hits}` : '';
      const what = step.kind === 'update' ? `--update --seconds ${step.seconds}${hits}` : '--set';
      return ` -m recent ${what} --name ${match.name} --mask ${match.mask} --rsource`;
    }
    case 'comment':
      return ` -m comment --comment ${comment}`;
  }
}

function printTarget(target: Target): string {
  if (target === null) return '';
  return target.target === 'REJECT' ? ` -j REJECT --reject-with ${target.with}` : ` -j ${target.target}`;
}

function address(flag: string, text: string): string {
  return text === '' ? '' : ` ${flag} ${text}`;
}

/**
 * The lines of a rule, as `iptables-save` prints them (comments in the old spelling where `style` is `old` and that
 * hashes alike). One line, or one for each of its addresses.
 */
export function printRule(rule: KernelRule, style: 'old' | 'kernel'): string[] {
  const { interface: device, protocol, matches, addresses } = rule;
  const start = `-A ${rule.chain}`;
  const place =
    (device === null ? '' : ` ${device.flag} ${device.name}`) + (protocol === null ? '' : ` -p ${protocol}`);
  const end = (comment: string): string => {
    let text = place;
    for (const match of matches) text += printMatch(match, comment);
    return text + printTarget(rule.target);
  };
  const first = addresses === null ? '' : address(addresses.flag, addresses.list[0] ?? '');
  const text = matches.find((match) => match.match === 'comment')?.text ?? '';
  let rest: string;
  if (text === '') rest = end('');
  else if (style === 'kernel') rest = end(kernelComment(text));
  else {
    rest = oldStyleLine(text, (comment) => start + first + end(comment)).slice(start.length + first.length);
  }
  if (addresses === null) return [start + rest];
  return addresses.list.map((item) => start + address(addresses.flag, item) + rest);
}
