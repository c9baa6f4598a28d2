import type { AlarmBook } from '../../alarms/alarm-book.js';
import { readSetName } from '../../firewall/sets/set-name.js';
import type { SetProblem } from '../../firewall/sets/build-set.js';
import type { MalformedRow } from '../../world/malformed-rows.js';

/** So many of one kind are told one by one; the others are counted. */
const TOLD = 20;

/** Alarm texts by what follows the prefix in their id. */
type Texts = ReadonlyMap<string, string>;

/** Makes the alarms of one prefix exactly these. */
export function showAlarms(alarms: Pick<AlarmBook, 'list' | 'set' | 'clear'>, prefix: string, texts: Texts): void {
  const wanted = new Map([...texts].slice(0, TOLD).map(([who, text]) => [`${prefix}:${who}`, text]));
  if (texts.size > TOLD) wanted.set(`${prefix}:more`, `${texts.size - TOLD} more of the same kind`);
  for (const { id } of alarms.list()) if (id.startsWith(`${prefix}:`) && !wanted.has(id)) alarms.clear(id);
  for (const [id, text] of wanted) alarms.set(id, text);
}

/** Rows that the store holds in a form that no write over the API could have left. */
export function malformedTexts(rows: readonly MalformedRow[]): Texts {
  return new Map(
    rows.map(({ table, id, name, fields }) => {
      const told = fields.map(({ field, reason, standsIn }) =>
        standsIn ? `${field} ${reason}; its last good value stands in for it` : `${field} ${reason}`,
      );
      return [
        `${table}/${id}`,
        `${table} ${name === '' ? id : `${name} (${id})`} is malformed in the store: ${told.join('; ')}`,
      ];
    }),
  );
}

/** Sets that are not published as policy has them now, both families of a name together. */
export function replacedTexts(problems: readonly SetProblem[]): Texts {
  const byName = new Map<string, { readonly sets: string[]; readonly reason: string }>();
  for (const problem of problems) {
    if (!('instead' in problem)) continue;
    const { set, reason } = problem;
    const parts = readSetName(set);
    const key = parts === undefined ? set : `${parts.kind}/${parts.base}`;
    const found = byName.get(key);
    if (found === undefined) byName.set(key, { sets: [set], reason });
    else found.sets.push(set);
  }
  return new Map([...byName].map(([key, { sets, reason }]) => [key, `set ${sets.join(' and ')}: ${reason}`]));
}
