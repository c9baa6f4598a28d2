import { useState } from 'preact/hooks';
import { Button } from '../../parts/button.js';
import { whyNoWrites } from '../../session/session.js';
import { HoldDialog } from './hold-dialog.js';

/** Lets a group go that is held at a revision. */
export function LetGo({ id, name, onDone }: { id: string; name: string; onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button onPress={() => setAsking(true)} disabledWhy={whyNoWrites.value}>
        Let go
      </Button>
      {asking && <HoldDialog group={{ id, name }} number={null} onDone={onDone} onClose={() => setAsking(false)} />}
    </>
  );
}
