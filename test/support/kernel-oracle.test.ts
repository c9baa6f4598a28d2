import { afterAll, describe, expect, it } from 'vitest';
import { createOracle } from './kernel-oracle.js';

const oracle = await createOracle();

if ('unavailable' in oracle) {
  it.skip(`the kernel oracle (${oracle.unavailable})`, () => undefined);
} else {
  afterAll(() => oracle.close());

  describe('the kernel oracle', () => {
    it('loads sets and gives them back', async () => {
      expect(await oracle.loadSets('create a_gv4 hash:net family inet\nadd a_gv4 10.1.2.3/24\n')).toMatchObject({
        ok: true,
      });
      expect(await oracle.saveSets()).toMatch(/^create a_gv4 hash:net family inet .*\nadd a_gv4 10\.1\.2\.0\/24\n$/);
      await oracle.reset();
      expect(await oracle.saveSets()).toBe('');
    });

    it('says why a set or a ruleset was refused', async () => {
      const sets = await oracle.loadSets('create a hash:net\nadd a ::/0\n');
      expect(sets.ok).toBe(false);
      expect(sets.message).toMatch(/line 2/);
      const rules = await oracle.loadRuleset(
        '*filter\n-A INPUT -j nothing\nCOMMIT\n',
        'v4',
        oracle.backends[0] ?? 'nft',
      );
      expect(rules).toMatchObject({ ok: false });
      await oracle.reset();
    });

    it('proves a ruleset on every back end', async () => {
      await oracle.makeSets(['web_gv6']);
      const line = '-A INPUT -m set --match-set web_gv6 src -j ACCEPT';
      const text = `*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT DROP [0:0]\n${line}\nCOMMIT\n`;
      const verdicts = await oracle.proveRuleset(text, 'v6');
      expect(verdicts.map((verdict) => verdict.ok)).toEqual(oracle.backends.map(() => true));
      for (const verdict of verdicts) expect(verdict.ok && verdict.saved).toContain(line);
      await oracle.reset();
    });

    it('is a namespace of its own', () => {
      expect(oracle.namespace).toContain(String(process.pid));
    });
  });
}
