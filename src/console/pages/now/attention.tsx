import type { ComponentChildren } from 'preact';
import type { GroupLine, HostLine, Unwell } from '../../../operations/fleet-answers.js';
import type { NowAnswer } from '../../../operations/now/now-answers.js';
import { hashName } from '../../fleet/hash-names.js';
import { Card } from '../../parts/card.js';
import { hrefOf } from '../../route/route.js';

/** Of each kind; a link leads to all. */
const NAMED = 5;

/** What asks for somebody, each with where to go. Nothing where nothing does. */
export function Attention({ now: { status } }: { now: NowAnswer }) {
  const { server, hosts, groups, publishing, alarms } = status;
  if (status.well) return null;
  const why = ({ not_sent: notSent, error }: GroupLine) => error ?? notSent ?? '';
  const rollout = ({ rollout: on }: GroupLine) =>
    on === null ? '' : `${on.state.replaceAll('_', ' ')}${on.why === null ? '' : `: ${on.why}`}`;
  return (
    <Card title="What to look at">
      <ul class="attention">
        {!server.ready && <li>This server can’t do its work: {server.reasons.join('; ')}</li>}
        <Some of={hosts.drifted} all={hrefOf(['hosts'], { state: 'active_hashfail' })} word="drifted hosts">
          {(line) => <HostLink line={line} note={line.differing.map(hashName).join(', ')} />}
        </Some>
        <Some of={hosts.silent} all={hrefOf(['hosts'], { state: 'inactive,inactive_hashfail' })} word="silent hosts">
          {(line) => <HostLink line={line} note="" />}
        </Some>
        <Some of={groups.in_error} all={hrefOf(['groups'], { state: 'error' })} word="groups in error">
          {(line) => <GroupLink line={line} note={why(line)} />}
        </Some>
        <Some of={groups.not_sent} all={hrefOf(['groups'])} word="groups whose rules are not sent">
          {(line) => <GroupLink line={line} note={why(line)} />}
        </Some>
        <Some of={groups.rollouts} all={hrefOf(['rollouts'])} word="changes in steps that need somebody">
          {(line) => <GroupLink line={line} note={rollout(line)} />}
        </Some>
        {hosts.refused > 0 && (
          <li>
            <a href={hrefOf(['refused'])}>{hosts.refused} hosts whose reports are refused</a>
          </li>
        )}
        {publishing.paused && (
          <li>
            <a href={hrefOf(['publishing'])}>Publishing is paused</a>
            {publishing.author !== null && ` by ${publishing.author}`}: nothing reaches hosts
          </li>
        )}
        {alarms.slice(0, NAMED).map(({ id, text }) => (
          <li key={id}>
            <a href={hrefOf(['alarms'])}>Alarm {id}</a>: {text}
          </li>
        ))}
        {alarms.length > NAMED && (
          <li>
            <a href={hrefOf(['alarms'])}>{alarms.length - NAMED} more alarms</a>
          </li>
        )}
      </ul>
    </Card>
  );
}

function Some<T extends { readonly id: string }>({
  of: { total, first },
  all,
  word,
  children,
}: {
  of: Unwell<T>;
  all: string;
  word: string;
  children: (line: T) => ComponentChildren;
}) {
  if (total === 0) return null;
  return (
    <li>
      <a href={all}>
        {total.toLocaleString()} {word}
      </a>
      :{' '}
      {first.slice(0, NAMED).map((line, index) => (
        <span key={line.id}>
          {index > 0 && '; '}
          {children(line)}
        </span>
      ))}
      {total > NAMED && ' …'}
    </li>
  );
}

function HostLink({ line: { id, name }, note }: { line: HostLine; note: string }) {
  return (
    <>
      <a href={hrefOf(['hosts', id])}>{name}</a>
      {note !== '' && ` (${note})`}
    </>
  );
}

function GroupLink({ line: { id, name }, note }: { line: GroupLine; note: string }) {
  return (
    <>
      <a href={hrefOf(['groups', id])}>{name}</a>
      {note !== '' && ` (${note})`}
    </>
  );
}
