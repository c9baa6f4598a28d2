import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoRule } from '../../src/demo/demo-policy.js';
import type { Document, JsonObject } from '../../src/model/document.js';
import type { PublishingQueue } from '../../src/operations/now/publishing-answers.js';
import { startDemo, type DemoStage } from './support/demo-stage.js';
import { findBarriers } from './support/find-barriers.js';
import { openBrowser, openConsole } from './support/open-browser.js';

describe('the page of publishing', () => {
  let browser: Browser;
  let demo: DemoStage;
  beforeAll(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo(3)]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end();
  });

  async function named(resource: string, name: string): Promise<Document> {
    const { body } = await demo.stage.api.ask('GET', `/api/V2/${resource}s`);
    const found = (body as unknown as readonly Document[]).find((doc) => doc['name'] === name);
    if (found === undefined) throw new Error(`there is no ${resource} ${name}`);
    return found;
  }

  /** Lets everybody into a port of the web servers. */
  async function openPort(port: string): Promise<void> {
    const { api } = demo.stage;
    const service = await api.create('service', {
      name: `port-${port}`,
      version: 1,
      services: [{ protocol: 'tcp', ports: [port] }],
    });
    const { id, ...ruleset } = await named('ruleset', 'web');
    const { inbound, outbound } = ruleset['rules'] as {
      inbound: readonly JsonObject[];
      outbound: readonly JsonObject[];
    };
    const rules = { inbound: [demoRule(`port ${port}`, { service: service.id }), ...inbound], outbound };
    const { status } = await api.ask('PUT', `/api/V2/ruleset/${id}`, { ...ruleset, rules });
    expect(status).toBe(200);
  }

  const kernelsWith = (port: string) =>
    demo.stage.fleet.agents.map(({ kernel }) => kernel.saveFilter('inet').includes(`--dport ${port} `));

  it('holds an edit back while it is paused, says why, and sends it to the kernels when it goes on', async () => {
    const { page, complaints, close } = await openConsole(browser, demo.url, '#/publishing');
    const state = page.getByRole('region', { name: 'Whether publishing is paused' });
    await state.getByText('Publishing goes on').waitFor();
    await state.getByText('It never was paused').waitFor();
    await page.getByText(/^\d[\d,]* since the start$/).waitFor();
    await page.getByText('The broker takes all that is sent').waitFor();

    await page.getByRole('button', { name: 'Pause publishing' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pause publishing?' });
    await dialog.getByText('edits are taken and compiled, and wait here.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(demo.stage.server.state.gate.paused).toBe(false);
    await page.getByRole('button', { name: 'Pause publishing' }).click();
    await dialog.getByRole('button', { name: 'Pause publishing' }).click();
    await state.getByText('Publishing is paused').waitFor();
    await state.getByText('Paused by anonymous').waitFor();

    await openPort('8443');
    const row = page.getByRole('row', { name: /Ruleset of web/ });
    await row.getByText('held').waitFor();
    await row.getByText('publishing is paused').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    const group = await named('group', 'web');
    expect(await row.getByRole('link', { name: 'web' }).getAttribute('href')).toBe(`#/groups/${group.id}`);
    expect(kernelsWith('8443')).toEqual([false, false, false]);

    await page.getByRole('button', { name: 'Resume publishing' }).click();
    const resume = page.getByRole('dialog', { name: 'Resume publishing?' });
    await resume.getByText(/^What waits goes out at once: \d+ in the list/).waitFor();
    await resume.getByRole('button', { name: 'Resume publishing' }).click();
    await state.getByText('Publishing goes on').waitFor();
    await state.getByText('Resumed by anonymous').waitFor();
    await row.waitFor({ state: 'detached' });
    // One host of each of three groups; only the web server gets it.
    await expect.poll(() => kernelsWith('8443').filter(Boolean).length).toBe(1);
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);

  it('shows what the broker refuses, what waits for room, and a journal that fails', async () => {
    const { page, complaints, goTo, close } = await openConsole(browser, demo.url, '#/now');
    await page.route('**/api/V2/publishing/queue', (route) => route.fulfill({ json: TROUBLED }));
    await goTo('#/publishing');
    await page.getByText('All messages to the exchange ipsets wait: too large').waitFor();
    const refused = page.getByRole('row', { name: /^group\/g-1 queue iptables.k is full/ });
    expect(await refused.getByRole('link').getAttribute('href')).toBe('#/groups/g-1');
    await page.getByText('The oldest 1 of 201.').waitFor();
    await page.getByRole('row', { name: /^Sets of all hosts .*waits for room/ }).waitFor();
    await page.getByRole('row', { name: /^Ruleset of g-2 .*soon/ }).waitFor();
    await page.getByText('no space left on device').waitFor();
    await page.getByText('the broker has no memory left').waitFor();
    await page.getByText('12.3 s').waitFor();
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);
});

const TROUBLED: PublishingQueue = {
  at: 1000,
  paused: false,
  since: null,
  author: null,
  waiting: [
    { what: 'sets', group_id: null, group: null, since: 900, state: 'waiting for room', held: null },
    { what: 'ruleset', group_id: 'g-2', group: null, since: null, state: 'debouncing', held: null },
  ],
  waiting_total: 2,
  outbox: { messages: 9, bytes: 2048, in_flight: 1, oldest_at: 900, blocked: 'the broker has no memory left' },
  journal: { state: 'failing', why: 'no space left on device', messages: 9, bytes: 4096 },
  confirms: { count: 1234, p50_ms: 250, p99_ms: 9000, max_ms: 12_300 },
  refused: [{ target: 'group/g-1', why: 'queue iptables.k is full', since: 900 }],
  refused_total: 201,
  refused_exchanges: [{ exchange: 'ipsets', reason: 'too large' }],
};
