import { hrefOf } from '../../route/route.js';

/** Where in the console an alarm leads to; nothing where there is no such page. */
export function AlarmPlace({ alarm }: { alarm: string }) {
  const colon = alarm.indexOf(':');
  const [part, whom] = colon < 0 ? [alarm, ''] : [alarm.slice(0, colon), alarm.slice(colon + 1)];
  if (part === 'actors.mailbox')
    return <a href={hrefOf(['actors'], { view: 'list', sort: 'mailbox' })}>Actors by mailbox</a>;
  if (part.startsWith('actors.')) return <a href={hrefOf(['actors'], { path: whom })}>To the actor</a>;
  if (part.startsWith('rollout.')) return <a href={hrefOf(['rollouts'])}>To the rollouts</a>;
  if (part === 'policy.emptied') return <a href={hrefOf(['audit'])}>To the audit trail</a>;
  if (part === 'broker.refused') return <a href={hrefOf(['publishing'])}>To publishing</a>;
  if (part.startsWith('hosts.') || part.startsWith('intake.')) return <a href={hrefOf(['hosts'])}>To the hosts</a>;
  return null;
}
