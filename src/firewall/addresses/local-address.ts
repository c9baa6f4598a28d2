import type { Dialect } from '../dialect.js';
import { baseOf4, parseNet4 } from './ipv4.js';
import { parseNet6 } from './ipv6.js';

/* The Erlang server's patterns. They look at the spelling alone, so a mask or another spelling is not recognised. */
const LOOPBACK_4 = /^127(?:.[0-9]+){0,2}.[0-9]+$/;
const LOOPBACK_6 = /^(?:0*:)*?:?0*1$/;
const LINK_LOCAL = /^fe80::/i;

/** No address is longer; longer strings are not looked at. */
const LONGEST = 64;

function isLocalByMeaning(text: string): boolean {
  const net4 = parseNet4(text);
  if (net4 >= 0) return Math.floor(baseOf4(net4) / 2 ** 24) === 127;
  const net6 = parseNet6(text);
  if (net6 === undefined) return false;
  return (net6.charCodeAt(0) & 0xffc0) === 0xfe80 || net6.startsWith('\0\0\0\0\0\0\0\u0001');
}

/**
 * Whether an address that a host reported means only that host or its link, and so belongs in no set: loopback and IPv6
 * link-local. `dog1` judges as the Erlang server did (docs/rulesets.md#local-addresses), so that its sets stay
 * the same; `dog2` also finds `127.0.0.1/8`, `::1/128` and `fe80:0::1`.
 */
export function isLocalAddress(text: string, dialect: Dialect): boolean {
  if (text.length > LONGEST) return false;
  if (LOOPBACK_4.test(text) || LOOPBACK_6.test(text) || LINK_LOCAL.test(text)) return true;
  return dialect === 'dog2' && isLocalByMeaning(text);
}
