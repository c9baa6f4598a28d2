import { Page } from '../../parts/page.js';
import { place } from '../../route/route.js';
import { RefusedHosts } from './refused-hosts.js';
import { RefusedMessageView } from './refused-message-view.js';
import { RefusedMessages } from './refused-messages.js';

/** Messages that were refused, what one of them says, and hosts whose reports are refused (docs/http-api.md#refused-messages). */
export default function RefusedPage() {
  const id = place.value.query.get('id');
  return (
    <Page title="Refused" about="What agents sent and this server did not take since it began to lead.">
      {id === null ? (
        <>
          <RefusedMessages />
          <RefusedHosts />
        </>
      ) : (
        <RefusedMessageView key={id} id={id} />
      )}
    </Page>
  );
}
