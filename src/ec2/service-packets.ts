import { SERVICE_ANY } from '../model/builtins.js';
import type { Document } from '../model/document.js';
import { isList, isObject } from '../model/validate.js';
import type { Dialect } from '../firewall/dialect.js';
import { protocolNumber } from '../firewall/rules/protocol-names.js';
import { readService, type ServiceEntry } from '../firewall/rules/read-service.js';
import type { Ec2Packets } from './ec2-rule.js';

/** The packets of a service, or why EC2 can't be told them. */
export type ServicePackets = readonly Ec2Packets[] | { readonly error: string };

/** EC2 ignores ports of these. */
const WHOLE = { fromPort: 0, toPort: 0 } as const;

/**
 * What a service is in the words of EC2 (docs/rulesets.md#ec2-security-groups). `dog2` takes every entry; `dog1` only
 * the first, as the Erlang server did.
 */
export function servicePackets(services: ReadonlyMap<string, Document>, id: string, dialect: Dialect): ServicePackets {
  const service = services.get(id) ?? (id === SERVICE_ANY.id ? SERVICE_ANY : undefined);
  if (service === undefined) return { error: `there is no service with the id ${id}` };
  return dialect === 'dog1' ? firstEntry(service) : everyEntry(service);
}

function firstEntry({ services }: Document): ServicePackets {
  const entry = isList(services) ? services[0] : undefined;
  if (!isObject(entry)) return { error: 'the service has no entry' };
  const { protocol, ports } = entry;
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'icmp' && protocol !== 'any')
    return { error: `the protocol ${JSON.stringify(protocol)} is none that a security group can name` };
  if (!isList(ports)) return { error: 'the service has no list of ports' };
  const packets: Ec2Packets[] = [];
  for (const text of ports) {
    const read = typeof text === 'string' ? /^([+-]?\d{1,9})(?::([+-]?\d{1,9}))?$/.exec(text) : null;
    if (read === null) return { error: `the port ${JSON.stringify(text)} is not a number or a range low:high` };
    const first = Number(read[1]);
    const last = read[2] === undefined ? (protocol === 'icmp' ? -1 : first) : Number(read[2]);
    packets.push(
      protocol !== 'any'
        ? { protocol, fromPort: first, toPort: last }
        : first === 0 && last === 65535
          ? { protocol: '-1', ...WHOLE }
          : { protocol: '-1', fromPort: first, toPort: last },
    );
  }
  return packets;
}

function everyEntry(document: Document): ServicePackets {
  const read = readService(document);
  if (!read.ok) return { error: read.reason };
  const packets: Ec2Packets[] = [];
  for (const entry of read.service.entries) {
    const found = entryPackets(entry);
    if ('error' in found) return found;
    packets.push(...found);
  }
  return packets;
}

function entryPackets({ protocol, filter }: ServiceEntry): ServicePackets {
  if (filter.kind === 'faulty') return { error: filter.reason };
  if (protocol === null || protocol === undefined) return [{ protocol: '-1', ...WHOLE }];
  if (filter.kind === 'icmp') {
    // Security groups are kept for IPv4 alone.
    if (filter.family === 'v6') return [];
    if (filter.types === 'every') return [{ protocol, fromPort: -1, toPort: -1 }];
    return filter.types.map(({ type, code }) => ({ protocol, fromPort: type, toPort: code ?? -1 }));
  }
  if (filter.kind === 'all') {
    const whole = protocol === 'tcp' || protocol === 'udp' ? { fromPort: 0, toPort: 65535 } : WHOLE;
    return [{ protocol: nameInEc2(protocol), ...whole }];
  }
  if (protocol === 'tcp' || protocol === 'udp')
    return filter.ports.map(({ first, last }) => ({ protocol, fromPort: first, toPort: last }));
  if (filter.ports.some(({ first, last }) => first === 0 && last === 65535))
    return [{ protocol: nameInEc2(protocol), ...WHOLE }];
  return { error: `a security group can't name ports of ${protocol}, only all of it: give 0:65535 for the port` };
}

function nameInEc2(protocol: string): string {
  return ['tcp', 'udp', 'icmp'].includes(protocol) ? protocol : String(protocolNumber(protocol) ?? protocol);
}
