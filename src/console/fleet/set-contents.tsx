import { useState } from 'preact/hooks';
import type { SetContent } from '../../operations/fleet-pages.js';
import { useAsked } from '../api/use-asked.js';
import { Card } from '../parts/card.js';
import { Empty } from '../parts/empty.js';
import { Loaded } from '../parts/loaded.js';
import { Pager } from '../parts/pager.js';

const A_PAGE = 200;

/** The addresses of a set, page by page. */
export function SetContents({ name }: { name: string }) {
  const [offset, setOffset] = useState(0);
  const asked = useAsked<SetContent>(`/api/V2/sets/${encodeURIComponent(name)}?offset=${offset}&limit=${A_PAGE}`, {
    on: ['sets_published'],
  });
  return (
    <Card title={`What ${name} holds`}>
      <Loaded asked={asked}>
        {({ addresses, total, offset: at, limit }) =>
          total === 0 ? (
            <Empty title="It is empty: it matches nobody" />
          ) : (
            <>
              <ul class="address-list mono" aria-label={`Addresses of ${name}`}>
                {addresses.map((address) => (
                  <li key={address}>{address}</li>
                ))}
              </ul>
              <Pager offset={at} limit={limit} total={total} what="addresses" onMove={setOffset} />
            </>
          )
        }
      </Loaded>
    </Card>
  );
}
