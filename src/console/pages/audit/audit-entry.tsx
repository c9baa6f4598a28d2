import { useState } from 'preact/hooks';
import type { Json, JsonObject } from '../../../model/document.js';
import type { AuditLine } from '../../../operations/audit-line.js';
import { Badge } from '../../parts/badge.js';
import { Button } from '../../parts/button.js';
import { Diff } from '../../parts/diff.js';
import { FilterLink } from '../../parts/filter-link.js';
import { Time } from '../../parts/time.js';
import { changedKeys } from './changed-keys.js';
import { documentDiff } from './document-diff.js';

/** One change: who, when, of what, why where that is known; and on request the difference. */
export function AuditEntry({ entry: { seq, time, author, resource, id, before, after } }: { entry: AuditLine }) {
  const [open, setOpen] = useState(false);
  const [name, reason] = [textIn(after, 'name') ?? textIn(before, 'name'), textIn(after, 'reason')];
  const keys = changedKeys(before, after);
  return (
    <li class="audit-entry">
      <Time at={time} />
      <div class="stack tight">
        <span class="row tight">
          <Badge tone={before === null ? 'ok' : after === null ? 'bad' : 'info'}>
            {before === null ? 'created' : after === null ? 'removed' : 'changed'}
          </Badge>
          <FilterLink by={{ resource, before: null }}>{resource}</FilterLink>
          {name !== undefined && <strong class="wrap">{name}</strong>}
          <FilterLink by={{ resource, id, before: null }}>
            <span class="mono wrap">{id}</span>
          </FilterLink>
          <span>
            by <FilterLink by={{ author, before: null }}>{author}</FilterLink>
          </span>
        </span>
        {reason !== undefined && <span class="wrap">Why: {reason}</span>}
        <span class="row tight small quiet">
          {keys.length > 0 && <span class="wrap">{keys.join(', ')}</span>}
          <Button
            kind="plain"
            expanded={open}
            label={`${open ? 'Hide what' : 'What'} changed in entry ${seq}`}
            onPress={() => setOpen(!open)}
          >
            {open ? 'Hide' : 'What changed'}
          </Button>
        </span>
        {open && <Difference before={before} after={after} label={`Difference of entry ${seq}`} />}
      </div>
    </li>
  );
}

function Difference({ before, after, label }: { before: Json; after: Json; label: string }) {
  const text = documentDiff(before, after);
  if (text === undefined)
    return <p class="quiet">It is too large to show line by line here; GET /api/V2/audit has it whole.</p>;
  return text === '' ? <p class="quiet">Nothing but the order of keys.</p> : <Diff text={text} label={label} />;
}

function textIn(document: Json, key: string): string | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
  const value = (document as JsonObject)[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
