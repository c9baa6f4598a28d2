import { hasPorts, isIcmp, readProtocol } from '../../analysis/index.js';
import type { Family } from '../../firewall/addresses/family.js';
import type { JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';

/** What is asked of connections, besides their ends. */
export interface ExpectedConnections {
  /** Null: any. */
  readonly protocol: number | null;
  readonly port?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly family?: Family;
  /** `accept`: all of them get through; `refuse`: none does. */
  readonly expect: 'accept' | 'refuse';
}

/** What an assertion expects. */
export interface Expectation extends ExpectedConnections {
  readonly from: string;
  readonly to: string;
}

function whole(value: JsonObject[string] | undefined, most: number): boolean {
  return value === undefined || (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most);
}

/** Reads an assertion as it is stored, or says why it can't be evaluated: the store may be older than the checks. */
export function readExpectation(doc: JsonObject): Expectation | string {
  const { from, to, protocol, port, icmp_type: type, icmp_code: code, family, expect } = doc;
  if (typeof from !== 'string' || typeof to !== 'string') return 'from and to must be strings';
  if (expect !== 'accept' && expect !== 'refuse') return 'expect must be "accept" or "refuse"';
  if (family !== undefined && family !== 'v4' && family !== 'v6') return 'family must be "v4" or "v6"';
  const name = textOf(protocol);
  const number = name === 'any' ? null : readProtocol(name);
  if (number === undefined) return `protocol ${JSON.stringify(protocol ?? null)} is neither a protocol nor "any"`;
  if (!whole(port, 65_535)) return 'port must be a whole number from 0 to 65535';
  if (!whole(type, 255) || !whole(code, 255)) return 'icmp_type and icmp_code must be whole numbers from 0 to 255';
  if (port !== undefined && (number === null || !hasPorts(number))) return `protocol ${name} has no ports`;
  if (type !== undefined && (number === null || !isIcmp(number))) return `protocol ${name} has no types`;
  if (code !== undefined && type === undefined) return 'icmp_code needs icmp_type beside it';
  return {
    from,
    to,
    protocol: number,
    expect,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(type === undefined ? {} : { icmpType: Number(type) }),
    ...(code === undefined ? {} : { icmpCode: Number(code) }),
    ...(family === undefined ? {} : { family }),
  };
}
