import { useId } from 'preact/hooks';
import type { TokenScope } from '../../../http/access/tokens.js';
import { CheckField } from '../../parts/field.js';
import { session, whyNoWrites } from '../../session/session.js';

const SCOPES: readonly (readonly [TokenScope, string])[] = [
  ['read', 'read: see everything but secrets'],
  ['write', 'write: change policy, send, pause, make tokens'],
  ['command', 'command: run commands on hosts, where the server allows that'],
];

export interface ScopeFieldsProps {
  readonly scopes: readonly TokenScope[];
  readonly onScopes: (scopes: readonly TokenScope[]) => void;
  readonly wrong: string | undefined;
}

/** What a token may do. Nobody can give what they do not have. */
export function ScopeFields({ scopes, onScopes, wrong }: ScopeFieldsProps) {
  const id = useId();
  const own = session.value.state === 'known' ? session.value.who.scopes : [];
  return (
    <fieldset class="scopes field" aria-describedby={wrong === undefined ? undefined : id}>
      <legend>What it may do; none includes another</legend>
      {SCOPES.map(([scope, text]) => (
        <CheckField
          key={scope}
          label={text}
          value={scopes.includes(scope)}
          onValue={(on) => onScopes(on ? [...scopes, scope] : scopes.filter((each) => each !== scope))}
          disabledWhy={
            whyNoWrites.value ??
            (own.includes(scope) ? undefined : `Your own token has no scope ${scope}, so it can't give it`)
          }
        />
      ))}
      {wrong !== undefined && (
        <span id={id} class="wrong" role="alert">
          {wrong}
        </span>
      )}
    </fieldset>
  );
}
