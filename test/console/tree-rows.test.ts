import { describe, expect, it } from 'vitest';
import { treeRows } from '../../src/console/pages/actors/tree-rows.js';
import type { ActorView } from '../../src/operations/actors/actor-view.js';

function actor(
  path: string,
  strategy?: string,
  children: readonly ActorView[] = [],
  total = children.length,
): ActorView {
  const id = path.slice(path.lastIndexOf('/') + 1);
  const supervisor = strategy === undefined ? {} : { supervisor: { strategy, total, offset: 0 }, children };
  return { path, id, ...supervisor } as ActorView;
}

describe('the rows of the tree of actors', () => {
  const hosts = actor('top/hosts', 'simple_one_for_one', [actor('top/hosts/1'), actor('top/hosts/2')], 12_000);
  const top = actor('top', 'rest_for_one', [actor('top/a', 'one_for_one', [actor('top/a/b')]), hosts]);
  const shown = (rows: ReturnType<typeof treeRows>) => rows.map(({ actor: { path }, level }) => `${level} ${path}`);

  it('begin with branches of hosts closed, and all others open', () => {
    const rows = treeRows(top, new Map(), undefined);
    expect(shown(rows)).toEqual(['0 top', '1 top/a', '2 top/a/b', '1 top/hosts']);
    expect(rows.map(({ isOpen }) => isOpen)).toEqual([true, true, undefined, false]);
  });

  it('follow what was opened and closed by hand', () => {
    const toggled = new Map([
      ['top/a', false],
      ['top/hosts', true],
    ]);
    expect(shown(treeRows(top, toggled, undefined))).toEqual([
      '0 top',
      '1 top/a',
      '1 top/hosts',
      '2 top/hosts/1',
      '2 top/hosts/2',
    ]);
  });

  it('take one branch from another page', () => {
    const page = actor('top/hosts', 'simple_one_for_one', [actor('top/hosts/26')], 12_000);
    const rows = treeRows(top, new Map([['top/hosts', true]]), page);
    expect(shown(rows).slice(-2)).toEqual(['1 top/hosts', '2 top/hosts/26']);
  });
});
