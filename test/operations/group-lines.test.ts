import { describe, expect, it } from 'vitest';
import { compileGroup } from '../../src/firewall/policy/compile-group.js';
import { RULESET_VARIANTS } from '../../src/model/ruleset-variants.js';
import { packRulesetSync, type StoredRuleset } from '../../src/model/stored-ruleset.js';
import { type GroupLines, MOST_LINES } from '../../src/operations/fleet-pages.js';
import { leadingOperations } from '../../src/operations/leading-operations.js';
import { makeRollout } from '../rollout/make-rollout.js';
import { makeRule } from '../support/make-policy.js';
import { parts, START } from './parts.js';

const NOW = START / 1000;
const ZONE = { id: 'z', name: 'office', ipv4_addresses: ['10.0.0.0/8', '192.168.1.0/24'], ipv6_addresses: [] };

function rules(comment: string) {
  return {
    inbound: [
      makeRule({ group_type: 'ZONE', group: 'z', comment }),
      makeRule({ group_type: 'ROLE', group: 'all-active', comment: 'everybody' }),
    ],
    outbound: [makeRule({ comment: 'out' })],
  };
}

async function fleet(zone: object = ZONE) {
  const p = await parts();
  const { world, needs } = p;
  world.reconcile('zone', [zone as typeof ZONE]);
  world.reconcile('profile', [{ id: 'p', name: 'front' }]);
  world.reconcile('ruleset', [{ id: 'r', name: 'front', profile_id: 'p', rules: rules('office') }]);
  world.reconcile('group', [
    { id: 'g', name: 'web', profile_id: 'p' },
    { id: 'h', name: 'db' },
  ]);
  world.reconcile('host', [
    { id: 'h1', name: 'web-1', hostkey: 'key-1', group: 'web', active: 'active', interfaces: '{"e":["10.1.1.1"]}' },
    { id: 'h2', name: 'db-1', hostkey: 'key-2', group: 'db', active: 'active' },
  ]);
  const compiled = (): StoredRuleset => {
    const made = compileGroup(world.policy, 'g', { dialect: 'dog2', generateUnset: true });
    if (!made.ok) throw new Error(made.error.message);
    return packRulesetSync(made, made.sets);
  };
  const publish = (ruleset: StoredRuleset): void => {
    needs.outputs.set({ groupId: 'g', groupName: 'web', dialect: 'dog2', ruleset, compiledAt: NOW, publishedAt: NOW });
    needs.sets.published = needs.sets.render();
  };
  return { ...p, compiled, publish, pages: leadingOperations(needs, { root: p.root }).pages };
}

/** Every text's lines with what they come from. */
function sourced(found: GroupLines | string): GroupLines {
  if (typeof found === 'string') throw new Error(found);
  return found;
}

describe('the lines of a group', () => {
  it('are those of its texts, each with the rule that it comes from', async () => {
    const { compiled, publish, pages, needs } = await fleet();
    const ruleset = compiled();
    publish(ruleset);
    needs.outputs.revisions.noteLast('g', { number: 7, texts: ruleset.id });
    for (const called of ['g', 'web']) {
      const found = sourced(await pages.lines(called, undefined));
      expect(found).toMatchObject({ group_id: 'g', group: 'web', profile_id: 'p', ruleset_id: 'r', number: 7 });
      for (const { key, apiName } of RULESET_VARIANTS) {
        const lines = found.texts[apiName];
        expect(`${lines.map(({ text }) => text).join('\n')}\n`, apiName).toBe(ruleset.texts[key].text);
        for (const { text, source } of lines) {
          const [, comment] = /--comment (office|everybody|out) /.exec(text) ?? [];
          const wanted =
            comment === undefined
              ? { fixed: 'skeleton' }
              : comment === 'out'
                ? { ruleset: 'r', direction: 'outbound', index: 0, comment: 'out' }
                : { ruleset: 'r', direction: 'inbound', index: comment === 'office' ? 0 : 1, comment };
          expect(source, text).toEqual(wanted);
        }
        expect(lines.filter(({ text }) => text.includes('--comment office ')).length, apiName).toBe(
          { ipsetsv4: 2, ipsetsv6: 2, iptablesv4: 4, iptablesv6: 0 }[apiName],
        );
      }
      expect(found.sets).toContainEqual({
        name: 'office_zv4',
        family: 'v4',
        count: 2,
        of: 'zone',
        id: 'z',
        label: 'office',
      });
      expect(found.sets).toContainEqual({
        name: 'all-active_gv4',
        family: 'v4',
        count: 1,
        of: 'group',
        id: null,
        label: 'all-active',
      });
    }
  });

  it('come from a former policy where it says something else by now', async () => {
    const { compiled, publish, pages, world } = await fleet();
    publish(compiled());
    world.reconcile('ruleset', [{ id: 'r', name: 'front', profile_id: 'p', rules: rules('headquarters') }]);
    const { texts, number } = sourced(await pages.lines('g', undefined));
    expect(number).toBeNull();
    expect(texts.ipsetsv4.length).toBeGreaterThan(0);
    for (const { source } of texts.ipsetsv4) expect(source).toEqual({ former: true });
  });

  it('are for a host that a rollout has reached those of the new revision', async () => {
    const { compiled, publish, pages, world, needs } = await fleet();
    const base = compiled();
    publish(base);
    world.reconcile('ruleset', [{ id: 'r', name: 'front', profile_id: 'p', rules: rules('headquarters') }]);
    const rollout = makeRollout({
      candidate: compiled(),
      base,
      steps: [{ hosts: ['key-1'], confirmedAt: NOW, doneAt: null }],
    });
    needs.outputs.rollouts.set({ ...rollout, groupId: 'g', groupName: 'web', state: 'rolling' });
    const text = async (host?: string) =>
      sourced(await pages.lines('web', host))
        .texts.ipsetsv4.map((line) => line.text)
        .join();
    expect(await text()).toContain('--comment office ');
    for (const host of ['h1', 'key-1', 'web-1']) expect(await text(host)).toContain('--comment headquarters ');
  });

  it('are none where nothing is compiled, and only of groups and hosts that there are', async () => {
    const { pages } = await fleet();
    expect(sourced(await pages.lines('db', 'h2'))).toMatchObject({
      profile_id: null,
      ruleset_id: null,
      number: null,
      texts: { ipsetsv4: [], iptablesv6: [] },
      sets: [],
    });
    expect(await pages.lines('none', undefined)).toBe('unknown_group');
    expect(await pages.lines('web', 'nobody')).toBe('unknown_host');
    expect(await pages.lines('web', 'db-1')).toBe('unknown_host');
  });

  it('are cut off, and those left out are counted', async () => {
    const many = Array.from({ length: MOST_LINES }, (_, n) => `10.${n >> 8}.${n & 255}.1`);
    const { compiled, publish, pages } = await fleet({ ...ZONE, ipv4_addresses: many });
    const ruleset = compiled();
    publish(ruleset);
    const { texts, left_out: leftOut } = sourced(await pages.lines('g', undefined));
    const all = ruleset.texts.unset4.text.split('\n').length - 1;
    expect(all).toBeGreaterThan(MOST_LINES);
    expect([texts.iptablesv4.length, leftOut.iptablesv4]).toEqual([MOST_LINES, all - MOST_LINES]);
    expect(leftOut.ipsetsv4).toBe(0);
  });
});

it('a set is read page by page, as it was published', async () => {
  const { compiled, publish, pages } = await fleet();
  expect(pages.set('office_zv4', { offset: 0, limit: 10 })).toBeUndefined();
  publish(compiled());
  const whole = pages.set('office_zv4', { offset: 0, limit: 10 });
  expect(whole).toMatchObject({ name: 'office_zv4', total: 2, offset: 0, limit: 10 });
  expect([...(whole?.addresses ?? [])].sort()).toEqual(['10.0.0.0/8', '192.168.1.0/24']);
  expect(pages.set('office_zv4', { offset: 1, limit: 1 })?.addresses).toEqual(whole?.addresses.slice(1));
  expect(pages.set('none_zv4', { offset: 0, limit: 10 })).toBeUndefined();
});
