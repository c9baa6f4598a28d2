import type { FlowAnswer } from '../../../analysis/flow-json.js';

/** A flow in words: `inbound tcp 22 from zone:office (new): drop before, accept now`. */
export function flowText(flow: FlowAnswer): string {
  const { direction, family, protocol, ports, icmp_types: icmp, state, before, after } = flow;
  const what = [protocol ?? 'everything', ports ?? icmp ?? ''].filter((part) => part !== '').join(' ');
  const peer = `${direction === 'inbound' ? 'from' : 'to'} ${addresses(flow.peer)}`;
  const own = flow.own === undefined ? '' : `, at ${addresses(flow.own)}`;
  const device = flow.interface === null ? '' : `, by ${flow.interface}`;
  const states = state === null ? '' : ` (${state.toLowerCase()})`;
  return `${direction} ${what} ${peer}${own}${device}${states}, ${family === 'v4' ? 'IPv4' : 'IPv6'}: ${before} before, ${after} now`;
}

function addresses({ addresses: nets, names, count, except }: FlowAnswer['peer']): string {
  const [net] = nets;
  if (net === '0.0.0.0/0' || net === '::/0') return 'anyone';
  if (names.length > 0) return names.slice(0, 3).join(', ');
  if (except !== undefined) return `all but ${except.slice(0, 3).join(', ')}${except.length > 3 ? ' …' : ''}`;
  return `${nets.slice(0, 3).join(', ')}${nets.length > 3 ? ` … (${count} addresses)` : ''}`;
}
