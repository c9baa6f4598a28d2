import type { PublishingQueue } from '../../../operations/now/publishing-answers.js';
import { ask } from '../../api/ask.js';
import { announce } from '../../parts/announce.js';
import { Confirm } from '../../parts/confirm.js';

export interface ConfirmSwitchProps {
  readonly pause: boolean;
  readonly queue: PublishingQueue;
  readonly again: () => void;
  readonly onClose: () => void;
}

/** Says what a pause, or its end, means, and does it. */
export function ConfirmSwitch({ pause, queue, again, onClose }: ConfirmSwitchProps) {
  const act = async () => {
    await ask('/api/V2/publishing', { method: 'POST', body: { paused: pause } });
    announce(pause ? 'Publishing is paused' : 'Publishing goes on');
    again();
  };
  return (
    <Confirm
      title={pause ? 'Pause publishing?' : 'Resume publishing?'}
      doText={pause ? 'Pause publishing' : 'Resume publishing'}
      danger={pause}
      act={act}
      onClose={onClose}
    >
      {pause ? <WhatAPauseMeans messages={queue.outbox.messages} /> : <WhatGoesOut waiting={queue.waiting_total} />}
    </Confirm>
  );
}

function WhatAPauseMeans({ messages }: { messages: number }) {
  return (
    <>
      <p>Hosts keep what they have. Until somebody resumes, also over a restart:</p>
      <ul>
        <li>no rules and no sets are sent to any host, and none that drifted or is new is sent its own;</li>
        <li>rollouts stand still, EC2 security groups stay as they are;</li>
        <li>edits are taken and compiled, and wait here.</li>
      </ul>
      <p>
        {messages === 0
          ? 'Nothing is under way to the broker now.'
          : `${messages.toLocaleString()} under way to the broker already: that goes out all the same.`}
      </p>
    </>
  );
}

function WhatGoesOut({ waiting }: { waiting: number }) {
  return (
    <p>
      {waiting === 0
        ? 'Nothing waits. Hosts that drifted meanwhile are sent what they are to have.'
        : `What waits goes out at once: ${waiting.toLocaleString()} in the list. Hosts that drifted meanwhile are sent what they are to have.`}
    </p>
  );
}
