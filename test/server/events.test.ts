import { describe, expect, it, onTestFinished } from 'vitest';
import { listenTo, type SentEvent } from '../support/event-client.js';
import { startWholeServer, until, type WholeServer } from '../support/whole-server.js';

/** What a client hears from now on, as it comes. */
async function heardAt(w: WholeServer, path: string): Promise<readonly SentEvent[]> {
  const client = await listenTo(`${w.server.listening.api}${path}`);
  onTestFinished(() => client.close());
  const heard: SentEvent[] = [];
  const listen = async (): Promise<void> => {
    for (let event = await client.next(); event !== undefined; event = await client.next()) heard.push(event);
  };
  // Closing the client ends the reading in the middle.
  listen().catch(() => undefined);
  return heard;
}

function has(heard: readonly SentEvent[], wanted: object): Promise<unknown> {
  return until(
    () => heard.some(({ data }) => Object.entries(wanted).every(([key, value]) => data[key] === value)),
    JSON.stringify(wanted),
  );
}

describe('GET /api/V2/events of a whole server', () => {
  it('tells of edits, of what is published, of alarms, and of a broker and a group that fail and are back', async () => {
    const w = await startWholeServer();
    const heard = await heardAt(w, '/api/V2/events');
    const { group, ruleset } = await w.group('web');
    await has(heard, {
      kind: 'policy_edit',
      change: 'created',
      resource: 'group',
      id: group,
      name: 'web',
      author: 'anonymous',
    });
    await has(heard, { kind: 'ruleset_published', group_id: group, group: 'web' });
    await has(heard, { kind: 'sets_published' });
    await w.edit('ruleset', ruleset, { rules: { inbound: [], outbound: [] } });
    await has(heard, { kind: 'policy_edit', change: 'changed', resource: 'ruleset', id: ruleset });
    w.server.state.alarms.set('test.alarm', 'something is wrong');
    w.server.state.alarms.clear('test.alarm');
    await has(heard, { kind: 'alarm_set', alarm: 'test.alarm', text: 'something is wrong' });
    await has(heard, { kind: 'alarm_cleared', alarm: 'test.alarm' });
    await w.server.state.link.connection?.close();
    await has(heard, { kind: 'broker_lost', connection: 'publishing' });
    await has(heard, { kind: 'broker_back', connection: 'publishing' });
    // Nobody edits what agents and the server itself write.
    expect(heard.filter(({ data }) => data['kind'] === 'policy_edit' && data['author'] === 'system')).toEqual([]);
  });
});
