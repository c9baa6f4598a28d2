import type { ComponentChildren } from 'preact';
import type { GroupLine, HostLine, Unwell } from '../../../operations/fleet-answers.js';
import type { NowAnswer } from '../../../operations/now/now-answers.js';
import { hashName } from '../../fleet/hash-names.js';
import { Card } from '../../parts/card.js';
import { hrefOf } from '../../route/route.js';

/** Of each kind; a link leads to all. */
const NAMED = 5;

/** What asks for somebody, each with where to go. Its place is always of one height, so that nothing below it moves. */
export function Attention({ now: { status } }: { now: NowAnswer }) {
  const { server, hosts, groups, publishing, alarms } = status;
  const why = ({ not_sent: notSent, error }: GroupLine) => error ?? notSent ?? '';
  const rollout = ({ rollout: on }: GroupLine) =>
    on === null ? '' : `${on.state.replaceAll('_', ' ')}${on.why === null ? '' : `: ${on.why}`}`;
  return (
    <Card title="What to look at">
      <div class="attention-box" role="region" aria-label="What asks for somebody" tabIndex={0}>
        {status.well && <p class="quiet">Nothing asks for anybody.</p>}
        <ul class="attention">
          {!server.ready && <li>This server can’t do its work: {server.reasons.join('; ')}</li>}
          <Some
            of={hosts.drifted}
            all={hrefOf(['hosts'], { state: 'active_hashfail' })}
            word={['host has drifted', 'hosts have drifted']}
          >
            {(line) => <HostLink line={line} note={line.differing.map(hashName).join(', ')} />}
          </Some>
          <Some
            of={hosts.silent}
            all={hrefOf(['hosts'], { state: 'inactive,inactive_hashfail' })}
            word={['host is silent', 'hosts are silent']}
          >
            {(line) => <HostLink line={line} note="" />}
          </Some>
          <Some
            of={groups.in_error}
            all={hrefOf(['groups'], { state: 'error' })}
            word={['group is in error', 'groups are in error']}
          >
            {(line) => <GroupLink line={line} note={why(line)} />}
          </Some>
          <Some
            of={groups.not_sent}
            all={hrefOf(['groups'])}
            word={['group’s rules are not sent', 'groups’ rules are not sent']}
          >
            {(line) => <GroupLink line={line} note={why(line)} />}
          </Some>
          <Some of={groups.rollouts} all={hrefOf(['rollouts'])} word={['change goes in steps', 'changes go in steps']}>
            {(line) => <GroupLink line={line} note={rollout(line)} />}
          </Some>
          {hosts.refused > 0 && (
            <li>
              <a href={hrefOf(['refused'])}>
                Reports of {hosts.refused} {hosts.refused === 1 ? 'host' : 'hosts'} are refused
              </a>
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
      </div>
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
  word: readonly [one: string, many: string];
  children: (line: T) => ComponentChildren;
}) {
  if (total === 0) return null;
  return (
    <li>
      <a href={all}>
        {total.toLocaleString()} {word[total === 1 ? 0 : 1]}
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
