/** An ICMP type; `code` null: any code. `named`: it was written as a name, which has a meaning in either family. */
export interface IcmpType {
  readonly type: number;
  readonly code: number | null;
  readonly named: boolean;
}

export type IcmpFamily = 'v4' | 'v6';

/** Names that services may use, as type or type/code (IANA, "ICMP Parameters"). */
const NAMES_V4: Readonly<Record<string, string>> = {
  'echo-reply': '0',
  pong: '0',
  'destination-unreachable': '3',
  'network-unreachable': '3/0',
  'host-unreachable': '3/1',
  'protocol-unreachable': '3/2',
  'port-unreachable': '3/3',
  'fragmentation-needed': '3/4',
  'source-route-failed': '3/5',
  'network-prohibited': '3/9',
  'host-prohibited': '3/10',
  'communication-prohibited': '3/13',
  'source-quench': '4',
  redirect: '5',
  'echo-request': '8',
  ping: '8',
  'router-advertisement': '9',
  'router-solicitation': '10',
  'time-exceeded': '11',
  'ttl-exceeded': '11',
  'ttl-zero-during-transit': '11/0',
  'ttl-zero-during-reassembly': '11/1',
  'parameter-problem': '12',
  'timestamp-request': '13',
  'timestamp-reply': '14',
  'address-mask-request': '17',
  'address-mask-reply': '18',
};

/** The same for ICMPv6 (IANA, "ICMPv6 Parameters"). */
const NAMES_V6: Readonly<Record<string, string>> = {
  'destination-unreachable': '1',
  'no-route': '1/0',
  'communication-prohibited': '1/1',
  'address-unreachable': '1/3',
  'port-unreachable': '1/4',
  'packet-too-big': '2',
  'time-exceeded': '3',
  'ttl-exceeded': '3',
  'ttl-zero-during-transit': '3/0',
  'ttl-zero-during-reassembly': '3/1',
  'parameter-problem': '4',
  'echo-request': '128',
  ping: '128',
  'echo-reply': '129',
  pong: '129',
  'router-solicitation': '133',
  'router-advertisement': '134',
  'neighbour-solicitation': '135',
  'neighbor-solicitation': '135',
  'neighbour-advertisement': '136',
  'neighbor-advertisement': '136',
  redirect: '137',
};

const NAMES: Readonly<Record<IcmpFamily, Readonly<Record<string, string>>>> = { v4: NAMES_V4, v6: NAMES_V6 };

const NUMERIC = /^(0|[1-9][0-9]{0,2})(?:\/(0|[1-9][0-9]{0,2}))?$/;

/** Reads a type: a number, `type/code`, or a name. Undefined if the kernel would not print it back. */
export function readIcmpType(text: string, family: IcmpFamily): IcmpType | undefined {
  const named = Object.hasOwn(NAMES[family], text) ? NAMES[family][text] : undefined;
  const match = NUMERIC.exec(named ?? text);
  if (match === null) return undefined;
  const type = Number(match[1]);
  const code = match[2] === undefined ? null : Number(match[2]);
  if (type > 255 || (code ?? 0) > 255) return undefined;
  return { type, code, named: named !== undefined };
}

/** `8` or `3/1`. */
export function icmpTypeText({ type, code }: IcmpType): string {
  return code === null ? `${type}` : `${type}/${code}`;
}

/** Codes of "destination unreachable" as ICMPv6 type/code (RFC 7915 section 4.2). */
const UNREACHABLE: Readonly<Record<number, readonly [number, number]>> = {
  0: [1, 0],
  1: [1, 0],
  2: [4, 1],
  3: [1, 4],
  4: [2, 0],
  5: [1, 0],
  6: [1, 0],
  7: [1, 0],
  8: [1, 0],
  9: [1, 1],
  10: [1, 1],
  11: [1, 0],
  12: [1, 0],
  13: [1, 1],
  15: [1, 1],
};

function whole(...types: readonly number[]): readonly IcmpType[] {
  return types.map((type) => ({ type, code: null, named: false }));
}

/**
 * The IPv6 types that correspond to an IPv4 type (RFC 7915 section 4.2; routers' messages by RFC 4861): none for types
 * that IPv6 does not have. "Destination unreachable" with any code also gives "packet too big".
 */
export function icmpForV6({ type, code }: IcmpType): readonly IcmpType[] {
  const same = (to: number): readonly IcmpType[] => [{ type: to, code, named: false }];
  switch (type) {
    case 0:
      return same(129);
    case 3: {
      if (code === null) return whole(1, 2);
      const to = UNREACHABLE[code];
      return to === undefined ? [] : [{ type: to[0], code: to[1], named: false }];
    }
    case 5:
      return whole(137);
    case 8:
      return same(128);
    case 9:
      return whole(134);
    case 10:
      return whole(133);
    case 11:
      return same(3);
    case 12:
      return whole(4);
    default:
      return [];
  }
}

/** The type of the answer to a ping; other types stay as they are. */
export function icmpAnswer(asked: IcmpType, family: IcmpFamily): IcmpType {
  if (family === 'v4') return asked.type === 8 ? { ...asked, type: 0 } : asked;
  return asked.type === 128 ? { ...asked, type: 129 } : asked;
}
