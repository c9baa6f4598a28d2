import type { IncomingMessage } from 'node:http';
import type { LeadingServer, Standing } from '../../operations/operations.js';
import { ApiError } from '../errors.js';
import type { Route } from '../route.js';

/** Names the server that passed the request on. A request that has it is never passed on again: there are no loops. */
export const FORWARDED = 'x-dog-forwarded';

/** A server's name as a header may hold it: visible ASCII only. */
export function markOf(name: string): string {
  return name.replace(/[^\x21-\x7e]/g, '_');
}

/** Seconds after which a client may ask again; a takeover is over within the lease. */
const RETRY_AFTER = '5';

/**
 * The server that must answer in place of this one; undefined where this one answers. Throws `not_the_leader` where
 * no leader is known, or the request was passed on already. `name`: that of this server.
 */
export function leaderToAsk(
  standing: Standing,
  { answeredBy }: Pick<Route, 'answeredBy'>,
  { headers }: Pick<IncomingMessage, 'headers'>,
  name: string,
): LeadingServer | undefined {
  if (answeredBy !== 'leader') return undefined;
  if (standing.role !== 'follower') return undefined;
  const { leader } = standing;
  if (headers[FORWARDED] !== undefined) {
    if (leader !== undefined && leader.name !== name && headers[FORWARDED] === markOf(name)) {
      const put = 'set cluster.url there to where the other servers reach it';
      throw notTheLeader(leader, `${nameOf(leader)} leads, but its address leads back to this server: ${put}`);
    }
    const who = leader === undefined ? 'nobody is known to lead' : `${nameOf(leader)} leads`;
    throw notTheLeader(leader, `it was passed on to a server that does not lead (${who}); try again in some seconds`);
  }
  if (leader === undefined) throw notTheLeader(undefined, 'nobody is known to lead now; try again in some seconds');
  return leader;
}

/** 503 `not_the_leader`. `reason`: what happened and what to do; the answer also has the leader, or null. */
export function notTheLeader(leader: LeadingServer | undefined, reason: string, cause?: unknown): ApiError {
  return new ApiError(
    'not_the_leader',
    { reason },
    {
      body: { leader: leader === undefined ? null : { name: leader.name, url: shownUrl(leader.url) } },
      headers: { 'retry-after': RETRY_AFTER },
      cause,
    },
  );
}

/** The leader's name for messages. */
export function nameOf({ name, url, term }: LeadingServer): string {
  return `${name} (${shownUrl(url)}, term ${term})`;
}

/** The address without user and password. */
function shownUrl(url: string): string {
  if (!URL.canParse(url)) return 'no usable url';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
