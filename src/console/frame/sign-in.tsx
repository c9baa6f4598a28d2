import { useState } from 'preact/hooks';
import { useAction } from '../api/use-action.js';
import { Button } from '../parts/button.js';
import { TextField } from '../parts/field.js';
import { learnSession, session } from '../session/session.js';
import { keepToken } from '../session/token.js';

/** Asks for a token. */
export function SignIn({ why }: { why: string | null }) {
  const [text, setText] = useState('');
  const [missing, setMissing] = useState(false);
  const action = useAction(async () => {
    keepToken(text.trim());
    await learnSession();
  });
  const submit = () => {
    setMissing(text.trim() === '');
    if (text.trim() !== '') void action.run();
  };
  const refused = session.value.state === 'signed_out' ? why : null;
  return (
    <main class="stack" style={{ maxWidth: '460px' }}>
      <h1>dog-trainer</h1>
      <p>
        This server asks for a token. Make one on it with <code>dog-trainer token create NAME --scope read</code>; with{' '}
        <code>--scope write</code> too it can change things. It is kept until this tab is closed.
      </p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField
          label="Token"
          type="password"
          value={text}
          onValue={setText}
          autoFocus
          wrong={missing ? 'Type or paste the token' : (refused ?? undefined)}
        />
        <div class="row">
          <Button kind="main" busy={action.busy} onPress={submit}>
            Sign in
          </Button>
        </div>
      </form>
    </main>
  );
}
