import { useState } from 'preact/hooks';
import type { PublishingQueue } from '../../../operations/now/publishing-answers.js';
import { Button } from '../../parts/button.js';
import { Ago } from '../../parts/time.js';
import { whyNoWrites } from '../../session/session.js';
import { ConfirmSwitch } from './confirm-switch.js';

/** Whether publishing is paused, by whom and since when; and the button that changes it. */
export function PublishingSwitch({ queue, again }: { queue: PublishingQueue; again: () => void }) {
  const [asks, setAsks] = useState<'pause' | 'resume' | undefined>(undefined);
  const { paused, since, author } = queue;
  return (
    <>
      <section class="verdict row spread" data-tone={paused ? 'warn' : 'ok'} aria-label="Whether publishing is paused">
        <span role="status">
          {paused ? 'Publishing is paused' : 'Publishing goes on'}
          <span class="small quiet changed">
            {author === null ? (
              'It never was paused'
            ) : (
              <>
                {paused ? 'Paused' : 'Resumed'} by {author} <Ago at={since} />
              </>
            )}
          </span>
        </span>
        <Button
          {...(paused ? { kind: 'main' as const } : {})}
          disabledWhy={whyNoWrites.value}
          onPress={() => setAsks(paused ? 'resume' : 'pause')}
        >
          {paused ? 'Resume publishing' : 'Pause publishing'}
        </Button>
      </section>
      {asks !== undefined && (
        <ConfirmSwitch pause={asks === 'pause'} queue={queue} again={again} onClose={() => setAsks(undefined)} />
      )}
    </>
  );
}
