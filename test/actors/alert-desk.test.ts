import { describe, expect, it } from 'vitest';
import { alertDesk } from '../../src/actors/alerts/alert-desk.js';
import { channelActor, type AlertsCast } from '../../src/actors/alerts/alert-messages.js';
import { followAlarms } from '../../src/actors/alerts/follow-alarms.js';
import { IdleChannelActor } from '../../src/actors/alerts/idle-channel-actor.js';
import { raiseAlert, raiseCompileAlert } from '../../src/actors/alerts/raise-alert.js';
import { AlarmBook } from '../../src/alarms/alarm-book.js';
import type { Alert } from '../../src/alerts/alert.js';
import { MAIL } from '../../src/alerts/mail/mail.js';
import { loadConfig } from '../../src/config/load.js';
import { createMetrics } from '../../src/metrics/create-metrics.js';
import type { Document } from '../../src/model/document.js';
import { startGenServer, type GenServer } from '../../src/otp/index.js';
import { virtualSystem } from '../../src/otp/testing/index.js';
import { openAlertChannels } from '../../src/server/opening/open-alert-channels.js';
import { RulesetOutputs } from '../../src/actors/groups/ruleset-outputs.js';
import { GroupSets } from '../../src/world/group-sets.js';
import { alertOf } from '../support/test-mailer.js';

function logger() {
  const lines: (readonly [object, string])[] = [];
  const note = (fields: object, message: string): void => void lines.push([fields, message]);
  return { lines, log: { debug: note, info: note, warn: note, error: note } };
}

describe('the desk where alerts are handed in', () => {
  it('tells every channel, and names those that did not take it', async () => {
    const v = virtualSystem();
    const taken: string[] = [];
    const start = (name: string) => {
      const actor: GenServer<never, never, AlertsCast> = {
        handleCast: (_self, { alert }) => void taken.push(`${name}: ${alert.kind}`),
      };
      return v.run(startGenServer(v.system, actor, { name: channelActor(name), maxQueue: 1 }));
    };
    await start('one_actor');
    await start('two_actor');
    const channels = ['one', 'two', 'three'].map((name) => ({ name, actor: `${name}_actor` }));
    const desk = alertDesk(v.system, channels);
    expect(desk.tell(alertOf('retirement'))).toEqual(['three']);
    expect(desk.tell(alertOf('retirement'))).toEqual(['one', 'two', 'three']);
    await v.idle();
    expect(taken).toEqual(['one_actor: retirement', 'two_actor: retirement']);
  });

  it('has mail among its channels also where mail is not configured: its actor then logs', async () => {
    const v = virtualSystem();
    const mail = ['smtp_relay=h', 'smtp_from=a@b', 'smtp_to=c@d'];
    const open = (set: readonly string[]) =>
      openAlertChannels(loadConfig({ set }).config, v.clock).map(({ kind, channel }) => [kind.actor, channel?.name]);
    expect(open(mail)).toEqual([['mailer', 'mail']]);
    for (const left of mail) expect(open(mail.filter((key) => key !== left))).toEqual([['mailer', undefined]]);
    const { log, lines } = logger();
    const actor = new IdleChannelActor({ ...MAIL, log });
    await v.run(startGenServer(v.system, actor, { name: channelActor('mailer') }));
    alertDesk(v.system, [MAIL]).tell(alertOf('retirement'));
    await v.idle();
    expect(lines).toEqual([
      [{ subject: 'Dog Agent Retired: "web1"' }, 'an alert, only logged: mail is not configured'],
    ]);
    expect(actor.describe()).toEqual({ relay: 'off', waiting: 0, gathered: 0, sent: 0, dead: 0 });
  });
});

describe('an alert is raised', () => {
  function raising(set: readonly string[] = [], group: Document | undefined = undefined) {
    const told: Alert[] = [];
    const { log, lines } = logger();
    const needs = {
      config: loadConfig({ set }).config,
      world: { groupByName: () => group, rows: () => new Map<string, Document>() },
      outputs: new RulesetOutputs(),
      groupSets: new GroupSets('all', { now: () => 0 }),
      confirmedSets: { with: () => [{ id: 's', hash: 'abc', timestamp: 5 }] },
      alerts: { tell: (alert: Alert) => (told.push(alert), ['pager']) },
      log,
    };
    return { needs, told, lines };
  }
  const host = { name: 'web1', group: 'web' };

  it('with host, group and the newest hash of the sets; a channel that did not take it is named in the log', () => {
    const group = { id: 'g', name: 'web' };
    const { needs, told, lines } = raising([], group);
    raiseAlert(needs, 'hash_fail', host, ['hash4_ipsets']);
    expect(told).toEqual([{ kind: 'hash_fail', host, group, ipsetHash: 'abc', differing: ['hash4_ipsets'] }]);
    expect(lines).toEqual([
      [{ channel: 'pager', kind: 'hash_fail', name: 'web1' }, expect.stringMatching(/^an alert was not taken: /)],
    ]);
  });

  it.each([
    ['the switch is off', ['retirement_alert_enabled=false'], host, undefined],
    ['the host is mute', [], { ...host, alert_enable: false }, undefined],
    ['its group is mute', [], host, { id: 'g', name: 'web', alert_enable: false }],
  ])('but not when %s', (_, set, about, group) => {
    const { needs, told } = raising(set, group);
    raiseAlert(needs, 'retirement', about, []);
    expect(told).toEqual([]);
  });

  it('about a group that cannot be compiled, unless the switch or the group is mute', () => {
    const { needs, told, lines } = raising();
    raiseCompileAlert(needs, { name: 'web' }, 'no such service');
    expect(told).toMatchObject([{ kind: 'compile_fail', group: { name: 'web' }, detail: 'no such service' }]);
    expect(lines).toHaveLength(1);
    raiseCompileAlert(needs, { name: 'web', alert_enable: false }, 'no such service');
    const off = raising(['compile_alert_enabled=false']);
    raiseCompileAlert(off.needs, { name: 'web' }, 'no such service');
    expect([...told.slice(1), ...off.told]).toEqual([]);
  });

  it('when an alarm is set and when it is over, unless the switch is off', () => {
    for (const [set, wanted] of [
      [[], ['alarm_set: disk.full', 'alarm_cleared: disk.full']],
      [['alarm_alert_enabled=false'], []],
    ] as const) {
      const { needs, told } = raising(set);
      const alarms = new AlarmBook(() => 0);
      followAlarms({ ...needs, alarms, metrics: createMetrics() });
      alarms.show('disk.full', 'the disk is full');
      alarms.show('disk.full', undefined);
      expect(told.map(({ kind, alarm }) => `${kind}: ${alarm}`)).toEqual(wanted);
    }
  });
});
