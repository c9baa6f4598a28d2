import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { setsHash } from '../../../src/firewall/ipset/normalize-sets.js';
import { compileSets } from '../../../src/firewall/sets/compile-sets.js';
import type { SetsInput } from '../../../src/firewall/sets/merge-sets.js';
import { goldenCases } from '../../support/golden-cases.js';
import { isFaithful } from '../../support/golden-faithful.js';
import { createOracle } from '../../support/kernel-oracle.js';

interface Output {
  readonly text?: string;
  readonly hash: string;
  readonly textSha256?: string;
}

const cases = goldenCases<SetsInput, Output>('ipsets.json');
function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
const oracle = await createOracle();

describe('golden sets in dog1', () => {
  it.each(cases.filter(isFaithful).map((item) => [item.name, item] as const))('%s: the same bytes', (_name, item) => {
    const { text, hash } = compileSets(item.input, 'dog1');
    expect(hash).toBe(item.output.hash);
    if (item.output.text === undefined) expect(sha256(text)).toBe(item.output.textSha256);
    else if (item.compare === 'blocks') {
      expect(text.split('\n').sort()).toEqual(item.output.text.split('\n').sort());
    } else expect(text).toBe(item.output.text);
  });

  it('knows which cases are faithful', () => {
    expect(cases.filter((item) => !isFaithful(item)).map((item) => item.name)).toEqual([
      'ipset/default-route-v6',
      'ipset/name-27',
      'ipset/name-blank',
      'ipset/name-ends-n',
      'ipset/host-bits',
      'ipset/wrong-family',
    ]);
  });
});

if ('unavailable' in oracle) {
  it.skip(`golden sets in the kernel (${oracle.unavailable})`, () => undefined);
} else {
  afterAll(() => oracle.close());

  describe.each(['dog1', 'dog2'] as const)('golden sets in the kernel, %s', (dialect) => {
    it.each(cases.map((item) => [item.name, item] as const))(
      '%s: loads, twice, and reads back to our hash',
      async (_name, item) => {
        const { text, hash } = compileSets(item.input, dialect);
        expect(await oracle.loadSets(text)).toEqual({ ok: true, message: '' });
        expect(await oracle.loadSets(text)).toEqual({ ok: true, message: '' });
        expect(setsHash(await oracle.saveSets())).toBe(hash);
        await oracle.reset();
      },
    );
  });
}
