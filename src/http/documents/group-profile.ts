import type { Document, JsonObject } from '../../model/document.js';
import type { Store } from '../../store/store.js';
import type { WriteWarning } from '../../resources/checks/finding.js';
import type { Call } from '../route.js';

/** A group as it is to be written, and its warnings. */
export interface GroupToWrite {
  readonly group: JsonObject;
  readonly warnings: readonly WriteWarning[];
}

/**
 * Looks up the profile that a group names. A group has the profile of its `profile_id`; clients also send
 * `profile_name` alone. In v1 a new group's `profile_id` is always that of the profile named, or empty; in v2, and on
 * updates, the name is looked up where no id is sent and the name is new. What can't be found is stored as sent, with a
 * warning: the group then has no rules.
 */
export async function groupToWrite(call: Call, sent: JsonObject, before: Document | undefined): Promise<GroupToWrite> {
  const { profile_name: name, profile_id: id } = sent;
  const { store } = call.deps;
  const always = call.version === 'v1' && before === undefined;
  if (typeof name === 'string' && name !== '' && (always || !isId(id)) && (!before || isOtherProfile(before, name))) {
    const found = await profilesNamed(store, name);
    const profile = found[0];
    const none: JsonObject = always ? { profile_id: '' } : {};
    if (profile === undefined)
      return {
        group: { ...sent, ...none },
        warnings: [
          warning(
            'profile_name',
            name,
            'there is no profile of this name: the group gets no new rules, its hosts keep what they have',
          ),
        ],
      };
    const newest = `${found.length} profiles have this name; ${profile.id} was taken: send profile_id to choose`;
    return {
      group: { ...sent, profile_id: profile.id },
      warnings: found.length > 1 ? [warning('profile_name', name, newest)] : [],
    };
  }
  const known = !isId(id) || (await store.get('profile', id)) !== undefined;
  return {
    group: sent,
    warnings: known
      ? []
      : [
          warning(
            'profile_id',
            id,
            'there is no profile with this id: the group gets no new rules, its hosts keep what they have',
          ),
        ],
  };
}

function isId(id: JsonObject[string] | undefined): id is string {
  return typeof id === 'string' && id !== '';
}

/** An update that repeats the name must not move the group to another profile of that name. */
function isOtherProfile(before: Document, name: string): boolean {
  return before['profile_name'] !== name || !isId(before['profile_id']);
}

/** The newest first, as consoles show them. */
async function profilesNamed(store: Store, name: string): Promise<readonly Document[]> {
  const created = ({ created: at }: Document): number => (typeof at === 'number' ? at : -Infinity);
  const found = (await store.find('profile', 'name', name)).map(({ doc }) => doc);
  return found.sort((a, b) => (created(a) === created(b) ? 0 : created(b) - created(a)));
}

function warning(field: string, value: string, reason: string): WriteWarning {
  return { path: [field], value, reason };
}
