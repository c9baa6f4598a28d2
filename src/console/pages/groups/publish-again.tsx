import { useState } from 'preact/hooks';
import { ask } from '../../api/ask.js';
import { announce } from '../../parts/announce.js';
import { Button } from '../../parts/button.js';
import { Confirm } from '../../parts/confirm.js';
import { whyNoWrites } from '../../session/session.js';

/** Publishes a group anew, when somebody wants that. */
export function PublishAgain({ name }: { name: string }) {
  const [asking, setAsking] = useState(false);
  const [outcome, setOutcome] = useState('');
  const publish = async () => {
    await ask(`/api/publish?group=${encodeURIComponent(name)}`);
    const text = 'It is queued to be published. The events say when the broker has confirmed it.';
    setOutcome(text);
    announce(text);
  };
  return (
    <>
      {outcome !== '' && <span class="small outcome">{outcome}</span>}
      <Button onPress={() => setAsking(true)} disabledWhy={whyNoWrites.value}>
        Publish again
      </Button>
      {asking && (
        <Confirm
          title={`Publish the rules of ${name} again?`}
          doText="Publish"
          act={publish}
          onClose={() => setAsking(false)}
        >
          <p>All hosts of the group are sent their rules once more. Where they have them already nothing changes.</p>
        </Confirm>
      )}
    </>
  );
}
