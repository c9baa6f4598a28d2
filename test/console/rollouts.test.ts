import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { textOf } from '../../src/model/text-of.js';
import { startDemo, type DemoStage } from './support/demo-stage.js';
import { openBrowser, openConsole } from './support/open-browser.js';

describe('the pages of rollouts', () => {
  let browser: Browser;
  let demo: DemoStage;
  beforeAll(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo(12)]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end();
  });

  it('a policy is set here, an edit follows it, and the rollout is paused, resumed and aborted here', async () => {
    const { page, complaints, context } = await openConsole(browser, demo.url, '#/rollouts');
    await page.getByText('No change went in steps yet').waitFor();

    await page.getByRole('link', { name: 'Policies of groups' }).click();
    await page.getByRole('link', { name: 'web', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Rollout policy of web' }).waitFor();
    await page.getByText('Changes of this group go to all its hosts at once.').waitFor();
    for (const step of [2, 2]) await page.getByRole('button', { name: `Remove step ${step}` }).click();
    await page.getByRole('textbox', { name: 'Step 2' }).fill('150%');
    // So many reports that the first step lasts until it is paused.
    await page.getByLabel('Further reports').fill('a few');
    await page.getByRole('button', { name: 'Save the policy' }).click();
    await page.getByText('must be a whole number from 1 to 100', { exact: true }).waitFor();
    await page.getByText('must be a whole number from 0 to 1000', { exact: true }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Step 2' }).getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('textbox', { name: 'Step 2' }).fill('50%');
    await page.getByLabel('Further reports').fill('1000');
    await page.getByRole('button', { name: 'Save the policy' }).click();
    await page.getByText("It is this group's own.").waitFor();
    const policy = await demo.stage.api.ask('GET', '/api/V2/rollout-policy/web');
    expect(policy.body['own']).toMatchObject({
      steps: [{ hosts: 1 }, { percent: 50 }, { all: true }],
      bake_keepalives: 1000,
    });

    await page.goto(`${demo.url}/#/rollouts`);
    await edit(demo);
    await page.getByRole('link', { name: 'web, change 1' }).click();
    await page.getByRole('heading', { level: 1, name: 'Change 1 of web' }).waitFor();
    const current = page.getByRole('list', { name: 'Steps' }).locator('[aria-current=step]');
    await current.getByText('1 host', { exact: true }).first().waitFor();
    const hosts = page.getByRole('list', { name: 'Hosts by status' });
    await hosts.getByRole('link', { name: /1 sent/ }).click();
    const table = page.getByRole('region', { name: 'Hosts of this rollout, those that have it first' });
    await expect.poll(() => table.locator('tbody tr').count(), { timeout: 20_000 }).toBe(1);

    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Pause' }).click();
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await dialog.getByText('Give a reason').waitFor();
    await dialog.getByLabel('Reason').fill('we look at it first');
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('stands still').waitFor();
    await page
      .getByText(/we look at it first/)
      .first()
      .waitFor();
    const paused = await rollout(demo);
    expect(paused).toMatchObject({ state: 'paused', hosts_ahead: 1, pause: { kind: 'operator' } });

    await page.getByRole('button', { name: 'Resume' }).click();
    await dialog.getByLabel('Reason').fill('it is well');
    await dialog.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('under way').waitFor();
    expect(await rollout(demo)).toMatchObject({ state: 'rolling' });

    await page.getByRole('button', { name: 'Abort' }).click();
    await dialog.getByLabel('Reason').fill('enough was seen');
    await dialog.getByRole('button', { name: 'Abort' }).click();
    await page.getByText(/^✕?rolled back$/).waitFor();
    await page.getByText('It is over').waitFor();
    expect(await page.getByRole('button', { name: 'Abort' }).count()).toBe(0);

    await page.goto(`${demo.url}/#/rollouts?state=rolled_back`);
    await page.getByRole('link', { name: 'web, change 1' }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

/** Gives web another comment in its first rule, over the API. */
async function edit({ stage: { api } }: DemoStage): Promise<void> {
  const { body } = await api.ask('GET', '/api/V2/ruleset?name=web');
  const { inbound, outbound } = body['rules'] as { inbound: JsonObject[]; outbound: JsonObject[] };
  const [first, ...others] = inbound;
  const rules = { inbound: [{ ...first, comment: 'edited over the API' }, ...others], outbound };
  const { status } = await api.ask('PUT', `/api/V2/ruleset/${textOf(body['id'])}`, { ...body, rules });
  expect(status).toBe(200);
}

async function rollout({ stage: { api } }: DemoStage): Promise<JsonObject | undefined> {
  return ((await api.ask('GET', '/api/V2/rollouts')).body as unknown as JsonObject[])[0];
}
