import { HASH_FIELDS, type HashField } from '../../../model/ruleset-variants.js';
import type { HostDriftAnswer } from '../../../operations/host-drift.js';
import { hashName } from '../../fleet/hash-names.js';
import { Badge } from '../../parts/badge.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Ago } from '../../parts/time.js';
import type { Tone } from '../../parts/tone.js';

interface Compared {
  readonly field: HashField;
  readonly sent: readonly string[];
  readonly reported: string;
  readonly word: string;
  readonly tone: Tone;
}

/** What the host was sent against what it says that it has, hash by hash. */
export function HeldNow({ drift }: { drift: HostDriftAnswer }) {
  const { published_at: rulesAt, sets_changed_at: setsAt } = drift.sent;
  return (
    <Card title="Sent and reported, hash by hash">
      <DataTable<Compared>
        caption="What was sent and what was reported, hash by hash"
        columns={[
          { key: 'field', title: 'Of', show: ({ field }) => hashName(field) },
          { key: 'same', title: 'Compared', show: ({ word, tone }) => <Badge tone={tone}>{word}</Badge> },
          {
            key: 'sent',
            title: 'Sent',
            show: ({ sent }) =>
              sent.length === 0 ? (
                <span class="quiet">nothing</span>
              ) : (
                sent.map((hash) => <Hash key={hash} hash={hash} />)
              ),
          },
          {
            key: 'reported',
            title: 'Reported',
            show: ({ reported }) => (reported === '' ? <span class="quiet">not told</span> : <Hash hash={reported} />),
          },
        ]}
        rows={HASH_FIELDS.map((field) => compared(drift, field))}
        keyOf={({ field }) => field}
        toneOf={({ tone }) => tone}
      />
      <p class="small quiet">
        Rules were confirmed by the broker <Ago at={rulesAt} />; sets changed last <Ago at={setsAt} />. Several hashes
        of sets are good for a while after a change.
      </p>
    </Card>
  );
}

function Hash({ hash }: { hash: string }) {
  return (
    <code class="hash" title={hash}>
      {hash.slice(0, 16)}…
    </code>
  );
}

function compared({ sent, reported, differing, state }: HostDriftAnswer, field: HashField): Compared {
  const wanted = field === 'ipset_hash' ? (sent.ipset_hash ?? []) : [sent[field] ?? ''].filter((hash) => hash !== '');
  const told = reported[field];
  const text = typeof told === 'string' ? told : '';
  const row = { field, sent: wanted, reported: text };
  if (differing.includes(field)) return { ...row, word: 'differs', tone: state === 'active' ? 'warn' : 'bad' };
  if (wanted.length === 0 || text === '') return { ...row, word: 'not compared', tone: 'none' };
  return wanted.includes(text)
    ? { ...row, word: 'same', tone: 'ok' }
    : { ...row, word: 'other, not compared', tone: 'none' };
}
