import { useEffect } from 'preact/hooks';
import { Waiting } from '../parts/loaded.js';
import { learnSession, session } from '../session/session.js';
import { token } from '../session/token.js';
import { Frame } from './frame.js';
import { SignIn } from './sign-in.js';

/** While the server does not answer it is asked again this often, in milliseconds. */
const AGAIN_MS = 2000;

/** The whole console: who asks comes first. */
export function App() {
  const current = session.value;
  const typed = token.value;
  useEffect(() => {
    void learnSession();
  }, []);
  useEffect(() => {
    // A token that is not good any longer was forgotten where that was found.
    if (current.state === 'known' && current.who.auth === 'tokens' && typed === null) void learnSession();
    if (current.state !== 'no_answer') return undefined;
    const timer = setTimeout(() => void learnSession(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [current, typed]);
  switch (current.state) {
    case 'asking':
      return <Waiting what="Asking the server" />;
    case 'no_answer':
      return (
        <main>
          <p class="note" data-tone="bad" role="alert">
            {current.why}
          </p>
        </main>
      );
    case 'signed_out':
      return <SignIn why={current.why} />;
    case 'known':
      return <Frame who={current.who} />;
  }
}
