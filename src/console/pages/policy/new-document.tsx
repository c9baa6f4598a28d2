import { useEffect } from 'preact/hooks';
import type { JsonObject } from '../../../model/document.js';
import { textOf } from '../../../model/text-of.js';
import { putInDraft } from '../../draft/draft.js';
import { newId } from '../../draft/new-id.js';
import { Waiting } from '../../parts/loaded.js';
import { goTo } from '../../route/route.js';
import type { Kind, KindSegment } from './kinds.js';

/** What a new document has before anything is typed. */
const EMPTY: Readonly<Record<KindSegment, JsonObject>> = {
  profiles: { name: '', version: '1.0' },
  zones: { name: '', ipv4_addresses: [], ipv6_addresses: [] },
  services: { name: '', version: 1, services: [{ protocol: 'tcp', ports: [] }] },
  groups: { name: '', description: '', profile_id: '', profile_version: 'latest' },
  links: {
    name: '',
    connection_type: 'thumper',
    direction: 'bidirectional',
    address_handling: 'prefix',
    enabled: false,
    connection: {
      host: '',
      port: 5671,
      api_port: 15672,
      tls: true,
      user: 'dog',
      virtual_host: 'dog',
      password: '',
      ssl_options: {
        cacertfile: '',
        certfile: '',
        keyfile: '',
        server_name_indication: '',
        verify: 'verify_peer',
        fail_if_no_peer_cert: true,
      },
    },
  },
};

/** Puts a new document into the draft, and goes to its page. */
export function NewDocument({ kind: { segment, resource } }: { kind: Kind }) {
  useEffect(() => {
    const id = newId();
    putInDraft({ resource, id, base: null, etag: null, wanted: EMPTY[segment] });
    location.replace(`#/policy/${segment}/${id}`);
  }, [segment, resource]);
  return <Waiting />;
}

/** Goes to a copy of a document under another name. */
export function copyDocument({ segment, resource }: Kind, doc: JsonObject): void {
  const id = newId();
  // Hashes are those of what the hosts of a group were sent.
  const copied = Object.entries(doc).filter(
    ([key]) => key !== 'id' && key !== 'created' && !/^(ipset_)?hash/.test(key),
  );
  const wanted = { ...Object.fromEntries(copied), name: `${textOf(doc['name'])}-copy` };
  putInDraft({ resource, id, base: null, etag: null, wanted });
  goTo(['policy', segment, id]);
}
