import { r, type Connection } from 'rethinkdb-ts';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RethinkLink } from '../../../src/store/rethinkdb/rethink-link.js';
import { TableHealth } from '../../../src/store/rethinkdb/table-health.js';
import { StoreStatus } from '../../../src/store/store-status.js';
import { noOwnRethink, startOwnRethink } from '../../support/rethinkdb.js';

if (noOwnRethink !== undefined) process.stdout.write(`a link to RethinkDB skipped: ${noOwnRethink}\n`);

describe.skipIf(noOwnRethink !== undefined)('a link to RethinkDB', () => {
  it('is made anew when it is lost in the moment in which it was found again', { timeout: 120_000 }, async () => {
    const server = await startOwnRethink();
    onTestFinished(() => server.close());
    const status = new StoreStatus(Date.now);
    const connections: Connection[] = [];
    const prepare = (connection: Connection): Promise<void> => {
      // The first is refused, so that the link looks on its own from then on.
      return connections.push(connection) === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    };
    const options = { servers: [server], db: 'dog', user: 'admin', password: '', timeoutMs: 20_000 };
    const link = new RethinkLink(options, status, new TableHealth(Date.now, () => undefined), prepare);
    onTestFinished(() => link.close());
    status.listen(({ up }) => {
      if (up && connections.length === 2) connections[1]?.emit('close');
    });
    await link.start();
    await vi.waitFor(() => expect(connections).toHaveLength(3));
    await vi.waitFor(() => expect(status.current.up).toBe(true));
    expect(await link.read(r.expr(1))).toBe(1);
  });
});
