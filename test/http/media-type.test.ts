import { describe, expect, it } from 'vitest';
import { chooseMediaType } from '../../src/http/media-type.js';

const BOTH = ['application/json', 'text/plain'] as const;
function choose(accept: string) {
  try {
    return chooseMediaType(accept, BOTH);
  } catch (error) {
    return (error as Error & { code: string }).code;
  }
}

describe('the accept header', () => {
  it.each([
    // As java.net.HttpURLConnection sends it.
    ['text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', 'application/json'],
    ['*', 'application/json'],
    ['text/plain;q=.2, application/json;q=.3', 'application/json'],
    ['text/plain;q=.25, application/json;q=0.2', 'text/plain'],
    ['text/plain; q=1., application/json; q=0.', 'text/plain'],
    ['application/json;x=", ;q=0"', 'application/json'],
    ['application/json;x=";q=0\\"", text/plain;q=0.5', 'application/json'],
    ['text/plain;q=0.5;ext', 'text/plain'],
    [', ,text/plain,, ', 'text/plain'],
    ['application/json, text/plain, */*', 'text/plain'],
    [`${','.repeat(15_500)}text/plain`, 'text/plain'],
    ['text/plain;q=.', 'bad_request'],
    ['text/plain;q=1.5', 'bad_request'],
    ['text/plain;q="1"', 'bad_request'],
    ['*/json x', 'bad_request'],
    ['text', 'bad_request'],
    ['text/plain;x="', 'bad_request'],
    ['image/png', 'not_acceptable'],
  ])('%.60s: %s', (accept, wanted) => expect(choose(accept)).toBe(wanted));

  it('takes a hundred media types and names the limit beyond', () => {
    expect(choose(Array.from({ length: 100 }, () => 'text/plain').join())).toBe('text/plain');
    const many = Array.from({ length: 101 }, () => 'text/plain').join();
    expect(() => chooseMediaType(many, BOTH)).toThrow('more than 100 media types');
  });
});
