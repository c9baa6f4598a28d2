import type { Family } from './family.js';
import { baseOf4, formatAddress4, lengthOf4, parseNet4 } from './ipv4.js';
import { formatAddress6, lengthOf6, parseNet6 } from './ipv6.js';

/**
 * The canonical text of an address or net with its prefix length always shown (`10.0.0.1/32`, `fd00::1/128`): the form
 * that `iptables-save` prints and the API lists addresses in. `undefined` if `text` is not an address of the family.
 */
export function fullText(text: string, family: Family): string | undefined {
  if (family === 'v4') {
    const net = parseNet4(text);
    return net < 0 ? undefined : `${formatAddress4(baseOf4(net))}/${lengthOf4(net)}`;
  }
  const net = parseNet6(text);
  return net === undefined ? undefined : `${formatAddress6(net)}/${lengthOf6(net)}`;
}
