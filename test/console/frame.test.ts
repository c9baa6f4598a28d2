import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken, revokeToken } from '../../src/http/access/tokens.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { startWholeServer } from '../support/whole-server.js';
import { startDemo, type DemoStage } from './support/demo-stage.js';
import { openBrowser, openConsole } from './support/open-browser.js';

const BY = { author: 'test', now: Math.floor(Date.now() / 1000) };

describe('the frame of the console', () => {
  let browser: Browser;
  let demo: DemoStage;
  beforeAll(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end();
  });

  it('is served at /, goes from page to page by its menu and by keys, and keeps its theme', async () => {
    const { page, complaints, close } = await openConsole(browser, demo.url, '');
    await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Hosts', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Hosts' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.getByRole('heading', { level: 1, name: 'Actors' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByLabel('Theme').selectOption('dark');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Actors' }).waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(complaints).toEqual([]);
    await close();
  });

  it('says so where there is no such page, and leads back', async () => {
    const { page, close } = await openConsole(browser, demo.url, '#/nowhere');
    await page.getByText('There is no such page').waitFor();
    await page.getByRole('link', { name: 'To what is happening now' }).click();
    await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
    await close();
  });

  it('shows that its connection is lost, and comes back by itself', async () => {
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(demo.url).port) });
    const { page, close } = await openConsole(browser, `http://127.0.0.1:${proxy.port}`);
    await page.getByText('Live', { exact: true }).waitFor();
    proxy.set({ kind: 'refuse' });
    proxy.cut();
    await page.getByText(/^Not live for .*Trying again$/).waitFor();
    proxy.set({ kind: 'none' });
    await page.getByText('Live', { exact: true }).waitFor();
    await close();
    await proxy.close();
  });

  it('asks for a token where the server does, keeps it in the tab alone, and forgets it', async () => {
    const store = await createSqliteStore({ path: ':memory:' });
    const reader = await createToken(store, { name: 'night', scopes: ['read'] }, BY);
    const { server } = await startWholeServer({ store, set: ['api.auth=tokens'] });
    const { page, context, complaints, close } = await openConsole(browser, server.listening.api);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Type or paste the token').waitFor();
    await page.getByLabel('Token').fill('dog_wrong_0000');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('this one is not known').waitFor();
    await page.getByLabel('Token').fill(reader.text);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('read only').waitFor();
    await page.getByText('night', { exact: true }).waitFor();
    const secret = reader.text;
    expect(await page.evaluate(`JSON.stringify(localStorage) + document.cookie`)).not.toContain(secret);
    // Another tab of the same browser has it not.
    const other = await context.newPage();
    await other.goto(server.listening.api);
    await other.getByLabel('Token').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain(secret);
    expect(complaints).toEqual([]);
    await close();
  });

  it('asks for another token when its own is revoked', async () => {
    const store = await createSqliteStore({ path: ':memory:' });
    const reader = await createToken(store, { name: 'night', scopes: ['read'] }, BY);
    const { server } = await startWholeServer({ store, set: ['api.auth=tokens', 'api.stream_heartbeat_seconds=1'] });
    const { page, close } = await openConsole(browser, server.listening.api);
    await page.getByLabel('Token').fill(reader.text);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await revokeToken(store, 'night', 'test');
    await page.getByLabel('Token').waitFor();
    await close();
  });
});
