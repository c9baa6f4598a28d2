import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWholeServer, type WholeServer } from '../support/whole-server.js';
import { openBrowser } from './support/open-browser.js';

/** A page of another site: same machine, another port and, by its other name, another site altogether. */
function startOtherSite(): Promise<Server> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>another site</title><h1>another site</h1>');
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describe("another site's page in an operator's browser, with auth none", () => {
  let browser: Browser;
  let site: Server;
  let whole: WholeServer;
  let url: string;
  beforeAll(async () => {
    browser = await openBrowser('evil.example');
    site = await startOtherSite();
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });
  beforeEach(async () => {
    whole = await startWholeServer();
    url = whole.server.listening.api;
  });

  const otherUrl = (name: string) => `http://${name}:${(site.address() as AddressInfo).port}/`;
  const zones = async () => (await whole.api('GET', '/api/V2/zones')).text;

  const ZONE = JSON.stringify({ name: 'evil', ipv4_addresses: ['0.0.0.0/0'], ipv6_addresses: [] });

  it.each(['127.0.0.1', 'localhost'])('can neither write nor read with fetch, as a page of %s', async (name) => {
    const ways = [
      `fetch('${url}/api/V2/zone', {method: 'POST', headers: {'content-type': 'application/json'}, body: '${ZONE}'})`,
      `fetch('${url}/api/V2/zone', {method: 'POST', mode: 'no-cors', body: '${ZONE}'})`,
      `fetch('${url}/api/zone', {method: 'POST', mode: 'no-cors', body: '${ZONE}'})`,
      `fetch('${url}/api/publish?group=x', {mode: 'no-cors'})`,
      `fetch('${url}/api/V2/zones')`,
      `fetch('${url}/')`,
    ];
    const page = await browser.newPage();
    await page.goto(otherUrl(name));
    // Whatever else would refuse it: that it comes from another site's page is enough.
    const statuses: number[] = [];
    page.on('response', (response) => {
      if (response.url().startsWith(url)) statuses.push(response.status());
    });
    for (const way of ways) {
      // What can be seen of a refused answer is nothing at all.
      const seen = await page.evaluate(`${way}.then((r) => r.text(), () => '')`);
      expect(seen, way).toBe('');
    }
    expect(statuses.length).toBeGreaterThan(2);
    expect(new Set(statuses)).toEqual(new Set([403]));
    await page.close();
    expect(await zones()).toBe('[]');
  });

  it('can not write with a form, which asks nobody first', async () => {
    const page = await browser.newPage();
    await page.goto(otherUrl('localhost'));
    await page.evaluate(`{
      const form = document.createElement('form');
      form.method = 'POST';
      form.action = '${url}/api/V2/zone';
      form.enctype = 'text/plain';
      const field = document.createElement('input');
      field.name = '{"name":"evil","ipv4_addresses":[],"ipv6_addresses":[],"x":"';
      field.value = '"}';
      form.append(field);
      document.body.append(form);
      form.submit();
    }`);
    await page.getByText('foreign_origin').waitFor();
    expect(await zones()).toBe('[]');
    await page.close();
  });

  it('can not show the console in a frame', async () => {
    const page = await browser.newPage();
    const refused = refusalOfFrame(page);
    await page.goto(otherUrl('localhost'));
    await page.evaluate(`{
      const frame = document.createElement('iframe');
      frame.src = '${url}/';
      document.body.append(frame);
    }`);
    await refused;
    expect(await page.frameLocator('iframe').getByRole('link', { name: 'Hosts' }).count()).toBe(0);
    await page.close();
  });

  it('can lead to the console by a link, which is how people come to it', async () => {
    const page = await browser.newPage();
    await page.goto(otherUrl('localhost'));
    await page.evaluate(`{
      const link = document.createElement('a');
      link.href = '${url}/#/hosts';
      link.textContent = 'to the console';
      document.body.append(link);
    }`);
    await page.getByRole('link', { name: 'to the console' }).click();
    await page.getByRole('heading', { level: 1, name: 'Hosts' }).waitFor();
    await page.close();
  });

  it('can not make its own name lead here and then be taken for the console (DNS rebinding)', async () => {
    const page = await browser.newPage();
    const { port } = new URL(url);
    const answer = await page.goto(`http://evil.example:${port}/`);
    expect([answer?.status(), await answer?.text()]).toEqual([421, expect.stringContaining('foreign_host')]);
    await page.close();
  });
});

/** Resolves when the page's browser refuses a frame, in whichever of its ways. */
function refusalOfFrame(page: Page): Promise<unknown> {
  return Promise.race([
    page.waitForEvent('console', (message) =>
      /frame-ancestors|Refused to (frame|display)|blocked/i.test(message.text()),
    ),
    page.waitForEvent('requestfailed'),
    page.waitForResponse((response) => response.status() === 403),
  ]);
}
