import { isDeepStrictEqual } from 'node:util';
import type { Document, Table } from '../model/document.js';
import type { Author, Change, Store } from './store.js';

/** A document that a commit has changed. */
export interface Edit {
  readonly change: 'created' | 'changed' | 'removed';
  readonly table: Table;
  readonly id: string;
  /** As it is now; removed: as it was, where that is known. */
  readonly doc: Document | undefined;
  readonly author: Author;
}

/** The store, telling `told` of each document that an audited commit has changed; `told` must not throw. */
export function storeWithNews(store: Store, told: (edit: Edit) => void): Store {
  const audited: Store['commit'] = async (changes, by) => {
    const steps = changes.map(watched);
    const result = await store.commit(
      steps.map(({ step }) => step),
      by,
    );
    if (!result.ok) return result;
    for (const [index, { step, seen }] of steps.entries()) {
      const after = result.stored[index]?.doc;
      const id = after?.id ?? ('id' in step ? step.id : '');
      const news = changeOf(step, seen, after);
      if (news !== undefined)
        told({ change: news, table: step.table, id, doc: after ?? seen.before, author: by.author });
    }
    return result;
  };
  return {
    kind: store.kind,
    now: () => store.now(),
    get: (table, id) => store.get(table, id),
    held: store.held,
    list: (table) => store.list(table),
    listFields: (table, fields) => store.listFields(table, fields),
    find: (table, field, value) => store.find(table, field, value),
    commit: (changes, by) => (by.audit === false ? store.commit(changes, by) : audited(changes, by)),
    feed: (table, from, on) => store.feed(table, from, on),
    audit: (query) => store.audit(query),
    state: () => store.state(),
    onState: (listener) => store.onState(listener),
    close: () => store.close(),
  };
}

/** The document that a step found; a store may run its function again on a newer one. */
interface Seen {
  before: Document | undefined;
}

function watched(change: Change): { readonly step: Change; readonly seen: Seen } {
  const seen: Seen = { before: undefined };
  const step = ((): Change => {
    switch (change.op) {
      case 'create':
        return change;
      case 'edit':
        return { ...change, edit: (current: Document) => change.edit((seen.before = current)) };
      case 'upsert':
        return { ...change, edit: (current: Document | undefined) => change.edit((seen.before = current)) };
      case 'remove': {
        const { guard } = change;
        if (guard === undefined) return change;
        return {
          ...change,
          guard: (current) => {
            seen.before = current;
            return guard(current);
          },
        };
      }
    }
  })();
  return { step, seen };
}

function changeOf({ op }: Change, { before }: Seen, after: Document | undefined): Edit['change'] | undefined {
  if (op === 'create') return 'created';
  if (op === 'remove') return 'removed';
  if (before === undefined) return 'created';
  return isDeepStrictEqual(before, after) ? undefined : 'changed';
}
