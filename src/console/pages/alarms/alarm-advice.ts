/** What an alarm means to an operator, and what to do. */
export interface AlarmAdvice {
  /** What does not work, or what does all the same. */
  readonly means: string;
  readonly todo: string;
}

/** By the part of an alarm's id before the colon; docs/operate.md#alarms has each at length. */
export const ALARM_ADVICE: Readonly<Record<string, AlarmAdvice>> = {
  'actors.mailbox': {
    means: 'An actor gets messages faster than it handles them.',
    todo: 'Sort the actors by mailbox, and look at the state of the longest: mostly it waits for the store or the broker. It ends by itself.',
  },
  'actors.restarts': {
    means: 'A supervisor has used more than half of its restarts; with one too many what stands above it is restarted.',
    todo: 'Look at the last crash of the actors below it, and mend what it names.',
  },
  'actors.suspended': {
    means: 'Somebody told this actor to wait; it handles nothing meanwhile.',
    todo: 'Resume it on the page of actors, or wait: it goes on by itself after actors.suspend_seconds. The audit trail says who did it.',
  },
  'admin.socket': {
    means: 'Commands such as token and export do not work while the server runs. Firewalls are not affected.',
    todo: 'Set run_dir to a directory that the service owns, with a short path, and restart the server.',
  },
  'broker.refused': {
    means: 'RabbitMQ refuses what goes to this target; others still get theirs.',
    todo: 'Remove the policy that limits the queue, or the queue; its agent declares it again. The server tries again by itself.',
  },
  'ec2.refused': {
    means: 'Rules for security groups name peers that EC2 can not be told.',
    todo: 'Name addresses, zones or security groups in these rules instead.',
  },
  'ec2.region': {
    means: 'The security groups of this region are not as rules want them; other regions go on.',
    todo: 'Mend what the sentence names: permission, throttling, a group that is not there. It is tried again by itself.',
  },
  'hosts.unverified': {
    means: 'Agents that hash something else than their rules: drift on these hosts stays unseen.',
    todo: 'Set drift.read_back and api.commands so that they are asked for their rules, or accept it.',
  },
  'intake.addresses': {
    means: 'Hosts report addresses that no host can own; their last good addresses stay.',
    todo: 'Look at these hosts, since a report may be forged; mend their interfaces, or raise intake.addresses_max.',
  },
  'intake.hosts_max': {
    means: 'There are nearly as many hosts as are allowed, or quite; further ones are refused.',
    todo: 'Delete hosts that are gone, or raise the bound. If you do not know the hosts, somebody registers them.',
  },
  'last_good.not_kept': {
    means: 'What stands in for a broken document or a vanished set would be lost in a restart.',
    todo: 'Mend what the alarms store.malformed and sets.replaced name before you restart the server.',
  },
  'link.held': {
    means: "A linked server's newest sets take most of its addresses away; the ones before stay in service.",
    todo: 'Ask who runs that server whether it is meant, and accept it if it is; else have it mended there.',
  },
  'link.stale': {
    means: 'A linked server is silent. Its sets stay in service, unless the sentence says otherwise.',
    todo: 'Mend the way between the two, or disable the link if its sets are not to be used any more.',
  },
  'log.file': {
    means: 'A log file can not be written; its lines go to the journal.',
    todo: 'Make space on the disk, or give the directory back to the service, and reload it.',
  },
  'policy.emptied': {
    means: 'An edit left a set or ruleset that is in use without content, and it was obeyed.',
    todo: 'If it was a mistake, write the former content back: the audit trail has it. Else it ends after a day.',
  },
  'rollout.blocked': {
    means: 'A change is taken back, and hosts that had it do not show their former rules.',
    todo: 'Look at these hosts: one that its rules cut off needs somebody at its console. It ends when they report.',
  },
  'rollout.paused': {
    means: 'A change that goes to hosts in steps stands still, and waits for somebody.',
    todo: 'Look at the rollout: resume it, promote it or abort it, with a reason.',
  },
  'rollout.rolled_back': {
    means: 'A change did not do on its first hosts and was taken back; policy still says it.',
    todo: 'Mend the policy or undo the edit. Where it was the host and not the change, resume the rollout.',
  },
  'sets.replaced': {
    means: 'A set is not published as policy has it; its last good content goes out.',
    todo: 'Split the zone, or put back what rules name.',
  },
  'store.malformed': {
    means: 'Somebody wrote a document into the database that no write over the API leaves; last good values stand in.',
    todo: 'Write the document over the API, whole.',
  },
  'store.table': {
    means: 'RethinkDB refuses something at one table.',
    todo: 'Give the user rights on the table, or wait for its index.',
  },
};

/** Of an alarm such as `link.stale:dc2`; undefined: there is nothing to say beyond its own sentence. */
export function adviceOf(alarm: string): AlarmAdvice | undefined {
  return ALARM_ADVICE[alarm.split(':', 1)[0] ?? ''];
}
