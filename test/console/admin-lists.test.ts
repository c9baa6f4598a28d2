import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '../../src/model/text-of.js';
import { startDemo, type DemoStage } from './support/demo-stage.js';
import { openBrowser, openConsole } from './support/open-browser.js';

const CENSUS = 'dog_trainer/publishers_sup/census';

describe('the pages of alarms and of the audit trail', () => {
  let browser: Browser;
  let demo: DemoStage;
  beforeAll(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end();
  });

  it('an alarm is shown while it is set, with what to do, and afterwards among those that were', async () => {
    const { page, complaints, context } = await openConsole(browser, demo.url, '#/alarms');
    await page.getByText(/^✓?told at once$/).waitFor();
    const set = page.getByRole('list', { name: 'Alarms that are set' }).getByRole('listitem');
    const alarm = set.filter({ hasText: `actors.suspended:${CENSUS}` });
    const path = `${demo.url}/api/V2/actors/${encodeURIComponent(CENSUS)}`;
    expect((await fetch(`${path}/suspend`, { method: 'POST' })).status).toBe(200);
    await alarm.getByText('Resume it on the page of actors', { exact: false }).waitFor();
    expect((await fetch(`${path}/resume`, { method: 'POST' })).status).toBe(200);
    await alarm.waitFor({ state: 'detached' });
    const past = page.getByRole('region', { name: 'Alarms that were set and cleared, newest first' });
    const row = past.locator('tbody tr', { hasText: `actors.suspended:${CENSUS}` });
    await row.first().waitFor();
    await expect.poll(() => row.first().locator('time').count(), { timeout: 20_000 }).toBe(2);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('the audit trail is narrowed by clicks, shows what changed, and goes on to older pages', async () => {
    const { api } = demo.stage;
    const { body: zone } = await api.ask('GET', '/api/V2/zone?name=office');
    const id = textOf(zone['id']);
    for (let n = 1; n <= 52; n += 1) {
      const addresses = { ipv4_addresses: ['192.0.2.0/24', `198.51.100.${n}`], ipv6_addresses: zone['ipv6_addresses'] };
      const put = { name: 'office', ...addresses } as typeof zone;
      expect((await api.ask('PUT', `/api/V2/zone/${id}`, put, { 'x-consumer-username': 'grace' })).status).toBe(200);
    }
    const { page, complaints, context } = await openConsole(browser, demo.url, '#/audit');
    const entries = page.getByRole('list', { name: 'Changes' }).getByRole('listitem');
    const newest = entries.filter({ hasText: 'grace' }).first();
    await newest.getByRole('button', { name: /^What changed/ }).click();
    const diff = newest.getByRole('region', { name: /^Difference/ });
    await diff.getByText('198.51.100.51').waitFor();
    expect(await diff.locator('[data-line=removed]').allTextContents()).toEqual([expect.stringContaining('100.51')]);
    expect(await diff.locator('[data-line=added]').allTextContents()).toEqual([expect.stringContaining('100.52')]);
    await newest.getByRole('link', { name: 'grace' }).click();
    await expect.poll(() => page.getByLabel('Author').inputValue(), { timeout: 20_000 }).toBe('grace');
    await expect.poll(() => entries.count(), { timeout: 20_000 }).toBe(50);
    await page.getByRole('button', { name: 'Older' }).click();
    await expect.poll(() => entries.count(), { timeout: 20_000 }).toBe(2);
    await page.goBack();
    await expect.poll(() => entries.count(), { timeout: 20_000 }).toBe(50);
    await page.getByLabel('Author').fill('nobody');
    await page.getByLabel('Author').press('Enter');
    await page.getByText('No change is like this').waitFor();
    await page.getByRole('link', { name: 'Show all changes' }).click();
    await page.getByLabel('Resource').selectOption('service');
    await entries.filter({ hasText: 'postgres' }).first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
