import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, openConsole } from './support/open-browser.js';
import { startDemo, type DemoStage } from './support/demo-stage.js';

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

  it('is served at / and goes from page to page by its menu and by keys', async () => {
    const { page, complaints, close } = await openConsole(browser, demo.url, '');
    await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Hosts', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Hosts' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.getByRole('heading', { level: 1, name: 'Actors' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});
