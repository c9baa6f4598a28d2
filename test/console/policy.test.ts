import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { openBrowser, openConsole } from './support/open-browser.js';
import { startDemo, type DemoStage } from './support/demo-stage.js';

describe('the pages of policy', () => {
  let browser: Browser;
  let demo: DemoStage;
  beforeAll(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end();
  });

  async function listed(kind: string): Promise<readonly JsonObject[]> {
    const { body } = await demo.stage.api.ask('GET', `/api/V2/${kind}`);
    return body as unknown as readonly JsonObject[];
  }

  async function idOf(kind: string, name: string): Promise<string> {
    return (await listed(kind)).find((one) => one['name'] === name)?.['id'] as string;
  }

  /** What the kernels of hosts of a group have as IPv4 rules. */
  function kernels(group: string): readonly string[] {
    return demo.stage.fleet.agents
      .filter((agent) => agent.progress().group === group)
      .map((agent) => agent.kernel.filter('inet').rules.join('\n'));
  }

  /** Applies the plan that the page shows. */
  async function apply(page: Page, reason: string): Promise<void> {
    await page.getByLabel('Reason', { exact: true }).fill(reason);
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByRole('heading', { name: 'Applied' }).waitFor();
  }

  it('bring a rule that is edited to the kernels of hosts, by way of a draft and a plan', async () => {
    const { page, complaints, close } = await openConsole(browser, demo.url, '#/policy');
    await page.getByRole('link', { name: 'web', exact: true }).first().click();
    const inbound = page.getByRole('region', { name: 'Inbound', exact: true });
    await inbound.getByRole('row', { name: 'inbound rule 1', exact: true }).waitFor();
    expect(await inbound.getByRole('row', { name: 'inbound rule 1', exact: true }).innerText()).toMatch(
      /ACCEPT[\s\S]*zone office[\s\S]*ssh[\s\S]*ssh from the office/,
    );
    await inbound.getByRole('button', { name: 'Edit inbound rule 1' }).click();
    await inbound.getByLabel('Comment').fill('edited in the console');
    await inbound.getByRole('button', { name: 'Close inbound rule 1' }).press('Alt+ArrowDown');
    await inbound
      .getByRole('row', { name: 'inbound rule 2', exact: true })
      .getByText('edited in the console')
      .waitFor();
    const label = () => page.evaluate<string | null>(`document.activeElement?.getAttribute('aria-label')`);
    await expect.poll(label).toBe('Close inbound rule 2');
    await page.getByRole('region', { name: 'Draft' }).getByText('1 change').waitFor();
    await page.getByRole('link', { name: 'Plan', exact: true }).click();
    await page.getByText('+-A INPUT', { exact: false }).first().waitFor();
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByText('Give a reason').waitFor();
    await apply(page, 'a better comment');
    await expect
      .poll(() => kernels('web').every((rules) => rules.includes('edited in the console')), { timeout: 20_000 })
      .toBe(true);
    const group = await idOf('groups', 'web');
    const revisions = async () => (await demo.stage.api.ask('GET', `/api/V2/group/${group}/revisions`)).body;
    await expect.poll(async () => JSON.stringify(await revisions())).toContain('a better comment');
    expect(complaints).toEqual([]);
    await close();
  });

  it('show what is refused beside the field that it names', async () => {
    const { page, complaints, close } = await openConsole(browser, demo.url, '#/policy/zones/new');
    await page.getByLabel('Name').fill('branch');
    await page.getByLabel('IPv4 addresses').fill('10.7.0.0/16\n10.300.0.0/16');
    await page.getByRole('link', { name: 'Plan', exact: true }).click();
    await page.getByText('data_invalid').first().waitFor();
    await page.getByRole('link', { name: 'branch' }).click();
    const field = page.getByLabel('IPv4 addresses');
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    await page.locator('.field', { has: field }).getByText('Number 2 (10.300.0.0/16)').waitFor();
    await field.fill('10.7.0.0/16');
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('false');
    await page.getByRole('link', { name: 'Plan', exact: true }).click();
    await apply(page, 'the branch office');
    expect(await idOf('zones', 'branch')).toBeDefined();
    expect(complaints).toEqual([]);
    await close();
  });

  it('lead to both changes where two people edited one profile, and apply what comes of them', async () => {
    const profile = await idOf('profiles', 'db');
    const { page, complaints, close } = await openConsole(
      browser,
      demo.url,
      `#/policy/profiles/${profile}?direction=inbound&rule=2`,
    );
    const inbound = page.getByRole('region', { name: 'Inbound', exact: true });
    const marked = inbound.getByRole('row', { name: 'inbound rule 2', exact: true });
    await marked.waitFor();
    expect(await marked.getAttribute('aria-current')).toBe('true');
    await inbound.getByRole('checkbox', { name: 'inbound rule 2 is on' }).uncheck();
    await inbound.getByRole('button', { name: 'Edit inbound rule 3' }).click();
    await inbound.getByLabel('Comment').fill('mine');

    // Meanwhile, somebody else changes a rule that I did not, and one that I did.
    const ruleset = (await listed('rulesets')).find((one) => one['profile_id'] === profile) as JsonObject;
    const rules = ruleset['rules'] as { readonly inbound: readonly JsonObject[] };
    const theirs = rules.inbound.map((rule, at) => ({
      ...rule,
      ...(at === 0 ? { comment: 'theirs first' } : at === 2 ? { comment: 'theirs third' } : {}),
    }));
    const put = await fetch(`${demo.url}/api/V2/ruleset/${ruleset['id'] as string}`, {
      method: 'PUT',
      redirect: 'manual',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...ruleset, rules: { ...rules, inbound: theirs } }),
    });
    expect(put.status).toBe(303);

    await page.getByText('Somebody else changed it since you began').waitFor();
    await page.getByRole('link', { name: 'Plan', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Two changes at once' }).waitFor();
    const changes = page.getByRole('region', { name: 'inbound rules that were changed' });
    const third = changes.getByRole('row').filter({ hasText: 'theirs third' });
    await third.getByText('choose one').waitFor();
    expect(
      await changes
        .getByRole('row')
        .filter({ hasText: 'theirs first' })
        .getByRole('radio', { name: 'theirs' })
        .isChecked(),
    ).toBe(true);
    await third.getByRole('radio', { name: 'mine' }).check();
    await page.getByRole('button', { name: 'Use this and plan again' }).click();
    await page.getByRole('heading', { level: 1, name: 'Plan' }).waitFor();
    await apply(page, 'both of us');
    const now = (await listed('rulesets')).find((one) => one['profile_id'] === profile)?.['rules'] as typeof rules;
    expect(now.inbound.map(({ comment, active }) => [comment, active])).toEqual([
      ['theirs first', true],
      ['ping', false],
      ['mine', true],
      ['postgres for cache', true],
    ]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('never show the password of a link, and leave it what it was', async () => {
    const { id } = await demo.stage.api.create('link', {
      name: 'q1',
      connection_type: 'thumper',
      direction: 'outbound',
      address_handling: 'prefix',
      enabled: false,
      connection: {
        host: 'broker.q1.example',
        port: 5671,
        api_port: 15_672,
        user: 'dog',
        password: 's3cret',
        virtual_host: 'dog',
        ssl_options: {
          cacertfile: '/ca.pem',
          certfile: '/cert.pem',
          keyfile: '/key.pem',
          server_name_indication: 'broker.q1.example',
          verify: 'verify_peer',
          fail_if_no_peer_cert: true,
        },
      },
    });
    const { page, complaints, close } = await openConsole(browser, demo.url, `#/policy/links/${id}`);
    const host = page.getByLabel('Host', { exact: true });
    await expect.poll(() => host.inputValue()).toBe('broker.q1.example');
    await host.fill('other.q1.example');
    const kept = () => page.evaluate<string>('JSON.stringify({ ...sessionStorage })');
    await expect.poll(kept).toContain('other.q1.example');
    expect(await kept()).not.toContain('s3cret');
    expect(await page.content()).not.toContain('s3cret');
    const stored = async () => (await demo.stage.api.ask('GET', `/api/V2/link/${id}`)).body['connection'];
    await page.getByRole('link', { name: 'Plan', exact: true }).click();
    await apply(page, 'it moved');
    expect(await stored()).toMatchObject({ host: 'other.q1.example', password: 's3cret' });

    await page.goBack();
    await page.getByLabel('Password').fill('an0ther');
    await expect.poll(kept).toContain('typed');
    expect(await kept()).not.toContain('an0ther');
    // The draft outlives the page; a password does not.
    await page.reload();
    await page.getByText('Type it again').waitFor();
    await page.getByLabel('Password').fill('an0ther');
    await page.getByRole('link', { name: 'Plan', exact: true }).click();
    await apply(page, 'it was changed there');
    expect(await stored()).toMatchObject({ host: 'other.q1.example', password: 'an0ther' });
    expect(complaints).toEqual([]);
    await close();
  });

  it('apply what breaks an assertion only where that is meant', async () => {
    await demo.stage.api.create('assertion', {
      name: 'operators reach caches',
      from: 'zone:office',
      to: 'group:cache',
      protocol: 'tcp',
      port: 22,
      expect: 'accept',
      mode: 'enforce',
    });
    const profile = await idOf('profiles', 'cache');
    const { page, complaints, close } = await openConsole(browser, demo.url, `#/policy/profiles/${profile}`);
    await page.getByRole('checkbox', { name: 'inbound rule 1 is on' }).uncheck();
    await page.getByRole('link', { name: 'Plan', exact: true }).click();
    await page.getByRole('row').filter({ hasText: 'operators reach caches' }).getByText('broken').waitFor();
    await page.getByRole('row').filter({ hasText: 'closes' }).first().waitFor();
    await page.getByLabel('Reason', { exact: true }).fill('the office moves');
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByText('assertion_broken').waitFor();
    await page.getByRole('checkbox', { name: 'It is meant' }).check();
    await apply(page, 'the office moves');
    const audit = await demo.stage.api.ask('GET', '/api/V2/audit?resource=setting&id=last_override');
    expect(JSON.stringify(audit.body)).toContain('the office moves');
    expect(complaints).toEqual([]);
    await close();
  });
});
