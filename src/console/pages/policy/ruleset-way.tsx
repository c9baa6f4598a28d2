import { useEffect } from 'preact/hooks';
import type { JsonObject } from '../../../model/document.js';
import { useAsked } from '../../api/use-asked.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { hrefOf, place } from '../../route/route.js';

/** From a ruleset, which lines of hosts name, to the profile that has its rules. */
export function RulesetWay({ id }: { id: string }) {
  const asked = useAsked<JsonObject>(`/api/V2/ruleset/${encodeURIComponent(id)}`);
  const profile = asked.value?.['profile_id'];
  useEffect(() => {
    // In place of this one in the history, or the way back would lead here again.
    if (typeof profile === 'string')
      location.replace(hrefOf(['policy', 'profiles', profile], Object.fromEntries(place.value.query)));
  }, [profile]);
  return (
    <Page title="Ruleset">
      <Loaded asked={asked}>
        {() =>
          typeof profile !== 'string' && (
            <Empty title="No profile has this ruleset">
              <a href={hrefOf(['policy'])}>To the profiles</a>
            </Empty>
          )
        }
      </Loaded>
    </Page>
  );
}
