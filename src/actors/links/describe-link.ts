import { shownNames } from '../../federation/learnt-sets.js';
import { readLink } from '../../federation/link-settings.js';
import type { Document } from '../../model/document.js';
import type { DetailObject } from '../../otp/index.js';
import type { LinkEntry } from './link-book.js';

/** What operators see of a link: never its credentials. */
export function describeLink(
  entry: Readonly<LinkEntry>,
  { receives, sends }: { readonly receives: boolean; readonly sends: boolean },
): DetailObject {
  const { fault, refused, held, far } = entry;
  return {
    link: entry.name,
    ...(fault === undefined ? {} : { fault }),
    ...(receives
      ? {
          inbound: {
            state: entry.freshness ?? 'waiting',
            last_heard: entry.heardTime ?? null,
            ...(entry.inboundError === undefined ? {} : { error: entry.inboundError }),
            ...(refused === undefined ? {} : { refused: { ...refused } }),
            ...(held === undefined
              ? {}
              : { held: { since: held.since, addresses: held.loss.had, lost: held.loss.lost } }),
            left_out: [...shownNames(entry.leftOut)],
          },
        }
      : {}),
    ...(sends
      ? {
          outbound: {
            ...(far === undefined ? { state: 'down' } : { ...far }),
            last_sent: entry.sentTime ?? null,
            ...(entry.sendError === undefined ? {} : { send_error: entry.sendError }),
          },
        }
      : {}),
  };
}

/** The same by the link's row. */
export function linkStatus(row: Document, entry: Readonly<LinkEntry>): DetailObject {
  return describeLink(entry, readLink(row));
}
