import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerTimeoutMs } from '../../src/http/forward/answer-timeout.js';
import { endToEndHeaders } from '../../src/http/forward/end-to-end-headers.js';
import { TEST_API, TEST_HTTP_CONFIG } from '../support/api-server.js';

describe('end-to-end headers', () => {
  it('are all but those of one hop', () => {
    const raw = [
      ...['Host', 'x', 'Connection', 'keep-alive, X-Mine', 'X-Mine', '1', 'x-yours', '2'],
      ...['Keep-Alive', 'timeout=5', 'TE', 'trailers', 'Trailer', 'x-end', 'Transfer-Encoding', 'chunked'],
      ...['Upgrade', 'websocket', 'Proxy-Authorization', 'Basic x', 'proxy-connection', 'close'],
      ...['Authorization', 'Bearer t', 'Set-Cookie', 'a', 'set-cookie', 'b', 'CONNECTION', 'x-other', 'X-Other', '3'],
    ];
    expect(endToEndHeaders(raw, ['host'])).toEqual([
      ...['x-yours', '2', 'Authorization', 'Bearer t', 'Set-Cookie', 'a', 'set-cookie', 'b'],
    ]);
  });

  it('keep their order, spelling and repeats', () => {
    const name = fc.stringMatching(/^[A-Z][a-z]{0,3}$/).filter((text) => text.toLowerCase() !== 'te');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (pairs) => {
        expect(endToEndHeaders(pairs.flat())).toEqual(pairs.flat());
      }),
    );
  });
});

describe('the time that the leader gets', () => {
  const config = { ...TEST_HTTP_CONFIG, api: TEST_API };

  it('is longer than its own time-outs', () => {
    expect(answerTimeoutMs({ scope: 'read' }, config, 0)).toBeGreaterThan(TEST_API.request_timeout_ms);
    expect(answerTimeoutMs({ scope: 'command' }, config, 0)).toBeGreaterThan(config.file_transfer_timeout_ms + 2000);
  });

  it('grows with the blocks of a file', () => {
    const blocks = answerTimeoutMs({ scope: 'command' }, config, 10 * config.max_block_size_bytes);
    expect(blocks).toBeGreaterThan(10 * config.file_transfer_timeout_ms);
  });
});
