import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoRule } from '../../src/demo/demo-policy.js';
import type { Document, JsonObject } from '../../src/model/document.js';
import { callApi } from './support/call-api.js';
import { startDemo, type DemoStage } from './support/demo-stage.js';
import { openBrowser, openConsole } from './support/open-browser.js';

/** Rules are added behind those that come in to a group of the demo. */
async function addRules(url: string, name: string, more: readonly JsonObject[]): Promise<void> {
  const ruleset = await callApi<Document>(url, 'GET', `/api/V2/ruleset?name=${name}`);
  const rules = ruleset['rules'] as { inbound: JsonObject[]; outbound: JsonObject[] };
  const inbound = [...rules.inbound, ...more];
  await callApi(url, 'PUT', `/api/V2/ruleset/${ruleset.id}`, { ...ruleset, rules: { ...rules, inbound } });
}

/** The group web accepts one more port from the office. */
async function openPort(url: string, port: string): Promise<void> {
  const zone = await callApi<Document>(url, 'GET', '/api/V2/zone?name=office');
  const service = await callApi<Document>(url, 'POST', '/api/V2/service', {
    name: `port-${port}`,
    version: 1,
    services: [{ protocol: 'tcp', ports: [port] }],
  });
  await addRules(url, 'web', [demoRule(`port ${port}`, { group_type: 'ZONE', group: zone.id, service: service.id })]);
}

// A loaded machine takes its time.
describe('groups in the console', { timeout: 120_000 }, () => {
  let browser: Browser;
  let demo: DemoStage;
  beforeAll(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end();
  });

  it('show how many of their hosts have what was published, and every line with the rule that it comes from', async () => {
    const { page, complaints, close } = await openConsole(browser, demo.url, '#/groups');
    const row = page.getByRole('table', { name: 'Groups' }).locator('tbody tr').filter({ hasText: 'web' });
    await row.getByText('2 of 2 hosts').waitFor();
    await row.getByRole('link', { name: 'web' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'web' }).waitFor();
    const profile = await callApi<Document>(demo.url, 'GET', '/api/V2/profile?name=web');
    const source = page.getByRole('link', { name: 'inbound 1: ssh from the office' }).first();
    expect(await source.getAttribute('href')).toBe(`#/policy/profiles/${profile.id}?direction=inbound&rule=1`);
    await page.getByRole('link', { name: 'Sets', exact: true }).click();
    await page.getByRole('button', { name: /^Show what office\S*v4 holds/ }).click();
    const held = page.getByRole('list', { name: /^Addresses of office/ });
    await held.getByText('198.51.100.7').waitFor();
    await page.getByRole('link', { name: 'Hosts', exact: true }).last().click();
    await expect.poll(() => page.getByRole('table', { name: 'Hosts of web' }).locator('tbody tr').count()).toBe(2);
    expect(complaints).toEqual([]);
    await close();
  });

  it('show what an edit changed as it is published, and can be held at what was before', async () => {
    const { page, complaints, close } = await openConsole(browser, demo.url, '#/groups/web?tab=revisions');
    const table = page.getByRole('table', { name: 'Revisions, newest first' });
    await table.waitFor();
    const before = await table.locator('tbody tr').count();
    await openPort(demo.url, '8443');
    await expect.poll(() => table.locator('tbody tr').count()).toBe(before + 1);
    await page.getByRole('button', { name: `Compare revision ${before + 1} with the one before` }).click();
    const difference = page.getByRole('region', { name: 'Difference of the IPv4 rules with sets' });
    await difference.locator('[data-line=added]').filter({ hasText: '8443' }).first().waitFor();
    await page.getByRole('heading', { name: /^Opens \(/ }).waitFor();
    await page.getByRole('listitem').filter({ hasText: 'inbound tcp 8443 from zone:office' }).first().waitFor();

    await page.getByRole('button', { name: `Hold the group at revision ${before}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Hold it' }).click();
    await dialog.getByText('Give a reason').waitFor();
    await dialog.getByLabel('Reason').fill('until the audit is over');
    await dialog.getByRole('button', { name: 'Hold it' }).click();
    await page.getByText('until the audit is over').waitFor();
    await page.getByRole('button', { name: 'Let go' }).click();
    await dialog.getByRole('button', { name: 'Let it go' }).click();
    await page.getByText('no revision: it follows its policy').waitFor();
    await page.getByRole('button', { name: 'Publish again' }).click();
    await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('main').getByText('It is queued to be published.').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('show long rules in slices, with the way to the rest', async () => {
    const more = Array.from({ length: 200 }, (_, n) => demoRule(`rule ${n}`, { interface: `eth${n}` }));
    await addRules(demo.url, 'db', more);
    const { page, complaints, close } = await openConsole(browser, demo.url, '#/groups/db');
    const rows = page.getByRole('table', { name: 'The rules of its hosts, line by line' }).locator('tbody tr');
    await page.getByText(/^1 to 300 of \d{3} lines$/).waitFor();
    expect(await rows.count()).toBe(300);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText(/^301 to \d{3} of \d{3} lines$/).waitFor();
    await rows.last().getByText('COMMIT').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('are found by name, and it is said when there is none', async () => {
    const { page, complaints, goTo, close } = await openConsole(browser, demo.url, '#/groups?q=nothing-of-this-name');
    await page.getByText('No group matches').waitFor();
    await goTo('#/groups/nobody');
    await page.getByText('There is no such group').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});
