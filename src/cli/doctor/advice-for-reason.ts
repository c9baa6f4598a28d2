/** What to do about each part that `/readyz` names, by how the reason begins. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^groups: /, 'dog-trainer groups says which, and why'],
  [/^rulesets: /, 'dog-trainer groups says which, and why'],
  [/^sets: /, 'dog-trainer tree --path dog_trainer/publishers_sup/ipset_publisher says which, and why'],
  [/^publishing: /, 'dog-trainer resume lets it go on'],
  [/^hosts: .*unverified/, 'dog-trainer hosts names them; docs/operate.md, hosts.unverified, says what can be done'],
  [/^observing: /, 'nothing to do: it was started with --observe'],
];

/** What to do about one of the reasons of `/readyz`. */
export function adviceForReason(reason: string): string {
  // Behind a colon in an alarm's id stands whom it is about.
  const [, alarm] = /^alarm ([\w.]+)/.exec(reason) ?? [];
  if (alarm !== undefined)
    return `docs/operate.md, ${alarm}, says how to look and what to do; dog-trainer alarms since when`;
  const known = ADVICE.find(([begins]) => begins.test(reason));
  return known?.[1] ?? 'docs/operate.md, Outages; journalctl -u dog_trainer -p warning has it as it happened';
}
