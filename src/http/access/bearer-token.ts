import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A token as its owner holds it: `dog_ID_SECRET`. The id finds the row; only the hash of the secret is stored. */
export interface BearerToken {
  readonly id: string;
  readonly secret: string;
}

const FORM = /^dog_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** A new token of 256 random bits, as a string. */
export function newToken(): BearerToken & { readonly text: string } {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { id, secret, text: `dog_${id}_${secret}` };
}

/** Reads `Authorization: Bearer TOKEN` (RFC 6750 section 2.1); undefined when it does not hold one of our tokens. */
export function readBearer(authorization: string | undefined): BearerToken | undefined {
  const [, text] = /^Bearer +(\S+)\s*$/i.exec(authorization ?? '') ?? [];
  const [, id, secret] = FORM.exec(text ?? '') ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** What is stored of a secret: SHA-256 in hexadecimal. A random secret of 256 bits needs no slow hash. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares in constant time. */
export function secretMatches(secret: string, hash: string): boolean {
  const given = Buffer.from(hashSecret(secret));
  const wanted = Buffer.from(hash);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
