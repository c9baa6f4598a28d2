import type { ActorView } from '../../../operations/actors/actor-view.js';
import { hrefOf, place } from '../../route/route.js';

/** An actor by its name, as the way to its panel; `whole` with where it is. */
export function ActorName({
  actor,
  whole = false,
}: {
  actor: Pick<ActorView, 'path' | 'id' | 'name'>;
  whole?: boolean;
}) {
  const { path, id, name } = actor;
  const { segments, query } = place.value;
  const above = path.slice(0, Math.max(0, path.length - id.length - 1));
  return (
    <span class="actor-name" data-path={path}>
      <a
        href={hrefOf(segments, { ...Object.fromEntries(query), path })}
        aria-current={query.get('path') === path ? 'true' : undefined}
        title={path}
      >
        {name ?? id}
      </a>
      {name !== null && <span class="small quiet"> {id}</span>}
      {whole && above !== '' && <span class="small quiet block">{above}</span>}
    </span>
  );
}
