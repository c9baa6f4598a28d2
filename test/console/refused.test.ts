import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemo, type DemoStage } from './support/demo-stage.js';
import { findBarriers } from './support/find-barriers.js';
import { openBrowser, openConsole } from './support/open-browser.js';

describe('the page of what was refused', () => {
  let browser: Browser;
  let demo: DemoStage;
  beforeAll(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo(2)]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end();
  });

  it('lists a malformed report and its host, shows what it says, and discards it', async () => {
    const agent = demo.stage.fleet.agents[0];
    if (agent === undefined) throw new Error('the demo has no agent');
    const { page, complaints, close } = await openConsole(browser, demo.url, '#/refused');
    await page.getByText('No message was refused').waitFor();
    await page.getByText('All that report are taken').waitFor();

    // Longer than what is shown of one text, and with a tag that must stay text.
    agent.setInterfaces({ lo: ['127.0.0.1'], [`<img src=x onerror=alert(1)>${'x'.repeat(2000)}`]: ['10.1.1.1'] });
    await agent.inject({ kind: 'malformed', how: 'unknown_type' });
    await agent.sendReport('keepalive');
    const messages = page.getByRole('region', { name: 'Refused messages', exact: true });
    const hosts = page.getByRole('region', { name: 'Hosts whose reports are refused', exact: true });
    await messages.getByRole('link', { name: 'unknown_update_type', exact: true }).first().waitFor();
    const host = demo.stage.server.state.world.hostByKey(agent.hostkey);
    const link = hosts.getByRole('link', { name: agent.hostkey });
    expect(await link.getAttribute('href')).toBe(`#/hosts/${String(host?.id)}`);

    // It is well again, and leaves the list by itself; what was refused stays.
    agent.setInterfaces({ lo: ['127.0.0.1'], eth0: ['10.1.1.1'] });
    await agent.inject({ kind: 'talkative' });
    await page.getByText('All that report are taken').waitFor();
    const { total } = demo.stage.server.state.refusedMessages;
    await messages.getByText(`${total} refused since this server began to lead; ${total} kept.`).waitFor();

    await messages.getByRole('link', { name: agent.hostkey }).first().click();
    await messages.getByText(`Only from ${agent.hostkey}: ${total}.`).waitFor();
    await messages.getByRole('link', { name: 'Show all' }).click();

    // The oldest has the long name.
    await messages.getByRole('link', { name: 'Read the message' }).last().click();
    const body = page.getByRole('region', { name: 'Body of the message' });
    await body.getByText('"reboot"').waitFor();
    const text = await body.innerText();
    expect(text).toContain(agent.hostkey);
    expect(text).toContain('<img src=x onerror=alert(1)>');
    expect(text).toMatch(/^\[\n {2}\{ "tuple": \[\{ "atom": "count" \}, 1\] \},\n/);
    await page.getByText('More was sent than is shown here').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    expect(page.url()).toMatch(/#\/refused\?id=.+/);
    await page.reload();
    await body.getByText('"reboot"').waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await messages.getByText(`${total - 1} kept`).waitFor();

    await page.goBack();
    await page.getByText('no refused message has this id').waitFor();
    await page.getByRole('link', { name: 'All refused messages' }).click();
    if (total > 1) {
      await messages.getByRole('button', { name: 'Discard all' }).click();
      const dialog = page.getByRole('dialog', { name: 'Discard all refused messages?' });
      await dialog.getByRole('button', { name: `Discard ${total - 1}`, exact: true }).click();
    }
    await page.getByText('All that were refused are discarded').waitFor();
    expect(demo.stage.server.state.refusedMessages.list()).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);
});
