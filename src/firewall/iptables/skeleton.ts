/**
 * The lines around the rules of a ruleset (docs/rulesets.md#the-text-of-a-ruleset), by version, each with a line feed at
 * its end.
 */
export interface Skeleton {
  readonly head: string;
  /** Between inbound rules and the rules of chain OUTPUT. */
  readonly middle: string;
  readonly tail: string;
}

/** Flat, since they are parts of many texts. */
function lines(...block: readonly string[]): string {
  return block.map((line) => `${line}\n`).join('');
}

const V4_CHAINS = ['*filter', ':INPUT DROP [0:0]', ':FORWARD DROP [0:0]', ':OUTPUT ACCEPT [0:0]'] as const;
const V4_INPUT = [
  '-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT',
  '-A INPUT -i lo -m comment --comment "local any" -j ACCEPT',
] as const;
const V4_FORWARD = '-A FORWARD -j REJECT --reject-with icmp-port-unreachable';
const V4_OUTPUT = '-A OUTPUT -o lo -m state --state RELATED,ESTABLISHED -m comment --comment "local any" -j ACCEPT';

const V4: Skeleton = {
  head: lines(...V4_CHAINS, ...V4_INPUT),
  middle: lines(V4_FORWARD, V4_OUTPUT),
  tail: lines('COMMIT'),
};

/**
 * With docker's chains in the filter table itself: a second table inside the first, as the Erlang server wrote, is
 * refused by every tool. Policies are those of a host without docker. The hash omits docker's chains and forwarding.
 */
const V4_DOCKER: Skeleton = {
  head: lines(
    ...V4_CHAINS,
    ':DOCKER - [0:0]',
    ':DOCKER-ISOLATION-STAGE-1 - [0:0]',
    ':DOCKER-ISOLATION-STAGE-2 - [0:0]',
    ':DOCKER-USER - [0:0]',
    ...V4_INPUT,
  ),
  middle: lines(
    '-A FORWARD -j DOCKER-USER',
    '-A FORWARD -j DOCKER-ISOLATION-STAGE-1',
    '-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A FORWARD -o docker0 -j DOCKER',
    '-A FORWARD -i docker0 ! -o docker0 -j ACCEPT',
    '-A FORWARD -i docker0 -o docker0 -j ACCEPT',
    V4_FORWARD,
    V4_OUTPUT,
  ),
  tail: lines(
    '-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2',
    '-A DOCKER-ISOLATION-STAGE-1 -j RETURN',
    '-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP',
    '-A DOCKER-ISOLATION-STAGE-2 -j RETURN',
    '-A DOCKER-USER -j RETURN',
    'COMMIT',
  ),
};

/** ICMPv6 types accepted from anywhere, or (`link`) from the link only: RFC 4890, and those of the Erlang server. */
const V6_LET_IN: readonly { readonly types: readonly number[]; readonly link: boolean }[] = [
  { types: [1, 2, 3, 4, 133, 134, 135, 136, 137, 141, 142], link: false },
  { types: [130, 131, 132, 143], link: true },
  { types: [148, 149], link: false },
  { types: [151, 152, 153], link: true },
];

const V6_HEAD: readonly string[] = [
  '*filter',
  ':INPUT DROP [0:0]',
  ':FORWARD DROP [0:0]',
  ':OUTPUT DROP [0:0]',
  ':ICMPFLOOD - [0:0]',
  ':SSHBRUTE - [0:0]',
  '-A INPUT -i lo -j ACCEPT',
  '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  '-A INPUT -m conntrack --ctstate INVALID -j DROP',
  '-A INPUT -s ::1/128 ! -i lo -j DROP',
  ...V6_LET_IN.flatMap(({ types, link }) =>
    types.map((type) => `-A INPUT ${link ? '-s fe80::/10 ' : ''}-p ipv6-icmp -m icmp6 --icmpv6-type ${type} -j ACCEPT`),
  ),
];
const V6_FORWARD = '-A FORWARD -j REJECT --reject-with icmp6-port-unreachable';
const V6_DNS = [
  '-A OUTPUT -p udp -m udp --dport 53 -j ACCEPT',
  '-A OUTPUT -p tcp -m tcp --dport 53 -j ACCEPT',
] as const;

const V6: Skeleton = { head: lines(...V6_HEAD), middle: lines(V6_FORWARD, ...V6_DNS), tail: lines('COMMIT') };

/**
 * What a host must send to work on an IPv6 network: to itself, answers, router and neighbour discovery (RFC 4861), and
 * multicast listener reports (RFC 2710, 3810), without which switches don't pass on neighbour solicitations.
 */
const V6_HOST_TRAFFIC: Skeleton = {
  ...V6,
  middle: lines(
    V6_FORWARD,
    '-A OUTPUT -o lo -j ACCEPT',
    '-A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    ...[133, 135, 136, 131, 132, 143].map((type) => `-A OUTPUT -p ipv6-icmp -m icmp6 --icmpv6-type ${type} -j ACCEPT`),
    ...V6_DNS,
  ),
};

/** The fixed lines for IPv4, with or without docker's chains. */
export function skeletonV4(docker: boolean): Skeleton {
  return docker ? V4_DOCKER : V4;
}

/** The fixed lines for IPv6; `hostTraffic`: accept what a host must send to be on the network at all. */
export function skeletonV6(hostTraffic: boolean): Skeleton {
  return hostTraffic ? V6_HOST_TRAFFIC : V6;
}
