import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docsPage } from '../../src/http/openapi/docs-page.js';
import { allRoutes } from '../../src/http/routes/all-routes.js';
import { startApiServer, type ApiServer } from '../support/api-server.js';

describe('GET /api/docs', () => {
  let server: ApiServer;
  let answer: Response;
  let page: string;
  beforeAll(async () => {
    server = await startApiServer({ auth: 'tokens' });
    answer = await fetch(`${server.url}/api/docs`, { headers: { accept: 'text/html,*/*;q=0.8' } });
    page = await answer.text();
  });
  afterAll(() => server.close());

  it('is a page that needs no token and has every route', () => {
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    for (const { path, id } of allRoutes()) {
      expect(page).toContain(`<code>${path.replace(/:(\w+)/g, '{$1}')}</code>`);
      expect(page).toContain(`id="${id}"`);
    }
  });

  it('holds all it needs: no script, no other host, and a policy that allows nothing else', () => {
    expect(page).not.toMatch(/<script|https?:\/\/(?!json-schema\.org)|\bon\w+=|<link|<img|url\(/i);
    const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(answer.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(page.length).toBeLessThan(400_000);
  });

  it('has links that lead somewhere on it', () => {
    const targets = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((link) => !targets.has(link))).toEqual([]);
    expect(links.length).toBeGreaterThan(20);
  });

  it('shows what stands between backquotes as code, in summaries, parameters and answers', () => {
    expect(page).not.toContain('`');
    expect(page).toContain('Every change, newest first; the <code>link</code> header leads to the next page');
  });

  it('escapes what a description holds', () => {
    const said = { operationId: 'x', summary: '<b onclick="x">&', 'x-scope': 'read', parameters: [], responses: {} };
    expect(docsPage({ paths: { '/x': { get: said } } })).toContain('&lt;b onclick=&quot;x&quot;&gt;&amp;');
  });
});
