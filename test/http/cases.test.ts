import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { runCases } from '../support/run-cases.js';

describe('the black-box cases of the old server', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
  });
  afterAll(() => server.close());

  it('pass for v1, as the console uses it', async () => {
    const { code, output } = await runCases('v1.json', server.url);
    expect(output).toMatch(/^\d+ passed, 0 failed$/m);
    expect(code).toBe(0);
  });

  it('pass for what no client is seen to ask, and the page says', async () => {
    const { code, output } = await runCases('more.json', server.url);
    expect(output).toMatch(/^\d+ passed, 0 failed$/m);
    expect(code).toBe(0);
  });

  it('all pass', async () => {
    const { code, output } = await runCases('visible.json', server.url);
    expect(output).toMatch(/\b60 passed, 0 failed/);
    expect(code).toBe(0);
  });
});
