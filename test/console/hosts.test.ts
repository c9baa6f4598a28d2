import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemo, type DemoStage } from './support/demo-stage.js';
import { openBrowser, openConsole } from './support/open-browser.js';
import { tamper } from './support/tamper.js';

// A loaded machine takes its time.
describe('hosts in the console', { timeout: 120_000 }, () => {
  let browser: Browser;
  let demo: DemoStage;
  beforeAll(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end();
  });

  it('are found by typing, and by clicking any value', async () => {
    const { page, complaints, close } = await openConsole(browser, demo.url, '#/hosts');
    const rows = page.getByRole('table', { name: 'Hosts' }).locator('tbody tr');
    await expect.poll(() => rows.count()).toBe(6);
    const [first] = demo.stage.fleet.progress();
    if (first === undefined) throw new Error('the demo has no host');
    const { name, group, hostkey } = first;
    await page.getByLabel('Search').fill(hostkey.toUpperCase());
    await expect.poll(() => rows.count()).toBe(1);
    await rows.getByRole('link', { name }).waitFor();
    const address = (await rows.locator('td').nth(6).getByRole('link').first().textContent()) ?? '';
    await page.getByLabel('Search').fill('');
    await expect.poll(() => rows.count()).toBe(6);
    await rows.getByRole('link', { name: group, exact: true }).first().click();
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByRole('button', { name: `Group: ${group}` }).click();
    await expect.poll(() => rows.count()).toBe(6);
    await rows.getByRole('link', { name: address, exact: true }).click();
    await expect.poll(() => rows.count()).toBe(1);
    expect(await page.getByLabel('Search').inputValue()).toBe(address);
    await page.getByRole('link', { name: /^retired/ }).click();
    await page.getByText('No host matches').waitFor();
    await page.getByRole('link', { name: 'Show all hosts' }).click();
    await expect.poll(() => rows.count()).toBe(6);
    await page.getByRole('button', { name: /^Host/ }).click();
    expect(await page.getByRole('columnheader', { name: /^Host/ }).getAttribute('aria-sort')).toBe('descending');
    expect(complaints).toEqual([]);
    await close();
  });

  it('are sent what they should have when somebody says so', async () => {
    const agent = demo.stage.fleet.agents[0];
    if (agent === undefined) throw new Error('the demo has no host');
    const { name, hostkey, rulesetsApplied } = agent.progress();
    const { page, complaints, close } = await openConsole(browser, demo.url, `#/hosts/${hostkey}`);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send them' }).click();
    await page
      .getByRole('main')
      .getByText(/^Sent: its rules/)
      .waitFor();
    await expect.poll(() => agent.progress().rulesetsApplied).toBeGreaterThan(rulesetsApplied);
    // There is no management API beside the broker of the demo, and it says what to set.
    const reconnect = page.getByRole('button', { name: 'Make it reconnect' });
    await expect.poll(() => reconnect.getAttribute('title')).toContain('broker.management.url');
    await page.getByRole('link', { name: 'Queues' }).click();
    await page.getByText('Nothing is known of its queues').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('show their rules line by line with where each comes from, what sets hold, and what they held', async () => {
    const web = demo.stage.fleet.progress().find(({ group }) => group === 'web');
    const { page, complaints, close } = await openConsole(browser, demo.url, `#/hosts/${web?.hostkey}?tab=rules`);
    const line = page
      .getByRole('row')
      .filter({ hasText: '--dport 80' })
      .or(page.getByRole('row').filter({ hasText: '80,443' }))
      .first();
    await line.getByRole('link', { name: /^inbound \d: / }).waitFor();
    await page.getByRole('link', { name: 'Sets', exact: true }).click();
    await page.getByRole('button', { name: /^Show what office\S*v4 holds/ }).click();
    await page.getByText('192.0.2.0/24').waitFor();
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page
      .getByRole('link', { name: /^revision \d+$/ })
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('that were tampered with turn red in the list and on their page, and recover', async () => {
    const list = await openConsole(browser, demo.url, '#/hosts');
    const { name, hostkey, mend } = await tamper(demo);
    const one = await openConsole(browser, demo.url, `#/hosts/${hostkey}`);
    const row = list.page.getByRole('table', { name: 'Hosts' }).locator('tbody tr').filter({ hasText: name });
    await row.and(list.page.locator('[data-tone=bad]')).getByText('drifted').waitFor();
    await row.getByRole('link', { name: 'IPv4 rules with sets' }).waitFor();
    const verdict = one.page.locator('.verdict');
    await verdict.and(one.page.locator('[data-tone=bad]')).getByText('drifted').waitFor();
    const compared = one.page.getByRole('row').filter({ hasText: 'IPv4 rules with sets' });
    await compared.getByText('differs').waitFor();
    await mend();
    await row.getByText('healthy').waitFor();
    await verdict.and(one.page.locator('[data-tone=ok]')).getByText('healthy').waitFor();
    await compared.getByText('same').waitFor();
    expect(await row.getAttribute('data-tone')).toBe('ok');
    expect([...list.complaints, ...one.complaints]).toEqual([]);
    await list.close();
    await one.close();
  });
});
