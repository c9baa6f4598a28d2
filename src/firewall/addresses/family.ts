/** IPv4 or IPv6, in the words that set names and rulesets use. */
export type Family = 'v4' | 'v6';

/** Bits of an address of that family; a net of this length is one host. */
export const WIDTH: Readonly<Record<Family, number>> = { v4: 32, v6: 128 };

/** Why a string is not an address of the wanted family, for the person who wrote it. */
export interface AddressFault {
  readonly reason: string;
}
