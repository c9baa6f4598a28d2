import type { Document } from '../../model/document.js';
import { readRuleset, rulesetInRow } from '../../model/stored-ruleset.js';
import type { Store } from '../../store/store.js';

/** A group's row of `ruleset_output` with the texts that it names in it; undefined: nothing was compiled for it yet. */
export async function outputWithTexts(store: Pick<Store, 'get'>, groupId: string): Promise<Document | undefined> {
  for (let tries = 1; ; tries += 1) {
    const doc = (await store.get('ruleset_output', groupId))?.doc;
    if (doc === undefined) return undefined;
    const { texts, ...row } = doc;
    if (typeof texts !== 'string') return doc;
    const ruleset = readRuleset((await store.get('ruleset_text', texts))?.doc);
    if (ruleset !== undefined) return { ...row, ...rulesetInRow(ruleset), id: doc.id };
    // The group may have got other texts between the two reads, and these may be gone.
    if (tries === 2) return { ...row, id: doc.id };
  }
}
