import { describe, expect, it } from 'vitest';
import { packRulesetSync, rulesetInRow, readRuleset } from '../../src/model/stored-ruleset.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { RULE } from '../support/api-client.js';
import { listenToAll, startWholeServer, until, type WholeServer } from '../support/whole-server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { join } from 'node:path';

function commented(comment: string) {
  return { inbound: [{ ...RULE, comment }], outbound: [] };
}

/** Groups of one profile, all published. */
async function groupsOn(w: WholeServer, profile: string, names: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of names)
    ids.push(
      await w.create('group', {
        name,
        description: '',
        profile_id: profile,
        profile_name: 'p',
        profile_version: 'latest',
      }),
    );
  for (const id of ids) await w.reaches(id, 'published');
  return ids;
}

async function textsOf(store: Store): Promise<readonly string[]> {
  return (await store.list('ruleset_text')).map(({ doc }) => readRuleset(doc)?.texts.set4.text ?? 'unreadable');
}

describe('texts of groups', () => {
  it('are one object in memory and one row in the store for all groups that have the same', async () => {
    const w = await startWholeServer();
    const { profile, ruleset } = await w.profile('p', [RULE]);
    const ids = await groupsOn(w, profile, ['a', 'b', 'c', 'd']);
    const { outputs, store } = w.server.state;
    expect(new Set(ids.map((id) => outputs.get(id)?.ruleset)).size).toBe(1);
    expect(await store.list('ruleset_text')).toHaveLength(1);
    // One whose rules are about itself has its own.
    const { profile: other } = await w.profile('q', [{ ...RULE, group_type: 'ROLE', group: 'self' }]);
    await groupsOn(w, other, ['e', 'f']);
    expect(await store.list('ruleset_text')).toHaveLength(3);
    await w.edit('ruleset', ruleset, { rules: commented('changed') });
    await until(() => ids.every((id) => outputs.get(id)?.ruleset.texts.set4.text.includes('changed')), 'all changed');
    expect(new Set(ids.map((id) => outputs.get(id)?.ruleset)).size).toBe(1);
  });

  it('go from the store when no group names them any more, whoever left them there', async () => {
    // The revision before the newest keeps its text no longer.
    const set = ['polling_interval_seconds=1', 'revisions.keep=1'];
    const data = temporaryDirectory();
    const first = await startWholeServer({ set, data });
    const { profile, ruleset } = await first.profile('p', [RULE]);
    const ids = await groupsOn(first, profile, ['a', 'b']);
    const { store } = first.server.state;
    await first.edit('ruleset', ruleset, { rules: commented('second') });
    for (const id of ids) await first.reaches(id, 'published');
    await until(async () => (await textsOf(store)).every((text) => text.includes('second')), 'the old text is gone');
    expect(await textsOf(store)).toHaveLength(1);
    expect((await first.api('DELETE', `/api/V2/group/${ids[0]}`)).status).toBe(204);
    expect(await first.ruleset(ids[1] as string)).toMatchObject({ state: 'published' });
    await first.stop();

    // What a crash between two writes leaves: a text that nothing names.
    const left = packRulesetSync(
      {
        set4: { text: 'left', hash: '' },
        set6: { text: '', hash: '' },
        unset4: { text: '', hash: '' },
        unset6: { text: '', hash: '' },
      },
      [],
    );
    const path = join(data, 'dog_trainer.db');
    const between = await createSqliteStore({ path });
    await between.commit([{ op: 'upsert', table: 'ruleset_text', id: left.id, edit: () => left.doc }], {
      author: 'system',
    });
    await between.close();
    const second = await startWholeServer({ set, data });
    await until(async () => (await textsOf(second.server.state.store)).length === 1, 'only what is named is left');
    expect(await second.ruleset(ids[1] as string)).toMatchObject({ state: 'published' });
  });

  it('that a row names and the store lacks are written again, or compiled again after a start', async () => {
    const set = ['polling_interval_seconds=1'];
    const data = temporaryDirectory();
    const first = await startWholeServer({ set, data });
    const { profile } = await first.profile('p', [RULE]);
    const [id = ''] = await groupsOn(first, profile, ['a']);
    const { store, outputs } = first.server.state;
    const text = outputs.get(id)?.ruleset.id ?? '';
    await store.commit([{ op: 'remove', table: 'ruleset_text', id: text }], { author: 'system' });
    outputs.rulesets.abandoned = true;
    await until(() => store.get('ruleset_text', text), 'written again');
    await first.stop();
    const between = await createSqliteStore({ path: join(data, 'dog_trainer.db') });
    await between.commit([{ op: 'remove', table: 'ruleset_text', id: text }], { author: 'system' });
    await between.close();
    const second = await startWholeServer({ set, data });
    await until(() => second.server.state.store.get('ruleset_text', text), 'compiled and written again');
    expect(await second.reaches(id, 'published')).toMatchObject({ error: null });
  });

  it('in rows of an older version are taken over as they stand, and stay the last good ones', async () => {
    const data = temporaryDirectory();
    const first = await startWholeServer({ data });
    const { group, ruleset } = await first.group('a');
    const before = await first.ruleset(group);
    const output = first.server.state.outputs.get(group);
    await first.stop();
    const path = join(data, 'dog_trainer.db');
    const between = await createSqliteStore({ path });
    // As an older version left it, with a policy that does not compile any more.
    const steps = [
      {
        op: 'edit',
        table: 'ruleset_output',
        id: group,
        edit: ({ texts: _texts, ...row }) => ({ ...row, ...rulesetInRow(output!.ruleset), id: group }),
      },
      {
        op: 'edit',
        table: 'ruleset',
        id: ruleset,
        edit: (row) => ({ ...row, rules: { inbound: [{ ...RULE, service: 'none' }], outbound: [] } }),
      },
    ] satisfies Parameters<Store['commit']>[0];
    await between.commit(steps, { author: 'system' });
    await between.close();
    const second = await startWholeServer({ data });
    const wire = await listenToAll(second.broker);
    const after = await second.reaches(group, 'error');
    expect(after).toMatchObject({ set4: before.set4, set6: before.set6, published_at: before.published_at });
    const row = (await second.server.state.store.get('ruleset_output', group))?.doc;
    expect(row?.texts).toBe(output?.ruleset.id);
    expect(row?.set4).toBeUndefined();
    expect(wire.keys()).not.toContain('*.*.a.*');
  });
});
