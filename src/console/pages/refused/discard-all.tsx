import { ask } from '../../api/ask.js';
import { announce } from '../../parts/announce.js';
import { Confirm } from '../../parts/confirm.js';

export interface DiscardAllProps {
  readonly count: number;
  readonly again: () => void;
  readonly onClose: () => void;
}

export function DiscardAll({ count, again, onClose }: DiscardAllProps) {
  const act = async () => {
    await ask('/api/V2/refused', { method: 'DELETE' });
    announce('All refused messages are discarded');
    again();
  };
  return (
    <Confirm title="Discard all refused messages?" doText={`Discard ${count}`} danger act={act} onClose={onClose}>
      <p>
        {count === 1 ? '1 message is' : `${count.toLocaleString()} messages are`} forgotten here, whatever is filtered,
        and any that comes in until you confirm. The audit trail has who did it; the file of dead letters on the server
        keeps them for a while.
      </p>
    </Confirm>
  );
}
