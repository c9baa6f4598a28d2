/**
 * Protocol numbers (IANA) and the names that `iptables-save` prints for them: those of Debian's /etc/protocols. Numbers
 * without a name print as they are. Measured on both back ends, both families.
 */
const NAMES: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  3: 'ggp',
  4: 'ipencap',
  5: 'st',
  6: 'tcp',
  8: 'egp',
  9: 'igp',
  12: 'pup',
  17: 'udp',
  20: 'hmp',
  22: 'xns-idp',
  27: 'rdp',
  29: 'iso-tp4',
  33: 'dccp',
  36: 'xtp',
  37: 'ddp',
  38: 'idpr-cmtp',
  41: 'ipv6',
  43: 'ipv6-route',
  44: 'ipv6-frag',
  45: 'idrp',
  46: 'rsvp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  57: 'skip',
  58: 'ipv6-icmp',
  59: 'ipv6-nonxt',
  60: 'ipv6-opts',
  73: 'rspf',
  81: 'vmtp',
  88: 'eigrp',
  89: 'ospf',
  93: 'ax.25',
  94: 'ipip',
  97: 'etherip',
  98: 'encap',
  103: 'pim',
  108: 'ipcomp',
  112: 'vrrp',
  115: 'l2tp',
  124: 'isis',
  132: 'sctp',
  133: 'fc',
  135: 'mobility-header',
  136: 'udplite',
  137: 'mpls-in-ip',
  138: 'manet',
  139: 'hip',
  140: 'shim6',
  141: 'wesp',
  142: 'rohc',
  143: 'ethernet',
};

const KNOWN = new Set(Object.values(NAMES));

/** The protocol as the kernel prints it back: a name, or a number that has none. Undefined if there is no such protocol. */
export function protocolName(text: string): string | undefined {
  if (KNOWN.has(text)) return text;
  if (!/^[1-9][0-9]{0,2}$/.test(text) || Number(text) > 255) return undefined;
  return NAMES[Number(text)] ?? text;
}

const NUMBERS: ReadonlyMap<string, number> = new Map(
  Object.entries(NAMES).map(([number, name]) => [name, Number(number)]),
);

/** The number of a protocol that {@link protocolName} knows: by name, or as a number itself. */
export function protocolNumber(text: string): number | undefined {
  const name = protocolName(text);
  return name === undefined ? undefined : (NUMBERS.get(name) ?? Number(name));
}
