/** Whom a rule of a security group lets in or out: IPv4 addresses, or the members of a security group. */
export type Ec2Peer = { readonly cidr: string } | { readonly groupId: string };

/** The packets of a rule as EC2 has them. */
export interface Ec2Packets {
  /** `tcp`, `udp`, `icmp`, the number of another protocol, or `-1` for all. */
  readonly protocol: string;
  /** First port; for ICMP the type, -1 for any; 0 where the protocol has no ports. */
  readonly fromPort: number;
  /** Last port; for ICMP the code, -1 for any; 0 where the protocol has no ports. */
  readonly toPort: number;
}

/** One rule with one peer. */
export interface Ec2Rule extends Ec2Packets {
  readonly peer: Ec2Peer;
}

/** Rules for the same packets, as EC2 takes and shows them. Both lists are sorted. */
export interface Ec2Permission extends Ec2Packets {
  readonly groupIds: readonly string[];
  readonly cidrs: readonly string[];
}

export type Ec2Direction = 'inbound' | 'outbound';

/** A security group as EC2 has it. */
export interface PresentGroup {
  readonly sgid: string;
  /** Outside of a VPC rules can't name it. */
  readonly outsideVpc: boolean;
  readonly inbound: readonly Ec2Permission[];
  readonly outbound: readonly Ec2Permission[];
}

/** The whole world, which no rule means by mistake. */
export const ANYWHERE = '0.0.0.0/0';

/** Equal for rules about the same packets. */
export function packetsKey({ protocol, fromPort, toPort }: Ec2Packets): string {
  return `${protocol} ${fromPort} ${toPort}`;
}

/** Equal for rules that are the same. */
export function ruleKey(rule: Ec2Rule): string {
  return `${packetsKey(rule)} ${'cidr' in rule.peer ? rule.peer.cidr : rule.peer.groupId}`;
}

/** One rule for each peer of each permission. */
export function spread(permissions: readonly Ec2Permission[]): readonly Ec2Rule[] {
  return permissions.flatMap(({ protocol, fromPort, toPort, groupIds, cidrs }) => {
    const packets = { protocol, fromPort, toPort };
    return [
      ...groupIds.map((groupId) => ({ ...packets, peer: { groupId } })),
      ...cidrs.map((cidr) => ({ ...packets, peer: { cidr } })),
    ];
  });
}

/** One permission for all rules about the same packets, without repeats, in the order of protocol and ports. */
export function gather(rules: Iterable<Ec2Rule>): readonly Ec2Permission[] {
  const gathered = new Map<string, { packets: Ec2Packets; groupIds: Set<string>; cidrs: Set<string> }>();
  for (const { peer, ...packets } of rules) {
    const key = packetsKey(packets);
    const found = gathered.get(key) ?? { packets, groupIds: new Set(), cidrs: new Set() };
    gathered.set(key, found);
    if ('cidr' in peer) found.cidrs.add(peer.cidr);
    else found.groupIds.add(peer.groupId);
  }
  return [...gathered.values()]
    .map(({ packets, groupIds, cidrs }) => ({
      protocol: packets.protocol,
      fromPort: packets.fromPort,
      toPort: packets.toPort,
      groupIds: [...groupIds].sort(),
      cidrs: [...cidrs].sort(),
    }))
    .sort(
      (a, b) =>
        (a.protocol < b.protocol ? -1 : a.protocol > b.protocol ? 1 : 0) ||
        a.fromPort - b.fromPort ||
        a.toPort - b.toPort,
    );
}
