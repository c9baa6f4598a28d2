import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { readRuleset } from '../../model/stored-ruleset.js';
import type { Store } from '../../store/store.js';
import type { Pin, RevisionBook } from './revision-book.js';
import type { SharedRulesets } from './shared-rulesets.js';

/** A pin as table `pin` keeps it; its id is the group's. */
export function pinToDoc({ groupId, number, ruleset, compiledAt, reason, author, at }: Pin): Document {
  return { id: groupId, number, texts: ruleset.id, compiled_at: compiledAt, reason, author, at };
}

/**
 * Reads which groups are held, at a start or takeover. Gives the ids of groups whose pin can't be kept, since the texts
 * are gone.
 * @throws StoreError
 */
export async function loadPins(
  store: Pick<Store, 'get' | 'list'>,
  { revisions, rulesets }: { readonly revisions: RevisionBook; readonly rulesets: SharedRulesets },
): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const { doc } of await store.list('pin')) {
    const texts = textOf(doc['texts']);
    const ruleset = await rulesets.load(texts, async () => readRuleset((await store.get('ruleset_text', texts))?.doc));
    if (ruleset === undefined) lost.push(doc.id);
    else
      revisions.pins.set(doc.id, {
        groupId: doc.id,
        number: Number(doc['number']),
        ruleset,
        compiledAt: Number(doc['compiled_at']),
        reason: textOf(doc['reason']),
        author: textOf(doc['author']),
        at: Number(doc['at']),
      });
  }
  return lost;
}
