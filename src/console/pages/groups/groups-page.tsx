import { place } from '../../route/route.js';
import { GroupList } from './group-list.js';
import { GroupView } from './group-view.js';

export default function GroupsPage() {
  const group = place.value.segments[1];
  return group === undefined ? <GroupList /> : <GroupView key={group} group={group} />;
}
