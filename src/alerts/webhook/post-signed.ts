import { readFile } from 'node:fs/promises';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isNear } from './near-addresses.js';
import { bare, type WebhookConfig } from './webhook-config.js';

/** How a post ended: the answer's status, or why there was none, in one line without the URL's path. */
export type Posted = { readonly status: number } | { readonly failed: string };

/** Posts a body with headers to the receiver. Never rejects. */
export type Post = (body: Buffer, headers: Readonly<Record<string, string>>) => Promise<Posted>;

/**
 * Posts over a connection of its own, within `alerts.timeout_ms` altogether. The receiver's certificate must be good for
 * its name; redirects are not followed, and of the answer only the status is read.
 */
export function postSigned({ webhook, alerts }: WebhookConfig, url: URL): Post {
  return async (body, headers) => {
    let ca: Buffer | undefined;
    try {
      // Read each time: a new file holds from the next delivery on.
      if (webhook.cacertfile !== undefined) ca = await readFile(webhook.cacertfile);
    } catch (error) {
      return { failed: `webhook.cacertfile cannot be read: ${(error as Error).message}` };
    }
    return new Promise((resolve) => {
      const options = {
        method: 'POST',
        host: bare(url.hostname),
        port: url.port === '' ? undefined : Number(url.port),
        path: `${url.pathname}${url.search}`,
        headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers },
        agent: false as const,
        maxHeaderSize: MAX_ANSWER_HEADERS,
        ...(webhook.private_addresses ? {} : { lookup: publicOnly }),
      };
      const taken = (response: IncomingMessage) => settle({ status: response.statusCode ?? 0 });
      const outgoing =
        url.protocol === 'https:'
          ? requestHttps({ ...options, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) }, taken)
          : requestHttp(options, taken);
      const settle = (posted: Posted) => {
        clearTimeout(timer);
        resolve(posted);
        outgoing.destroy();
      };
      const timer = setTimeout(() => settle({ failed: `no answer after ${alerts.timeout_ms} ms` }), alerts.timeout_ms);
      outgoing.on('error', (error) => settle({ failed: reasonOf(error) }));
      outgoing.end(body);
    });
  };
}

/** Of the answer's headers, in bytes; more are refused. */
const MAX_ANSWER_HEADERS = 16_384;

/** Names are looked up where the connection is made, so that no second look-up can give another address. */
const publicOnly: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const first = found?.[0];
    if (error !== null || first === undefined) return callback(error ?? new Error(`${hostname} has no address`), '', 0);
    const near = found.find(({ address }) => isNear(address));
    if (near !== undefined) {
      const says = `${hostname} is ${near.address}, no public address; see webhook.private_addresses`;
      return callback(new Error(says), '', 0);
    }
    if (options.all === true) return callback(null, found);
    callback(null, first.address, first.family);
  });
};

function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const text = error.message === '' ? (code ?? error.name) : error.message;
  return `${text.replace(/\s+/g, ' ').slice(0, 300)}${whatToLookAt(text, code)}`;
}

/** Which key of the configuration the failure may be about. */
function whatToLookAt(text: string, code: string | undefined): string {
  if (/altnames/i.test(text)) return '; see webhook.url, whose name must be in the certificate';
  if (/certificate|self.signed|issuer/i.test(text)) return '; see webhook.cacertfile';
  if (/ssl routines|wrong version number|packet length/i.test(text)) return '; see webhook.url: is it https there?';
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ECONNREFUSED' ? '; see webhook.url' : '';
}
