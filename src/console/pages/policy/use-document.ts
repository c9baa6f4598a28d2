import type { JsonObject } from '../../../model/document.js';
import { isObject } from '../../../model/validate.js';
import { useAsked, type Asked } from '../../api/use-asked.js';
import { dropFromDraft, entryOf, putInDraft } from '../../draft/draft.js';
import type { DraftEntry, DraftResource } from '../../draft/draft-entry.js';
import { withoutPassword } from '../../draft/link-password.js';
import { faultOf, type FaultAt } from '../../draft/refusal.js';

/** A document with what the draft has of it. */
export interface Edited {
  readonly resource: DraftResource;
  readonly id: string;
  /** As it is to be: with the changes of the draft; undefined: not known yet. */
  readonly doc: JsonObject | undefined;
  readonly entry: DraftEntry | undefined;
  /** Somebody changed or removed it since the draft's change of it began. */
  readonly movedOn: boolean;
  readonly asked: Asked<JsonObject>;
  readonly change: (doc: JsonObject) => void;
  readonly remove: () => void;
  /** Takes back what the draft has of it. */
  readonly takeBack: () => void;
}

/** @param id null: none is asked for */
export function useDocument(resource: DraftResource, id: string | null): Edited {
  const entry = id === null ? undefined : entryOf({ resource, id });
  const isNew = entry !== undefined && entry.base === null;
  const path = id === null || isNew ? null : `/api/V2/${resource}/${encodeURIComponent(id)}`;
  const asked = useAsked<JsonObject>(path, { on: ['policy_edit'] });
  // An answer about another document is none about this one.
  const stored =
    !asked.loading && isObject(asked.value) && asked.value['id'] === id ? known(resource, asked.value) : undefined;
  const etag = asked.answer?.etag ?? null;
  const put = (wanted: JsonObject | null) => {
    const begun = entryOf({ resource, id: id ?? '' });
    const base = begun === undefined ? stored : begun.base;
    if (id === null || base === undefined) return;
    putInDraft({ resource, id, base, etag: begun === undefined ? etag : begun.etag, wanted });
  };
  return {
    resource,
    id: id ?? '',
    doc: entry === undefined ? stored : (entry.wanted ?? entry.base ?? undefined),
    entry,
    movedOn:
      entry !== undefined && !isNew && (asked.failure?.status === 404 || (stored !== undefined && etag !== entry.etag)),
    asked,
    change: put,
    remove: () => (isNew ? dropFromDraft(entry) : put(null)),
    takeBack: () => entry !== undefined && dropFromDraft(entry),
  };
}

/** A link's password is never shown, so it is not taken from the answer either. */
export function known(resource: DraftResource, doc: JsonObject): JsonObject {
  return resource === 'link' ? withoutPassword(doc) : doc;
}

/** What the server said of a value of a document when it was planned last. */
export function wrongAt(key: Pick<Edited, 'resource' | 'id'>, path: FaultAt['path']): string | undefined {
  return faultOf(key, path)?.text;
}
