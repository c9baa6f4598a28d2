import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { gather, spread, type Ec2Permission, type PresentGroup } from '../ec2-rule.js';

/** A security group as EC2 describes it. IPv6 ranges and prefix lists are not ours, and are not looked at. */
export function presentGroup(group: SecurityGroup & { readonly GroupId: string }): PresentGroup {
  return {
    sgid: group.GroupId,
    outsideVpc: group.VpcId === undefined || group.VpcId === '',
    inbound: (group.IpPermissions ?? []).map(fromAws),
    outbound: (group.IpPermissionsEgress ?? []).map(fromAws),
  };
}

function fromAws({ IpProtocol, FromPort, ToPort, UserIdGroupPairs, IpRanges }: IpPermission): Ec2Permission {
  return {
    protocol: IpProtocol ?? '-1',
    // Absent where the protocol has no ports.
    fromPort: FromPort ?? 0,
    toPort: ToPort ?? 0,
    groupIds: (UserIdGroupPairs ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    cidrs: (IpRanges ?? []).flatMap(({ CidrIp }) => CidrIp ?? []),
  };
}

export function toAws({ protocol, fromPort, toPort, groupIds, cidrs }: Ec2Permission): IpPermission {
  return {
    IpProtocol: protocol,
    FromPort: fromPort,
    ToPort: toPort,
    ...(groupIds.length === 0 ? {} : { UserIdGroupPairs: groupIds.map((GroupId) => ({ GroupId })) }),
    ...(cidrs.length === 0 ? {} : { IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) }),
  };
}

/** The permissions in parts of at most `most` rules each. */
export function inParts(permissions: readonly Ec2Permission[], most: number): readonly (readonly Ec2Permission[])[] {
  const rules = spread(permissions);
  const parts: (readonly Ec2Permission[])[] = [];
  for (let at = 0; at < rules.length; at += most) parts.push(gather(rules.slice(at, at + most)));
  return parts;
}
