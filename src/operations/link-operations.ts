import type { LinkBook } from '../actors/links/link-book.js';
import { linkStatus } from '../actors/links/describe-link.js';
import type { LinkCall, LinkCast, LinkReply } from '../actors/links/link-messages.js';
import { CallFailed, type KeyedChildren } from '../otp/index.js';
import { StoreError } from '../store/store.js';
import type { World } from '../world/world.js';
import type { Operations } from './operations.js';

export interface LinkOperationsNeeds {
  readonly world: Pick<World, 'rows'>;
  readonly book: Pick<LinkBook, 'entries'>;
  readonly links: Pick<KeyedChildren<LinkCast, LinkCall, LinkReply>, 'call'>;
}

/** What is known of links to other servers, and an operator's word on what is held of them. */
export function linkOperations({
  world,
  book,
  links,
}: LinkOperationsNeeds): Pick<Operations, 'linkState' | 'acceptLink'> {
  return {
    linkState(id) {
      const row = world.rows('link').get(id);
      const entry = book.entries.get(id);
      return row === undefined || entry === undefined ? undefined : { ...linkStatus(row, entry) };
    },
    async acceptLink(id, author) {
      if (!world.rows('link').has(id)) return 'unknown';
      try {
        const reply = await links.call(id, { tag: 'accept', author });
        if (!reply.accepted) return 'nothing_held';
        const { names, addresses, lost } = reply;
        return { names, addresses, lost };
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        throw new StoreError('unavailable', `the actor of this link did not answer (${String(error.message)})`, {
          cause: error,
        });
      }
    },
  };
}
