import { useEffect, useRef } from 'preact/hooks';
import type { RefusedMessage } from '../../../operations/refused-answers.js';
import { ask } from '../../api/ask.js';
import { useAction } from '../../api/use-action.js';
import { useAsked } from '../../api/use-asked.js';
import { announce } from '../../parts/announce.js';
import { Button } from '../../parts/button.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/loaded.js';
import { Problem } from '../../parts/problem.js';
import { goTo, hrefOf, place } from '../../route/route.js';
import { whyNoWrites } from '../../session/session.js';
import { MessageBody } from './message-body.js';
import { MessageFacts } from './message-facts.js';

/** One refused message, with what it says. */
export function RefusedMessageView({ id }: { id: string }) {
  const path = `/api/V2/refused/${encodeURIComponent(id)}`;
  const asked = useAsked<RefusedMessage>(path);
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What led here is gone.
    top.current?.focus();
    scrollTo(0, 0);
  }, []);
  const others = { ...Object.fromEntries(place.value.query), id: null };
  const discard = useAction(async () => {
    await ask(path, { method: 'DELETE' });
    announce('The message is discarded');
    goTo(['refused'], others);
  });
  return (
    <div class="stack" ref={top} tabIndex={-1}>
      <p>
        <a href={hrefOf(['refused'], others)}>All refused messages</a>
      </p>
      <Card
        title="Refused message"
        actions={
          <Button
            kind="danger"
            busy={discard.busy}
            onPress={() => discard.run()}
            disabledWhy={whyNoWrites.value ?? (asked.value === undefined ? 'There is no such message' : undefined)}
          >
            Discard
          </Button>
        }
      >
        <Problem failure={discard.failure} />
        <Loaded asked={asked}>
          {(message) => (
            <div class="stack">
              <MessageFacts message={message} />
              <MessageBody message={message} />
            </div>
          )}
        </Loaded>
      </Card>
    </div>
  );
}
