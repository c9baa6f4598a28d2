import { createHash, hash } from 'node:crypto';

/** SHA-256 of the UTF-8 bytes of `text`, as 64 lower-case hex digits: the form every hash of the agent protocol has. */
export function sha256(text: string): string {
  return hash('sha256', text);
}

/** The hash of the empty string: an empty ruleset, or sets without any address. */
export const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Characters that are hashed between two pauses. */
const A_STEP = 1 << 20;

/** {@link sha256} of a long text, with pauses. */
export function* sha256InSteps(text: string): Generator<void, string> {
  const hash = createHash('sha256');
  for (let at = 0; at < text.length;) {
    let end = at + A_STEP;
    // Both halves of a pair are one character.
    if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end += 1;
    hash.update(text.slice(at, end), 'utf8');
    at = end;
    yield;
  }
  return hash.digest('hex');
}
