import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useAction } from '../api/use-action.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
import { TextField } from './field.js';
import { Problem } from './problem.js';

export interface ConfirmProps {
  readonly title: string;
  readonly doText: string;
  readonly danger?: boolean;
  /** A reason has to be given; `act` is told it. */
  readonly asksReason?: boolean;
  readonly act: (reason: string) => Promise<unknown>;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

/** Asks whether something is to be done, does it, and shows why it was refused where it is. */
export function Confirm({ title, doText, danger = false, asksReason = false, act, onClose, children }: ConfirmProps) {
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const action = useAction(act);
  const missing = asksReason && reason.trim() === '';
  const press = async () => {
    setTried(true);
    if (!missing && (await action.run(reason.trim()))) onClose();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <Button kind={danger ? 'danger' : 'main'} busy={action.busy} onPress={press}>
          {doText}
        </Button>
      }
    >
      {children}
      {asksReason && (
        <TextField
          label="Reason"
          value={reason}
          onValue={setReason}
          hint="It goes to the audit trail"
          wrong={tried && missing ? 'Give a reason' : undefined}
        />
      )}
      <Problem failure={action.failure} />
    </Dialog>
  );
}
