import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startVirtualServer } from '../../support/virtual-server.js';

const HOSTS = 5;
const SILENCE_MS = 2 * 3600 * 1000;

/** All agents fall silent for two hours, as in trial 20; gives how many of them are declared dead, and mails. */
async function afterSilence(set: readonly string[]): Promise<{ readonly dead: number; readonly mails: number }> {
  const server = await startVirtualServer({ set });
  await server.group('web');
  for (let n = 0; n < HOSTS; n++) await server.settle(`silent-hostkey-${n}`);
  await server.pass(SILENCE_MS);
  // The disk is real, and slower than virtual time.
  await server.flow(sleep(300));
  const states = Array.from({ length: HOSTS }, (_, n) => server.host(`silent-hostkey-${n}`)?.active);
  const dead = states.filter((state) => state !== 'active').length;
  // So is SMTP.
  if (dead > 0) await server.awaits(() => server.subjects().length > 0, 'a mail about the dead');
  const mails = server.subjects().length;
  await server.stop();
  return { dead, mails };
}

it('trial 20 without the guard: a silence of all is taken for the death of each', { timeout: 60_000 }, async () => {
  expect(await afterSilence([])).toEqual({ dead: 0, mails: 0 });
  const off = await afterSilence(['max_interval_since_last_agent_update=1000000']);
  expect(off.dead).toBe(HOSTS);
  expect(off.mails).toBeGreaterThan(0);
  process.stdout.write(`protection off, trial 20: ${off.dead} of ${HOSTS} hosts declared dead, ${off.mails} mails\n`);
});
