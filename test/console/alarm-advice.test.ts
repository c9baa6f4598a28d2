import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALARM_ADVICE, adviceOf } from '../../src/console/pages/alarms/alarm-advice.js';
import { withAlarm, type AlarmHappening, type PastAlarm } from '../../src/console/pages/alarms/past-alarms.js';

describe('what the console says of alarms', () => {
  it('is said of each alarm that docs/operate.md has, and of no other', () => {
    const page = readFileSync(new URL('../../docs/operate.md', import.meta.url), 'utf8');
    const section = /^## Alarms$(.*?)^## /ms.exec(page)?.[1] ?? '';
    const documented = [...section.matchAll(/^### (.+)$/gm)].map(([, id]) => id);
    expect(documented.length).toBeGreaterThan(10);
    expect(Object.keys(ALARM_ADVICE).sort()).toEqual(documented.sort());
  });

  it('goes by the part before the colon', () => {
    expect(adviceOf('link.stale:dc2')).toBe(ALARM_ADVICE['link.stale']);
    expect(adviceOf('nobody.knows')).toBeUndefined();
  });

  it('joins the end of an alarm with its beginning, where that is known', () => {
    const told = (kind: AlarmHappening['kind'], alarm: string, at: number): AlarmHappening => ({
      kind,
      alarm,
      at,
      text: `${alarm} is wrong`,
    });
    const past = [
      told('alarm_cleared', 'a', 1),
      told('alarm_set', 'b', 2),
      told('alarm_set', 'a', 3),
      told('alarm_cleared', 'b', 4),
      told('alarm_set', 'b', 5),
    ].reduce<readonly PastAlarm[]>(withAlarm, []);
    expect(past.map(({ alarm, from, until }) => [alarm, from, until])).toEqual([
      ['b', 5, null],
      ['a', 3, null],
      ['b', 2, 4],
      ['a', null, 1],
    ]);
  });
});
