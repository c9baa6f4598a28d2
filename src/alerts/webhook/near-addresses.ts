import { BlockList, isIP } from 'node:net';

/** Addresses that are no public ones: this machine, private networks, link-local, carriers' own, multicast, reserved. */
const NEAR = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  NEAR.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  NEAR.addSubnet(network, prefix, 'ipv6');

/** Whether `host` is an address, also an IPv4 one in IPv6 form, that is not public. A name never is. */
export function isNear(host: string): boolean {
  const family = isIP(host);
  return family !== 0 && NEAR.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
