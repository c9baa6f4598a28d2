import { describe, expect, it, onTestFinished } from 'vitest';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Look } from '../../src/cli/top/look.js';
import { screen, type Seen } from '../../src/cli/top/screen.js';
import { FIRST, pressed, type TopState } from '../../src/cli/top/top-state.js';
import { Looker } from '../../src/cli/top/look.js';
import { apiOf } from '../../src/cli/remote/api-client.js';
import { actorView } from '../support/actor-view.js';
import { FLEET_IS_WELL } from '../support/fleet-is-well.js';

const SIZE = { columns: 80, rows: 24 };
const STYLE = { environment: {} };

function typing(keys: readonly string[], from: TopState = FIRST): TopState {
  return keys.reduce((state, key) => pressed(state, key, 10), from);
}

function actorRow(path: string, more: Partial<Look['actors'][number]> = {}): Look['actors'][number] {
  return { path, state: 'waiting', mailbox: 0, restarts: 0, handled: 0, busy: 0, ...more };
}

function seen(look: Partial<Look> = {}, more: Partial<Seen> = {}): Seen {
  const whole = {
    at: 0,
    view: 'now',
    filter: '',
    status: FLEET_IS_WELL,
    hosts: [],
    groups: [],
    actors: [],
    ...look,
  } as const;
  return { url: 'http://x', look: whole, trouble: undefined, events: [], eventTrouble: undefined, ...more };
}

describe('keys of top', () => {
  it('lead from view to view, and to the end', () => {
    expect(typing(['h']).view).toBe('hosts');
    expect(typing(['a', 's']).sort).toBe('restarts');
    expect(typing(['a', 'B']).sort).toBe('busy');
    expect(typing(['tab', 'tab']).view).toBe('groups');
    expect([typing(['q']).over, typing(['/', 'q']).over, typing(['/', 'ctrl-c']).over]).toEqual([true, false, true]);
    expect(typing(['down', 'down', 'pagedown', 'up']).top).toBe(11);
    expect(typing(['up']).top).toBe(0);
  });

  it('spell a filter', () => {
    expect(typing(['/', 'w', 'x', 'backspace', 'e', 'return'])).toMatchObject({
      filter: 'we',
      typing: false,
      view: 'now',
    });
    expect(typing(['/', 'w', 'return', 'escape']).filter).toBe('');
  });
});

describe('the screen of top', () => {
  it('fills the terminal and no more', () => {
    const actors = Array.from({ length: 99 }, (_, n) => actorRow(`dog_trainer/${'x'.repeat(90)}${n}`));
    for (const view of ['now', 'hosts', 'groups', 'actors', 'publishing', 'events'] as const)
      for (const size of [SIZE, { columns: 20, rows: 6 }]) {
        const lines = screen(seen({ actors, view }), { ...FIRST, view, top: 7 }, size, { ...STYLE, terminal: size });
        expect(lines).toHaveLength(size.rows);
        // What sets colours takes no room.
        expect(Math.max(...lines.map((line) => line.replaceAll(/\u001b\[\d+m/g, '').length))).toBeLessThanOrEqual(
          size.columns,
        );
      }
  });

  it('sorts actors by what was chosen, and shows those that match', () => {
    const actors = [
      actorRow('a', { restarts: 2 }),
      actorRow('b', { mailbox: 5 }),
      actorRow('c', { busy: 0.5, mailbox: 1 }),
    ];
    const order = (state: Partial<TopState>): readonly string[] =>
      screen(seen({ actors, view: 'actors' }), { ...FIRST, view: 'actors', ...state }, SIZE, STYLE)
        .slice(5, 8)
        .map((line) => line.trim().split(/ +/).at(-1) ?? '');
    expect(order({ sort: 'mailbox' })).toEqual(['b', 'c', 'a']);
    expect(order({ sort: 'restarts' })).toEqual(['a', 'b', 'c']);
    expect(order({ sort: 'busy' })).toEqual(['c', 'a', 'b']);
    expect(order({ filter: 'B' })).toEqual(['b', '', '']);
  });

  it('says when what it shows is old, and colours nothing where none are wanted', () => {
    const old = screen(seen({}, { trouble: 'no server answers' }), FIRST, SIZE, {
      environment: { NO_COLOR: '1' },
      terminal: SIZE,
    });
    expect(old[1]).toBe('not seen since 00:00:00: no server answers');
    expect(old.join('')).not.toContain('\u001b');
    expect(screen(seen(), FIRST, SIZE, { environment: {}, terminal: SIZE }).join('')).toContain(
      '\u001b[32mall is well',
    );
  });

  it('lets no name of a host move the cursor', () => {
    const lines = screen(seen({}, { events: ['x\u001b[2J'] }), { ...FIRST, view: 'events' }, SIZE, STYLE);
    expect(lines.join('')).not.toContain('\u001b[2J');
  });
});

describe('a look', () => {
  it('tells increments, and begins anew with an actor that was restarted', async () => {
    const figures = [
      { handled: 100, busy_ms: 50, pid: 1 },
      { handled: 120, busy_ms: 0, pid: 1 },
      { handled: 5, busy_ms: 1, pid: 2 },
    ];
    const root = actorView('p');
    const server = createServer((request, response) => {
      const body = request.url?.startsWith('/api/V2/status') === true ? FLEET_IS_WELL : { ...root, ...figures.shift() };
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const io = { out: () => undefined, err: () => undefined, environment: {}, installedConfig: '/none' };
    let now = 1000;
    const looker = new Looker(await apiOf({ url, set: [] }, io), () => (now += 2000));
    const rows = [];
    for (let n = 0; n < 3; n += 1) rows.push((await looker.look({ view: 'actors', filter: '' })).actors[0]);
    expect(rows.map((row) => [row?.handled, row?.busy])).toEqual([
      [0, 50],
      [10, 0],
      [0, 1],
    ]);
  });
});
