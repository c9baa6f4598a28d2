import { describe, expect, it } from 'vitest';
import { AgentGuard } from '../../../src/actors/guard/agent-guard.js';
import { AgentGuardState } from '../../../src/actors/guard/agent-guard-state.js';
import { guardOpened } from '../../../src/actors/guard/guard-opened.js';
import { IPSET_PUBLISHER, IPTABLES_PUBLISHER } from '../../../src/actors/publishing/publisher-messages.js';
import { crash } from '../../../src/otp/index.js';
import { actorStage, shownBy } from '../../support/actors/actor-stage.js';

async function stage() {
  const v = actorStage();
  const guard = new AgentGuardState({ clock: v.clock, maxSilentIntervals: 2, hasHosts: () => true });
  const needs = { config: { last_agent_update_check_interval_seconds: 60 }, guard, log: v.log };
  return { v, guard, needs, pid: await v.start(new AgentGuard(needs)) };
}

describe('the actor of the agent guard', () => {
  it('closes the guard after as many silent intervals as are allowed, and says so once', async () => {
    const { v, guard, pid } = await stage();
    await v.advance(60_000);
    expect([guard.open, v.warnings()]).toEqual([true, []]);
    await v.advance(60_000);
    expect(guard.open).toBe(false);
    await v.advance(600_000);
    expect(v.warnings()).toEqual(['no agent is heard: nothing is published and nobody declared dead until one is']);
    expect(shownBy(v, pid)).toEqual({ open: false, silent_intervals: 12 });
  });

  it('counts anew with every report', async () => {
    const { v, guard } = await stage();
    for (let n = 0; n < 5; n += 1) {
      await v.advance(60_000);
      guard.heard();
    }
    expect([guard.open, v.warnings()]).toEqual([true, []]);
  });

  it('that is killed and started again finds the count of the one before', async () => {
    const { v, guard, needs, pid } = await stage();
    await v.advance(60_000);
    crash(v.system, pid);
    await v.start(new AgentGuard(needs));
    await v.advance(60_000);
    expect(guard.open).toBe(false);
  });
});

describe('a report', () => {
  it('opens a closed guard: both publishers go on, once', async () => {
    const { v, guard, needs } = await stage();
    const told = [await v.hear(IPSET_PUBLISHER), await v.hear(IPTABLES_PUBLISHER)];
    guardOpened(v, needs);
    await v.idle();
    expect(told).toEqual([[], []]);
    await v.advance(120_000);
    guardOpened(v, needs);
    guardOpened(v, needs);
    await v.idle();
    expect(told).toEqual([[{ tag: 'resume' }], [{ tag: 'resume' }]]);
    expect(guard.open).toBe(true);
  });
});
