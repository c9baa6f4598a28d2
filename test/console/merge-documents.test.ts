import { describe, expect, it } from 'vitest';
import {
  isQuiet,
  mergeDocuments,
  openChoices,
  resolvedDocument,
  type Choices,
} from '../../src/console/pages/policy/merge/merge-documents.js';
import type { JsonObject } from '../../src/model/document.js';

const NONE: Choices = new Map();

function rule(comment: string): JsonObject {
  return { action: 'ACCEPT', service: comment, group_type: 'ANY', comment };
}

describe('documents that two people changed at once', () => {
  it('go together field by field, and a field that both changed has to be chosen', () => {
    const base = { name: 'office', ipv4_addresses: ['10.0.0.0/8'], note: 'x', gone: 1 };
    const theirs = { name: 'office', ipv4_addresses: ['10.0.0.0/9'], note: 'theirs' };
    const mine = { ...base, name: 'bureau', note: 'mine', added: true };
    const merge = mergeDocuments('zone', { base, theirs, mine }, NONE);
    expect(openChoices(merge, NONE)).toEqual(['field:note']);
    const choices: Choices = new Map([['field:note', 'theirs']]);
    expect(openChoices(merge, choices)).toEqual([]);
    expect(resolvedDocument(merge, choices)).toEqual({
      name: 'bureau',
      ipv4_addresses: ['10.0.0.0/9'],
      note: 'theirs',
      added: true,
    });
    // What one of them did can be turned down, too.
    expect(resolvedDocument(merge, new Map([...choices, ['field:added', 'theirs']]))).not.toHaveProperty('added');
  });

  it('need nobody to look where the server wrote hashes into the row of a group', () => {
    const base = { name: 'web', description: '', hash4_ipsets: 'a' };
    const theirs = { ...base, hash4_ipsets: 'b' };
    const merge = mergeDocuments('group', { base, theirs, mine: { ...base, description: 'mine' } }, NONE);
    expect(isQuiet(merge)).toBe(true);
    expect(resolvedDocument(merge, NONE)).toEqual({ name: 'web', description: 'mine', hash4_ipsets: 'b' });
    expect(isQuiet(mergeDocuments('group', { base, theirs: { ...theirs, description: 'x' }, mine: base }, NONE))).toBe(
      false,
    );
  });

  it('of rules go together rule by rule', () => {
    const doc = (inbound: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
      name: 'web',
      ...more,
      rules: { inbound, outbound: [rule('out')] },
    });
    const [base, theirs, mine] = [
      doc([rule('a'), rule('b')]),
      doc([{ ...rule('a'), action: 'DROP' }, rule('b')], { name: 'theirs' }),
      doc([{ ...rule('a'), action: 'REJECT' }, rule('b'), rule('c')]),
    ];
    const merge = mergeDocuments('ruleset', { base, theirs, mine }, NONE);
    const open = openChoices(merge, NONE);
    expect(open).toEqual(['inbound:b0']);
    expect(resolvedDocument(merge, new Map([['inbound:b0', 'theirs']]))).toEqual(
      doc([{ ...rule('a'), action: 'DROP' }, rule('b'), rule('c')], { name: 'theirs' }),
    );
  });
});
