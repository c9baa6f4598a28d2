import type { Dialect } from '../../firewall/dialect.js';
import { hostAddresses } from '../../firewall/policy/host-addresses.js';
import type { Document } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import { GatheredAddresses, type Gathered } from './gathered-addresses.js';
import type { AddressLists } from './group-addresses.js';
import { isActive, ofFamily } from './host-addresses.js';

const NONE: Gathered = { v4: [], v6: [] };

/**
 * The addresses of a whole fleet, which built-in groups are made of: as `addressesOf` has them, kept by delta
 * (`GatheredAddresses`), since every keepalive changes a host and hardly any its addresses.
 */
export class FleetAddresses {
  readonly #external = new GatheredAddresses(externalAddresses);
  #internal: { readonly dialect: Dialect; readonly of: GatheredAddresses } | undefined;
  #lists: AddressLists | undefined;

  /** The same frozen object as long as it holds the same. `dialect` is asked for only where a host is active. */
  listsOf(groups: readonly Document[], hosts: readonly Document[], dialect: () => Dialect): AddressLists {
    const internal = hosts.some(isActive) ? this.#internalIn(dialect()).of(hosts) : NONE;
    const external = this.#external.of(groups);
    const lists: AddressLists = Object.freeze({
      internalV4: internal.v4,
      internalV6: internal.v6,
      externalV4: external.v4,
      externalV6: external.v6,
    });
    if (this.#lists === undefined || !sameLists(lists, this.#lists)) this.#lists = lists;
    return this.#lists;
  }

  #internalIn(dialect: Dialect): GatheredAddresses {
    if (this.#internal?.dialect !== dialect) {
      const of = new GatheredAddresses((host) => (isActive(host) ? hostAddresses(host, dialect) : NONE));
      this.#internal = { dialect, of };
    }
    return this.#internal.of;
  }
}

function externalAddresses(group: Document): Gathered {
  const listed = (field: string) => {
    const list = group[field];
    return isList(list) ? list : [];
  };
  return {
    v4: ofFamily(listed('external_ipv4_addresses'), 'v4'),
    v6: ofFamily(listed('external_ipv6_addresses'), 'v6'),
  };
}

function sameLists(one: AddressLists, other: AddressLists): boolean {
  return (Object.keys(one) as (keyof AddressLists)[]).every((key) => one[key] === other[key]);
}
