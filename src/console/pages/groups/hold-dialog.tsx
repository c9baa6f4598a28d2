import { useState } from 'preact/hooks';
import { ask } from '../../api/ask.js';
import { useAction } from '../../api/use-action.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { CheckField, TextField } from '../../parts/field.js';
import { Problem } from '../../parts/problem.js';

export interface HoldDialogProps {
  readonly group: { readonly id: string; readonly name: string };
  /** The revision to hold it at; null: it is let go. */
  readonly number: number | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Refusals that a reason overrides (docs/http-api.md#assertion). */
const OVERRIDABLE = ['assertion_broken', 'guard_broken'];

/** Holds a group at a revision, or lets it go; what that would break can be overridden with the reason. */
export function HoldDialog({ group: { id, name }, number, onDone, onClose }: HoldDialogProps) {
  const [reason, setReason] = useState('');
  const [override, setOverride] = useState(false);
  const [tried, setTried] = useState(false);
  const path = `/api/V2/group/${encodeURIComponent(id)}`;
  const action = useAction(async () => {
    const headers = override ? { 'x-override-reason': headerText(reason.trim()) } : {};
    if (number === null) await ask(`${path}/pin`, { method: 'DELETE', headers });
    else await ask(`${path}/revisions/${number}/pin`, { method: 'POST', body: { reason: reason.trim() }, headers });
  });
  const breaks = action.failure !== undefined && OVERRIDABLE.includes(action.failure.code);
  const asksReason = number !== null || breaks || override;
  const missing = asksReason && reason.trim() === '';
  const press = async () => {
    setTried(true);
    if (missing || !(await action.run())) return;
    onDone();
    onClose();
  };
  return (
    <Dialog
      title={number === null ? `Let ${name} go?` : `Hold ${name} at revision ${number}?`}
      onClose={onClose}
      actions={
        <Button kind="main" busy={action.busy} onPress={press}>
          {number === null ? 'Let it go' : 'Hold it'}
        </Button>
      }
    >
      <p>
        {number === null
          ? 'Its hosts are sent what its policy compiles to now.'
          : 'Its hosts are sent this revision. Edits of its policy are compiled and wait, until somebody lets it go.'}
      </p>
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
      {(breaks || override) && (
        <CheckField label="Do it all the same, for this reason" value={override} onValue={setOverride} />
      )}
    </Dialog>
  );
}

/** A header takes Latin-1 only; what it can't say is left as a question mark, and the body has it whole. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e\xa0-\xff]/g, '?');
}
