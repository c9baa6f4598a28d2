import type { HostReport } from './host-report.js';

/** Why a report is refused: which field, what it holds (shortened), and what would be right. */
export interface ReportRefusal {
  readonly field: 'hostkey' | 'name' | 'group' | 'environment' | 'location';
  readonly reason: string;
}

const HOSTKEY = /^[A-Za-z0-9+%_.-]/;
const shown = (value: string): string => JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);

/**
 * The host row's own rules (http-api section 5), asked before anything is stored (host-lifecycle L1): the old server
 * registered a host that no later report could change. `hostkey` also goes into a routing key, so the characters
 * that mean something there are refused.
 */
export const refuseReport = (report: HostReport): ReportRefusal | undefined => {
  const { hostkey, name, group, environment, location } = report;
  if (hostkey.length < 10)
    return { field: 'hostkey', reason: `${shown(hostkey)} has ${hostkey.length} characters, at least 10 are needed` };
  if (Buffer.byteLength(hostkey) > 200)
    return { field: 'hostkey', reason: `${shown(hostkey)} is longer than the 200 bytes that fit a queue name` };
  if (!HOSTKEY.test(hostkey))
    return { field: 'hostkey', reason: `${shown(hostkey)} must begin with a letter, a digit or one of + % _ . -` };
  if (/[*#\u0000-\u0020\u007f]/.test(hostkey))
    return { field: 'hostkey', reason: `${shown(hostkey)} holds a blank, a control character, * or #` };
  if (name === '') return { field: 'name', reason: 'is empty, the host name is needed' };
  if ([...group].length > 26)
    return { field: 'group', reason: `${shown(group)} is longer than the 26 characters of a group name` };
  if (environment === '') return { field: 'environment', reason: 'is empty, * is usual' };
  if (location === '') return { field: 'location', reason: 'is empty, * is usual' };
  return undefined;
};
