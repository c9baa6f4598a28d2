import type { AddressFault, Family } from './family.js';
import { WIDTH } from './family.js';
import { parseDotted, parseNet4 } from './ipv4.js';
import { parseNet6 } from './ipv6.js';
import { parsePrefixLength } from './prefix-length.js';

const NAME: Readonly<Record<Family, string>> = { v4: 'IPv4', v6: 'IPv6' };
const FORM: Readonly<Record<Family, string>> = {
  v4: 'a.b.c.d or a.b.c.d/n',
  v6: 'an IPv6 address, with or without /n',
};

function explainOctets(address: string): string | undefined {
  const octets = address.split('.');
  if (octets.length !== 4) return undefined;
  for (const octet of octets) {
    if (!/^[0-9]+$/.test(octet)) return undefined;
    if (octet.length > 1 && octet.startsWith('0')) {
      return `${octet} has a leading zero, which tools read as octal: write ${Number(octet)} or what is meant`;
    }
    if (Number(octet) > 255) return `${octet} is over 255`;
  }
  return undefined;
}

function otherFamily(text: string, family: Family): boolean {
  return family === 'v4' ? parseNet6(text) !== undefined : parseNet4(text) >= 0;
}

/**
 * Why `text`, which did not parse, is no address or net of the family: what is wrong with it and what would be right.
 * Slow: call it only after parsing failed.
 */
export function explainAddress(text: string, family: Family): AddressFault {
  const wanted = `an ${NAME[family]} address`;
  if (text === '') return { reason: `empty: give ${FORM[family]}` };

  if (/[\u0000-\u0020\u007f]/.test(text))
    return { reason: `holds a blank or a control character: give ${FORM[family]}` };
  if (otherFamily(text, family)) return { reason: `is not ${wanted}, but of the other family` };
  if (text.includes('%')) return { reason: 'has a zone (%), which holds on one host only: leave it out' };
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  if (slash >= 0 && parsePrefixLength(text, slash + 1, WIDTH[family]) < 0) {
    const length = text.slice(slash + 1);
    return {
      reason: `the prefix length '${length}' is not a whole number from 0 to ${WIDTH[family]} without leading zeros`,
    };
  }
  const tail = family === 'v4' ? address : address.slice(address.lastIndexOf(':') + 1);
  const octets = parseDotted(tail, 0, tail.length) < 0 ? explainOctets(tail) : undefined;
  return { reason: octets ?? `is not ${wanted}: give ${FORM[family]}` };
}
