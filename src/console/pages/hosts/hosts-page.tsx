import { place } from '../../route/route.js';
import { HostList } from './host-list.js';
import { HostView } from './host-view.js';

export default function HostsPage() {
  const host = place.value.segments[1];
  return host === undefined ? <HostList /> : <HostView key={host} host={host} />;
}
