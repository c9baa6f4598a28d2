import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { REPORT_QUEUE } from '../../src/broker/topology.js';
import { encodeTerm } from '../../src/wire/encode.js';
import { atom, binary, tuple } from '../../src/wire/term.js';
import { sendReport, startWholeServer, until } from '../support/whole-server.js';

interface Line {
  readonly id: string;
  readonly reason: string;
}

describe('refused messages over HTTP', () => {
  it('are listed as they are refused, outlive the actor that refused them, and can be discarded, audited', async () => {
    const s = await startWholeServer();
    const connection = await s.broker.connect();
    await sendReport(connection, encodeTerm(tuple(atom('password'), binary('hunter2'))));
    await sendReport(connection, Buffer.from('no term at all \u001b[2J'));
    const list = async () =>
      (await s.api('GET', '/api/V2/refused')).json as unknown as { total: number; messages: Line[] };
    await until(async () => (await list()).total === 2, 'both are refused');
    await connection.close();
    const { messages } = await list();
    expect(messages).toHaveLength(2);
    expect(messages[0]).toMatchObject({ queue: REPORT_QUEUE, kind: 'report', from: null, bytes: 19 });

    const intake = s.server.state.system.whereis('intake');
    if (intake === undefined) throw new Error('there is no intake');
    s.server.state.system.exit(intake, 'kill', intake);
    const one = await s.api('GET', `/api/V2/refused/${messages[0]?.id}`);
    expect(one.json).toEqual({ ...messages[0], decoded: null, text: 'no term at all \\u{1B}[2J', cut: false });
    const other = await s.api('GET', `/api/V2/refused/${messages[1]?.id}`);
    expect(other.json.decoded).toEqual({ tuple: [{ atom: 'password' }, '(secret)'] });

    const gone = await s.api('DELETE', `/api/V2/refused/${messages[0]?.id}`);
    expect([gone.status, gone.text]).toEqual([204, '']);
    for (const method of ['GET', 'DELETE']) {
      const again = await s.api(method, `/api/V2/refused/${messages[0]?.id}`);
      expect([again.status, again.json.code]).toEqual([404, 'not_found']);
    }
    expect((await s.api('DELETE', '/api/V2/refused')).status).toBe(204);
    expect(await list()).toEqual({ total: 2, kept: 0, messages: [] });
    const audit = (await s.api('GET', '/api/V2/audit?resource=setting&id=refused_discarded')).json;
    expect(audit as unknown as JsonObject[]).toMatchObject([
      { author: 'anonymous', after: { messages: 1, message: messages[1]?.id } },
      { author: 'anonymous', after: { messages: 1, message: messages[0]?.id, from: null } },
    ]);
  });
});
