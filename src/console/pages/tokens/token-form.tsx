import { useState } from 'preact/hooks';
import type { MadeToken } from '../../../http/access/token-answers.js';
import { ask } from '../../api/ask.js';
import { useAction } from '../../api/use-action.js';
import { Button } from '../../parts/button.js';
import { TextField } from '../../parts/field.js';
import { Problem } from '../../parts/problem.js';
import { whyNoWrites } from '../../session/session.js';
import { faultsOf, NO_DRAFT, wantedToken, type TokenDraft } from './token-draft.js';
import { MadeTokenDialog } from './made-token-dialog.js';
import { ScopeFields } from './scope-fields.js';

/** Makes a token, and shows its secret this once. */
export function TokenForm({ again }: { again: () => void }) {
  const [draft, setDraft] = useState<TokenDraft>(NO_DRAFT);
  const [tried, setTried] = useState(false);
  const [made, setMade] = useState<MadeToken | undefined>(undefined);
  const action = useAction(async () => {
    const { value } = await ask<MadeToken>('/api/V2/tokens', { method: 'POST', body: wantedToken(draft) });
    setMade(value);
    setDraft(NO_DRAFT);
    setTried(false);
    again();
  });
  const wrong = { ...(tried ? faultsOf(draft) : {}), ...refusedField(action.failure) };
  const change = (part: Partial<TokenDraft>) => {
    action.forget();
    setDraft({ ...draft, ...part });
  };
  const submit = () => {
    setTried(true);
    if (whyNoWrites.value === undefined && Object.keys(faultsOf(draft)).length === 0) void action.run();
  };
  return (
    <>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        onKeyDown={({ key, target }) => {
          // A form with more than one field is sent by Enter only where it has a button of that type.
          if (key === 'Enter' && target instanceof HTMLInputElement && target.type === 'text') submit();
        }}
      >
        <div class="filters">
          <TextField
            label="Name"
            value={draft.name}
            onValue={(name) => change({ name })}
            hint="As the audit trail will name who uses it"
            wrong={wrong.name}
            disabledWhy={whyNoWrites.value}
          />
          <TextField
            label="Days"
            value={draft.days}
            onValue={(days) => change({ days })}
            hint="How long it is good; empty: for ever"
            wrong={wrong.days}
            disabledWhy={whyNoWrites.value}
          />
        </div>
        <ScopeFields scopes={draft.scopes} onScopes={(scopes) => change({ scopes })} wrong={wrong.scopes} />
        {Object.keys(refusedField(action.failure)).length === 0 && <Problem failure={action.failure} />}
        <div class="row">
          <Button kind="main" busy={action.busy} onPress={submit} disabledWhy={whyNoWrites.value}>
            Create
          </Button>
          {whyNoWrites.value !== undefined && <span class="small quiet">{whyNoWrites.value}</span>}
        </div>
      </form>
      {made !== undefined && <MadeTokenDialog made={made} onClose={() => setMade(undefined)} />}
    </>
  );
}

/** The server's word on a field, where it names one of these; a name that is taken is one. */
function refusedField(failure: ReturnType<typeof useAction>['failure']): Partial<Record<keyof TokenDraft, string>> {
  const field = failure?.code === 'exists' ? 'name' : failure?.body['field'];
  return failure !== undefined && (field === 'name' || field === 'scopes' || field === 'days')
    ? { [field]: failure.message }
    : {};
}
