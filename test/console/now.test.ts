import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemo, type DemoStage } from './support/demo-stage.js';
import { openBrowser, openConsole } from './support/open-browser.js';
import { tamper } from './support/tamper.js';

// A loaded machine takes its time.
describe('what is so now', { timeout: 120_000 }, () => {
  let browser: Browser;
  let demo: DemoStage;
  beforeAll(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end();
  });

  it('says in one sentence how the fleet is, shows its parts and draws how long changes took', async () => {
    const { page, complaints, close } = await openConsole(browser, demo.url);
    await page.locator('.verdict[data-tone=ok]').getByText('Safe.').waitFor();
    const server = page.getByRole('region', { name: 'The server' });
    for (const label of [
      'Publishing',
      'Guard',
      'Broker, publishing',
      'Broker, reports',
      'Store',
      'Mail',
      'Journal',
      'Leader',
      'Rollouts under way',
      'Alarms',
    ])
      await server.getByText(label, { exact: true }).waitFor();
    // What was published at the start has reached all hosts: it is a point of the plot.
    const plot = page.getByRole('img', { name: /^Seconds from the broker/ });
    await plot.locator('canvas').waitFor();
    await page.getByText('Nothing: all hosts in use have what was published.').waitFor();
    const tile = page.getByRole('link', { name: /^Hosts healthy 6/ });
    await tile.click();
    await page.getByRole('heading', { level: 1, name: 'Hosts' }).waitFor();
    expect(page.url()).toContain('#/hosts?state=active');
    expect(complaints).toEqual([]);
    await close();
  });

  it('turns bad while it is looked at, says what happened and where to go, and comes back', async () => {
    const { page, complaints, close } = await openConsole(browser, demo.url);
    await page.locator('.verdict[data-tone=ok]').waitFor();
    const { name, mend } = await tamper(demo);
    await page.locator('.verdict[data-tone=bad]').getByText('Act.').waitFor();
    await page
      .getByRole('status')
      .getByText(/^Act\./)
      .waitFor({ state: 'attached' });
    const events = page.getByRole('region', { name: 'Last events, newest first' });
    const found = events.getByRole('listitem').filter({ hasText: 'does not hold what it was sent' });
    await found.getByRole('link', { name }).waitFor();
    await page.getByRole('link', { name: /^Publishing paused by anonymous/ }).waitFor();
    await page.getByRole('link', { name: /^Hosts drifted 1/ }).waitFor();
    const todo = page.getByRole('region', { name: 'What to look at' });
    await todo.getByRole('link', { name: '1 host has drifted' }).waitFor();
    await todo.getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.goBack();
    await mend();
    await page.locator('.verdict[data-tone=ok]').waitFor();
    // What came after stands above what came before.
    await events.getByRole('listitem').filter({ hasText: 'holds what it was sent again' }).first().waitFor();
    const texts = await events.getByRole('listitem').allTextContents();
    const at = (part: string) => texts.findIndex((text) => text.includes(part));
    expect(at('holds what it was sent again')).toBeLessThan(at('does not hold what it was sent'));
    expect(complaints).toEqual([]);
    await close();
  });
});
