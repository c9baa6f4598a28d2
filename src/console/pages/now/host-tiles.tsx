import type { FleetStatus } from '../../../operations/fleet-answers.js';
import { HOST_ORDER, HOST_WORDS } from '../../fleet/host-words.js';
import { Tile } from '../../parts/tile.js';
import { hrefOf } from '../../route/route.js';

/** Hosts by state, and what is to be known of groups. Each leads to those that it counts. */
export function HostTiles({ status: { hosts, groups } }: { status: FleetStatus }) {
  const inError = groups.by_state.error;
  return (
    <section aria-label="Hosts and groups">
      <div class="tiles">
        {HOST_ORDER.map((state) => {
          const { word, tone } = HOST_WORDS[state];
          const count = hosts.by_state[state];
          return (
            <Tile
              key={state}
              label={`Hosts ${word}`}
              value={count.toLocaleString()}
              tone={count === 0 && state !== 'active' ? 'none' : tone}
              note={state === 'active' ? activeNote(hosts) : undefined}
              href={hrefOf(['hosts'], { state })}
            />
          );
        })}
        <Tile
          label="Groups in error"
          value={inError.toLocaleString()}
          tone={inError > 0 ? 'bad' : 'ok'}
          note={`of ${groups.total.toLocaleString()} groups`}
          href={hrefOf(['groups'], { state: inError > 0 ? 'error' : null })}
        />
      </div>
    </section>
  );
}

function activeNote({ total, converging, unverified }: FleetStatus['hosts']): string {
  return [
    `of ${total.toLocaleString()}`,
    ...(converging > 0 ? [`${converging.toLocaleString()} still loading`] : []),
    ...(unverified > 0 ? [`${unverified.toLocaleString()} can’t show their rules`] : []),
  ].join(', ');
}
