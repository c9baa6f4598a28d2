import type { Document, JsonObject } from '../model/document.js';

/** Where the lease lies: one document of table `setting`. */
export const LEASE_ID = 'leader';

/** Who a server is when it asks for the lease. */
export interface Applicant {
  /** A random id of this process: two servers of one name, or one server twice, are never taken for each other. */
  readonly holder: string;
  /** A random id of this server's data directory: its journal lives as long as that. */
  readonly server: string;
  /** `cluster.name`. */
  readonly name: string;
  /** Base URL where its API is reached. */
  readonly url: string;
}

/** The right to do all that only one server may do, until it expires. */
export interface Lease extends Applicant {
  /** A whole number, one more with every new holder. */
  readonly term: number;
  /** Epoch milliseconds by the store's clock; 0: given up. */
  readonly expiresAt: number;
  /** `server` of the one who held it before this holder; undefined: nobody that is known. */
  readonly previous: string | undefined;
}

/** The lease as it is stored. */
export function leaseDocument({ expiresAt, previous, ...lease }: Lease): Document {
  return {
    id: LEASE_ID,
    ...lease,
    previous: previous ?? null,
    expires_at: expiresAt,
  };
}

/** What was found where the lease lies. A document that is no lease counts as none; `fault` names the field. */
export type FoundLease =
  | { readonly kind: 'absent' }
  | { readonly kind: 'lease'; readonly lease: Lease }
  /** `term`: as far as it can be read, so that terms go on from it. */
  | { readonly kind: 'bad'; readonly fault: string; readonly term: number };

const TEXTS = ['holder', 'server', 'name', 'url'] as const;

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

/** Reads a stored lease; people and other programs may have written it. */
export function readLease(doc: Document | undefined): FoundLease {
  if (doc === undefined) return { kind: 'absent' };
  const { term, expires_at: expiresAt, previous } = doc as JsonObject;
  const known = isWhole(term) && term > 0 ? term : 0;
  const bad = (field: string, wanted: string): FoundLease => ({
    kind: 'bad',
    fault: `${field} must be ${wanted}`,
    term: known,
  });
  for (const field of TEXTS) if (typeof doc[field] !== 'string') return bad(field, 'a string');
  if (known === 0) return bad('term', 'a whole number above 0');
  if (!isWhole(expiresAt) || expiresAt < 0) return bad('expires_at', 'epoch milliseconds');
  if (previous !== null && previous !== undefined && typeof previous !== 'string')
    return bad('previous', 'a text or null');
  const { holder, server, name, url } = doc as unknown as Applicant;
  return {
    kind: 'lease',
    lease: { holder, server, name, url, term: known, expiresAt, previous: previous ?? undefined },
  };
}
