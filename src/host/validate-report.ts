import { checkInterfaces } from '../firewall/addresses/check-interfaces.js';
import { MOST_HOST_ADDRESSES } from '../firewall/addresses/interface-addresses.js';
import { hiddenCharacter } from '../model/hidden-characters.js';
import type { HostReport } from './host-report.js';

/** Why a report is refused: which field, what it holds (shortened), and what would be right. */
export interface ReportRefusal {
  readonly field: 'hostkey' | 'name' | 'group' | 'environment' | 'location' | 'interfaces';
  readonly reason: string;
}

const HOSTKEY = /^[A-Za-z0-9+%_.-]/;
function shown(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

/**
 * What a report may say (docs/host-lifecycle.md#what-a-report-may-say), asked before anything is stored: the Erlang server
 * registered a host that no later report could change. `hostkey` also goes into a routing key, so the characters that
 * mean something there are refused. `mostAddresses`: of one host, local ones not counted.
 */
export function refuseReport(report: HostReport, mostAddresses = MOST_HOST_ADDRESSES): ReportRefusal | undefined {
  const { hostkey, name, group, environment, location } = report;
  const texts = { hostkey, name, group, environment, location };
  for (const field of Object.keys(texts) as (keyof typeof texts)[]) {
    const hidden = hiddenCharacter(texts[field]);
    if (hidden !== undefined)
      return { field, reason: `holds the character ${hidden}, which is not shown or changes how text is shown` };
  }
  if (hostkey === '') return { field: 'hostkey', reason: 'is empty' };
  if (Buffer.byteLength(hostkey) > 200)
    return { field: 'hostkey', reason: `${shown(hostkey)} is longer than the 200 bytes that fit a queue name` };
  if (!HOSTKEY.test(hostkey))
    return { field: 'hostkey', reason: `${shown(hostkey)} must begin with a letter, a digit or one of + % _ . -` };
  if (/[*#\s]/.test(hostkey)) return { field: 'hostkey', reason: `${shown(hostkey)} holds a blank, * or #` };
  if (name === '') return { field: 'name', reason: 'is empty, the host name is needed' };
  if ([...group].length > 26)
    return { field: 'group', reason: `${shown(group)} is longer than the 26 characters of a group name` };
  if (environment === '') return { field: 'environment', reason: 'is empty, * is usual' };
  if (location === '') return { field: 'location', reason: 'is empty, * is usual' };
  const { interfaces } = report.fields;
  const fault = typeof interfaces === 'string' ? checkInterfaces(interfaces, mostAddresses) : undefined;
  return fault === undefined ? undefined : { field: 'interfaces', reason: fault };
}
