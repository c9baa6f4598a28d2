import type { Edited } from '../use-document.js';
import { AddressLines } from './address-lines.js';
import { NameField } from './doc-text.js';

export function ZoneForm({ edited }: { edited: Edited }) {
  return (
    <div class="stack">
      <NameField edited={edited} hint="At most 26 of letters, digits, _ . and -" />
      <div class="two">
        <AddressLines edited={edited} field="ipv4_addresses" label="IPv4 addresses" family="v4" />
        <AddressLines edited={edited} field="ipv6_addresses" label="IPv6 addresses" family="v6" />
      </div>
    </div>
  );
}
