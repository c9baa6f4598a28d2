import { Button } from '../parts/button.js';
import { changeQuery, place } from '../route/route.js';

/** Filters that were chosen by clicking a value, each with a way to drop it: `[key, what it is called, value as shown]`. */
export function ChosenFilters({ filters }: { filters: readonly (readonly [string, string, string])[] }) {
  const { query } = place.value;
  const chosen = filters.filter(([key]) => query.has(key));
  if (chosen.length === 0) return null;
  return (
    <div class="row tight">
      {chosen.map(([key, title, value]) => (
        <Button key={key} onPress={() => changeQuery({ [key]: null, offset: null })}>
          {title}: {value} <span aria-hidden="true">✕</span>
          <span class="unseen">, show others too</span>
        </Button>
      ))}
    </div>
  );
}
