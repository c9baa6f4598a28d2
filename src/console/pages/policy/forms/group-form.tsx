import { CheckField } from '../../../parts/field.js';
import { hrefOf } from '../../../route/route.js';
import { NamePick } from '../name-pick.js';
import { useNames } from '../use-names.js';
import { wrongAt, type Edited } from '../use-document.js';
import { AddressLines } from './address-lines.js';
import { DocText, NameField } from './doc-text.js';

export function GroupForm({ edited }: { edited: Edited }) {
  const { doc, entry, id } = edited;
  const names = useNames();
  const profile = typeof doc?.['profile_id'] === 'string' ? doc['profile_id'] : '';
  return (
    <div class="stack">
      <NameField edited={edited} hint="At most 26 of letters, digits, _ . and -; hosts name their group by it" />
      <DocText edited={edited} field="description" label="Description" />
      <NamePick
        label="Profile"
        id={profile}
        names={names.profiles}
        what="profile"
        mayBeNone
        wrong={wrongAt(edited, ['profile_id'])}
        onId={(next) => {
          if (doc === undefined) return;
          const { profile_name: _name, ...rest } = doc;
          const name = names.profiles.get(next);
          edited.change({ ...rest, profile_id: next, ...(name === undefined ? {} : { profile_name: name }) });
        }}
      />
      {profile !== '' && <a href={hrefOf(['policy', 'profiles', profile])}>To the rules of this profile</a>}
      <CheckField
        label="Alerts about its hosts"
        value={doc?.['alert_enable'] !== false}
        onValue={(value) => doc && edited.change({ ...doc, alert_enable: value })}
      />
      <div class="two">
        <AddressLines edited={edited} field="external_ipv4_addresses" label="External IPv4 addresses" family="v4" />
        <AddressLines edited={edited} field="external_ipv6_addresses" label="External IPv6 addresses" family="v6" />
      </div>
      {entry?.base !== null && <a href={hrefOf(['groups', id])}>How its hosts stand</a>}
    </div>
  );
}
