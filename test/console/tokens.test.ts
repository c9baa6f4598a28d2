import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../../src/http/access/tokens.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { startWholeServer } from '../support/whole-server.js';
import { findBarriers } from './support/find-barriers.js';
import { openBrowser, openConsole } from './support/open-browser.js';

const BY = { author: 'test', now: Math.floor(Date.now() / 1000) };

/** All that a page can keep text in, and what it shows. */
const STORED = `(async () => JSON.stringify([
  { ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state, document.documentElement.outerHTML,
  await indexedDB.databases(), await caches.keys(), [...document.querySelectorAll('input')].map(({ value }) => value),
]))()`;

describe('the pages of tokens and of the configuration', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** A server that asks for tokens, with one that may read and one that may write. */
  async function guarded() {
    const store = await createSqliteStore({ path: ':memory:' });
    const reader = await createToken(store, { name: 'night', scopes: ['read'] }, BY);
    const writer = await createToken(store, { name: 'anna', scopes: ['read', 'write'] }, BY);
    const { server, api } = await startWholeServer({ store, set: ['api.auth=tokens'] });
    return { url: server.listening.api, api, reader: reader.text, writer: writer.text };
  }

  async function signIn(page: Page, token: string): Promise<void> {
    await page.getByLabel('Token', { exact: true }).fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Tokens' }).waitFor();
  }

  it('a token that may only read sees all of them; what writes is off, with why', async () => {
    const { url, reader } = await guarded();
    const { page, complaints, close } = await openConsole(browser, url, '#/tokens');
    await signIn(page, reader);
    await page.getByRole('row', { name: /^night yours read/ }).waitFor();
    await page.getByRole('row', { name: /^anna read, write/ }).waitFor();
    await page.getByText('Your token may read only').waitFor();
    for (const name of ['Create', 'Revoke anna', 'Revoke night']) {
      const button = page.getByRole('button', { name, exact: true });
      expect(await button.getAttribute('aria-disabled'), name).toBe('true');
      expect(await button.getAttribute('title'), name).toContain('scope write');
    }
    await page.getByRole('button', { name: 'Revoke anna' }).click({ force: true });
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);

  it('makes a token whose secret is shown once and kept nowhere, and revokes it; then its own', async () => {
    const { url, api, writer } = await guarded();
    const { page, context, complaints, close } = await openConsole(browser, url, '#/tokens');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await signIn(page, writer);
    expect(await page.getByLabel('command: run commands').isDisabled()).toBe(true);

    // What is wrong is said beside its field, by the page and by the server.
    await page.getByLabel('Days').fill('ten');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Give it a name').waitFor();
    await page.getByText('A number of days above 0').waitFor();
    await page.getByLabel('Name').fill('night');
    await page.getByLabel('Days').fill('30');
    await page.getByRole('button', { name: 'Create' }).click();
    const taken = page.getByText('there is a token named night already');
    await taken.waitFor();
    expect(await page.getByLabel('Name').getAttribute('aria-describedby')).toContain(await taken.getAttribute('id'));

    await page.getByLabel('Name').fill('deploy');
    await page.getByLabel('Name').press('Enter');
    const dialog = page.getByRole('dialog', { name: 'The token deploy' });
    await dialog.getByText('it is not shown again').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    const secret = await dialog.getByRole('textbox', { name: 'The token' }).innerText();
    expect(secret).toMatch(/^dog_\w+/);
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await dialog.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(secret);
    await dialog.getByRole('button', { name: 'Close' }).click();
    const row = page.getByRole('row', { name: /^deploy read / });
    await row.waitFor();
    expect(await page.evaluate(STORED)).not.toContain(secret);
    const asNew = { authorization: `Bearer ${secret}` };
    expect((await api('GET', '/api/V2/session', undefined, asNew)).json).toMatchObject({
      author: 'deploy',
      scopes: ['read'],
    });

    await row.getByRole('button', { name: 'Revoke deploy' }).click();
    const revoke = page.getByRole('dialog', { name: 'Revoke deploy?' });
    await revoke.getByText('It stops working at once').waitFor();
    expect(await revoke.getByText('you use now').count()).toBe(0);
    await revoke.getByRole('button', { name: 'Revoke deploy' }).click();
    await row.waitFor({ state: 'detached' });
    expect((await api('GET', '/api/V2/session', undefined, asNew)).status).toBe(401);

    await page.getByRole('button', { name: 'Revoke anna' }).click();
    const own = page.getByRole('dialog', { name: 'Revoke anna?' });
    await own.getByText('This is the token that you use now').waitFor();
    await own.getByRole('button', { name: 'Revoke anna' }).click();
    await page.getByLabel('Token', { exact: true }).waitFor();
    expect(await page.evaluate(STORED)).not.toContain(writer);
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);

  it('says that nobody is asked for a token, and what comes first', async () => {
    const { server } = await startWholeServer();
    const { page, complaints, close } = await openConsole(browser, server.listening.api, '#/tokens');
    await page.getByText('asks nobody for a token').waitFor();
    await page.getByText('First create a token here with the scopes read and write').waitFor();
    await page.getByText('There is no token').waitFor();
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);

  it('shows each setting with its origin, found by words and by where it came from, without secrets', async () => {
    const password = 'correct-horse-battery';
    const set = ['api.streams_max=77', `broker.url=amqp://dog:${password}@127.0.0.1:5`];
    const { server } = await startWholeServer({ set });
    const { page, goTo, complaints, close } = await openConsole(browser, server.listening.api, '#/configuration');
    await page.getByText(/^(\d+) of \1 keys$/).waitFor();
    const text = await page.getByRole('main').innerText();
    expect(text).toContain('amqp://dog:***@127.0.0.1:5');
    expect(text).not.toContain(password);
    await page.keyboard.press('/');
    await page.keyboard.type('api streams_max');
    await page.getByText(/^1 of \d+ keys$/).waitFor();
    await page.getByRole('row', { name: 'api.streams_max 77 flag --set api.streams_max' }).waitFor();
    await page.getByLabel('Search').fill('');
    await page.getByLabel('Origin', { exact: true }).selectOption('Changed only');
    await page.getByRole('row', { name: /^api.streams_max 77/ }).waitFor();
    expect(await page.getByRole('row', { name: /^api.max_body_bytes/ }).count()).toBe(0);
    expect(page.url()).toContain('#/configuration?origin=changed');
    await goTo('#/configuration?q=max_body_bytes&origin=default');
    await page.getByText(/^1 of \d+ keys$/).waitFor();
    await page.getByRole('row', { name: /^api.max_body_bytes \d+ default/ }).waitFor();
    await goTo('#/configuration?q=no-such-key');
    await page.getByText('No key is like that').waitFor();
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);
});
