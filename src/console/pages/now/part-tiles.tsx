import type { ComponentChildren } from 'preact';
import type { NowAnswer, PartState } from '../../../operations/now/now-answers.js';
import { bytesText } from '../../parts/bytes-text.js';
import { Tile } from '../../parts/tile.js';
import { Ago } from '../../parts/time.js';
import type { Tone } from '../../parts/tone.js';
import { hrefOf } from '../../route/route.js';

const PARTS = {
  up: { word: 'up', tone: 'ok', began: 'came up' },
  troubled: { word: 'troubled', tone: 'warn', began: 'since' },
  down: { word: 'down', tone: 'bad', began: 'went down' },
  off: { word: 'off', tone: 'none', began: 'since' },
} as const satisfies Record<PartState['state'], { word: string; tone: Tone; began: string }>;

/** It is open while agents report: only then is anything published, and anybody declared silent. */
const GUARD = {
  open: { word: 'open', tone: 'ok', note: 'agents report' },
  closed: { word: 'closed', tone: 'bad', note: '' },
  off: { word: 'off', tone: 'none', note: 'it is not used here' },
} as const satisfies Record<NowAnswer['guard']['state'], { word: string; tone: Tone; note: string }>;

/** What the server rests on. */
export function PartTiles({ now }: { now: NowAnswer }) {
  const { status, guard, broker, store, mail, webhook, journal, leader } = now;
  const { publishing, alarms } = status;
  return (
    <section aria-label="The server">
      <div class="tiles">
        <Tile
          label="Publishing"
          value={publishing.paused ? 'paused' : 'on'}
          tone={publishing.paused ? 'warn' : 'ok'}
          note={
            <>
              {publishing.paused && (
                <>
                  by {publishing.author ?? 'somebody'}, <Ago at={publishing.since} none="since the start" />;{' '}
                </>
              )}
              {publishing.waiting.toLocaleString()} waiting for the broker
            </>
          }
          href={hrefOf(['publishing'])}
        />
        <Tile
          label="Guard"
          value={GUARD[guard.state].word}
          tone={GUARD[guard.state].tone}
          note={
            guard.state === 'closed'
              ? (guard.why ?? 'nothing is published, nobody is declared silent')
              : GUARD[guard.state].note
          }
        />
        <PartTile label="Broker, publishing" part={broker.publishing} href={hrefOf(['publishing'])} />
        <PartTile label="Broker, reports" part={broker.reports} href={hrefOf(['publishing'])} />
        <PartTile label="Store" part={store} />
        <PartTile label="Mail" part={mail} waiting={mail.waiting} />
        {webhook.on && <PartTile label="Webhook" part={webhook} waiting={webhook.waiting} />}
        <Tile
          label="Journal"
          value={journal.state}
          tone={journal.state === 'up' ? 'ok' : journal.state === 'failing' ? 'bad' : 'none'}
          note={
            journal.why ??
            (journal.state === 'off'
              ? 'what waits is in memory only'
              : `${journal.messages.toLocaleString()} messages, ${bytesText(journal.bytes)}`)
          }
          href={hrefOf(['publishing'])}
        />
        <Tile
          label="Leader"
          value={leader.name ?? (leader.role === 'alone' ? 'alone' : leader.role)}
          note={leader.term === null ? 'servers are not elected' : `term ${leader.term}`}
        />
        <RolloutTile now={now} />
        <Tile
          label="Alarms"
          value={alarms.length.toLocaleString()}
          tone={alarms.length > 0 ? 'bad' : 'ok'}
          note={alarms[0]?.id ?? 'none is set'}
          href={hrefOf(['alarms'])}
        />
      </div>
    </section>
  );
}

function RolloutTile({ now: { rollouts, rollouts_total: total } }: { now: NowAnswer }) {
  const [first] = rollouts;
  const isHeld = rollouts.some(({ state }) => state === 'paused' || state === 'rollback_blocked');
  return (
    <Tile
      label="Rollouts under way"
      value={total.toLocaleString()}
      tone={isHeld ? 'warn' : total > 0 ? 'info' : 'none'}
      note={
        first === undefined
          ? 'none'
          : `${first.group}: ${first.state.replaceAll('_', ' ')}${first.step === null ? '' : `, ${first.step}`}`
      }
      href={hrefOf(['rollouts'])}
    />
  );
}

function PartTile({
  label,
  part,
  waiting = 0,
  href,
}: {
  label: string;
  part: PartState;
  waiting?: number;
  href?: string;
}) {
  const { word, tone, began } = PARTS[part.state];
  return (
    <Tile
      label={label}
      value={word}
      tone={tone}
      note={<Noted began={began} at={part.since} why={part.why} more={waiting > 0 ? `${waiting} wait` : null} />}
      {...(href === undefined ? {} : { href })}
    />
  );
}

function Noted({
  began,
  at,
  why,
  more = null,
}: {
  began: string;
  at: number | null;
  why: string | null;
  more?: ComponentChildren;
}) {
  return (
    <>
      {why !== null && <span title={why}>{why.length > 90 ? `${why.slice(0, 90)}…` : why} </span>}
      {at !== null && (
        <>
          {began} <Ago at={at} />
        </>
      )}
      {more !== null && <> {more}</>}
      {why === null && at === null && more === null && ' '}
    </>
  );
}
