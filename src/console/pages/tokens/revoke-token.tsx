import type { TokenRow } from '../../../http/access/token-answers.js';
import { ask } from '../../api/ask.js';
import { announce } from '../../parts/announce.js';
import { Confirm } from '../../parts/confirm.js';

export interface RevokeTokenProps {
  readonly token: TokenRow;
  /** It is the one that this page asks with. */
  readonly own: boolean;
  readonly again: () => void;
  readonly onClose: () => void;
}

export function RevokeToken({ token: { name }, own, again, onClose }: RevokeTokenProps) {
  const act = async () => {
    await ask(`/api/V2/tokens/${encodeURIComponent(name)}`, { method: 'DELETE' });
    announce(`The token ${name} is revoked`);
    again();
  };
  return (
    <Confirm title={`Revoke ${name}?`} doText={`Revoke ${name}`} danger act={act} onClose={onClose}>
      <p>It stops working at once, for every program that has it, and can not be brought back.</p>
      {own && (
        <p class="note" data-tone="warn">
          This is the token that you use now: you will be signed out and need another one.
        </p>
      )}
    </Confirm>
  );
}
