import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Document, JsonObject } from '../../src/model/document.js';
import { deepMerge, mergePut } from '../../src/resources/merge.js';
import { declarationOf } from '../../src/resources/resources.js';

const object = fc.dictionary(
  fc.constantFrom('a', 'b', '__proto__', 'constructor'),
  fc.jsonValue(),
) as fc.Arbitrary<JsonObject>;

describe('what a PUT makes of a document', () => {
  it('merges objects at every depth and replaces everything else', () => {
    const stored = { a: { x: 1, list: [1, 2] }, kept: true };
    expect(deepMerge(stored, { a: { y: 2, list: [3] }, new: null })).toEqual({
      a: { x: 1, y: 2, list: [3] },
      kept: true,
      new: null,
    });
  });

  it('never touches a prototype', () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        const merged = deepMerge(a, b);
        expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
        expect(Object.keys(merged).sort()).toEqual([...new Set([...Object.keys(a), ...Object.keys(b)])].sort());
      }),
    );
  });

  it('drops vars and security groups of a group, vars of a host in v2, vars of a fact in v2, unless they are sent', () => {
    const put = (resource: 'group' | 'host' | 'fact', version: 'v1' | 'v2', doc: JsonObject, sent: JsonObject) =>
      mergePut(declarationOf(resource), version, { id: '1', ...doc }, sent, 0).stored;
    const group = { name: 'g', vars: { a: 1 }, ec2_security_group_ids: [], description: 'd' };
    expect(put('group', 'v1', group, { name: 'g' })).toEqual({ id: '1', name: 'g', description: 'd' });
    expect(put('group', 'v2', group, { name: 'g', vars: {} })).toEqual({
      id: '1',
      name: 'g',
      vars: {},
      description: 'd',
    });
    expect(put('host', 'v1', { vars: { a: 1 } }, { name: 'h' })).toHaveProperty('vars');
    expect(put('host', 'v2', { vars: { a: 1 } }, { name: 'h' })).not.toHaveProperty('vars');
    const fact = { groups: { all: { vars: { a: 1 }, hosts: {} }, app: { vars: {} } } };
    expect(put('fact', 'v1', fact, { name: 'f' })).toMatchObject(fact);
    expect(put('fact', 'v2', fact, { name: 'f' })['groups']).toEqual({ all: { hosts: {} }, app: { vars: {} } });
    expect(put('fact', 'v2', fact, { name: 'f', groups: { all: { vars: 1 } } })['groups']).toEqual({
      all: { vars: 1 },
    });
  });

  it('checks the shallow merge where it stores the deep one', () => {
    const stored = { id: '1', name: 'l', connection: { host: 'a', password: 'p' } } as Document;
    const { checked, stored: kept } = mergePut(declarationOf('link'), 'v2', stored, { connection: { host: 'b' } }, 0);
    expect(checked['connection']).toEqual({ host: 'b' });
    expect(kept['connection']).toEqual({ host: 'b', password: 'p' });
  });
});
