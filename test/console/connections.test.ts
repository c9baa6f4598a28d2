import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, openConsole } from './support/open-browser.js';
import { startDemo, type DemoStage } from './support/demo-stage.js';

describe('who may talk to whom', () => {
  let browser: Browser;
  let demo: DemoStage;
  beforeAll(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end();
  });

  it('is answered with the rule that decides, and the answer is saved as an assertion', async () => {
    const { page, complaints, close } = await openConsole(browser, demo.url, '#/connections');
    await page.getByLabel('From', { exact: true }).fill('zone:office');
    await page.getByLabel('To', { exact: true }).fill('group:db');
    await page.getByLabel('Port').fill('22');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('All of it gets through.').first().waitFor();
    expect(page.url()).toContain('from=zone%3Aoffice&to=group%3Adb&protocol=tcp&port=22');
    const link = page.getByRole('link', { name: 'inbound rule 1 “ssh from the office”' }).first();
    await link.waitFor();

    await page.getByRole('button', { name: 'Save as an assertion' }).click();
    await page.getByLabel('Name', { exact: true }).fill('operators reach databases');
    await page.getByRole('button', { name: 'Put it into the draft' }).click();
    await page.getByRole('heading', { level: 1, name: 'Plan' }).waitFor();
    await page.getByLabel('Reason', { exact: true }).fill('so that nobody locks them out');
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByRole('heading', { name: 'Applied' }).waitFor();

    await page.goBack();
    const row = page.getByRole('row').filter({ hasText: 'operators reach databases' });
    await row.getByText('holds').waitFor();
    await row.getByRole('button', { name: 'Remove operators reach databases' }).click();
    await row.getByText('removed in the draft').waitFor();
    await row.getByRole('button', { name: 'Take back' }).click();

    await link.click();
    const marked = page.getByRole('row', { name: 'inbound rule 1', exact: true });
    await marked.waitFor();
    expect(await marked.getAttribute('aria-current')).toBe('true');
    expect(complaints).toEqual([]);
    await close();
  });

  it('names an end that is not there beside its field', async () => {
    const { page, complaints, close } = await openConsole(
      browser,
      demo.url,
      '#/connections?from=zone:nowhere&to=group:web',
    );
    const field = page.getByLabel('From', { exact: true });
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    expect(complaints).toEqual([]);
    await close();
  });
});
