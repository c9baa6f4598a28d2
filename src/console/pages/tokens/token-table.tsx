import { useState } from 'preact/hooks';
import type { TokenList, TokenRow } from '../../../http/access/token-answers.js';
import { now } from '../../live/now.js';
import { Badge } from '../../parts/badge.js';
import { Button } from '../../parts/button.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Ago, Time } from '../../parts/time.js';
import { session, whyNoWrites } from '../../session/session.js';
import { RevokeToken } from './revoke-token.js';

/** One that ends so soon is marked, in seconds. */
const SOON_SECONDS = 7 * 86_400;

export interface TokenTableProps extends TokenList {
  readonly again: () => void;
}

/** Every token, without its secret. */
export function TokenTable({ auth, tokens, again }: TokenTableProps) {
  const [revokes, setRevokes] = useState<TokenRow | undefined>(undefined);
  const who = session.value.state === 'known' ? session.value.who : undefined;
  const isOwn = ({ name }: TokenRow) => auth === 'tokens' && name === who?.author;
  if (tokens.length === 0)
    return <Empty title="There is no token">Create one below: give each person and each program its own.</Empty>;
  const columns: readonly Column<TokenRow>[] = [
    {
      key: 'name',
      title: 'Name',
      show: (row) => (
        <>
          <span title={`id ${row.id}`}>{row.name}</span> {isOwn(row) && <Badge tone="info">yours</Badge>}
        </>
      ),
    },
    { key: 'scopes', title: 'May', show: ({ scopes }) => scopes.join(', ') || <span class="quiet">nothing</span> },
    { key: 'created', title: 'Created', show: ({ created_at }) => <Ago at={created_at} /> },
    { key: 'expires', title: 'Good until', show: (row) => <GoodUntil row={row} /> },
    {
      key: 'revoke',
      title: 'Revoke',
      show: (row) => (
        <Button
          kind="plain"
          label={`Revoke ${row.name}`}
          disabledWhy={whyNoWrites.value}
          onPress={() => setRevokes(row)}
        >
          Revoke
        </Button>
      ),
    },
  ];
  return (
    <>
      <DataTable caption="Tokens, oldest first" columns={columns} rows={tokens} keyOf={({ id }) => id} />
      {revokes !== undefined && (
        <RevokeToken token={revokes} own={isOwn(revokes)} again={again} onClose={() => setRevokes(undefined)} />
      )}
    </>
  );
}

function GoodUntil({ row: { expires_at, expired } }: { row: TokenRow }) {
  if (expires_at === null) return <>for ever</>;
  const left = expires_at - now.value;
  return (
    <>
      <Time at={expires_at} />{' '}
      {expired || left <= 0 ? <Badge tone="bad">expired</Badge> : <Soon left={left} at={expires_at} />}
    </>
  );
}

function Soon({ left, at }: { left: number; at: number }) {
  if (left > SOON_SECONDS) return null;
  return (
    <Badge tone="warn">
      <Ago at={at} />
    </Badge>
  );
}
