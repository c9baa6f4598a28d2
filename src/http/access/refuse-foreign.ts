import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from '../errors.js';
import { hostNameOf, isAllowed, type Naming, ownName } from './own-names.js';

/** Most gateways in a row whose forwarded host names are compared. */
const MAX_FORWARDED = 10;

/**
 * Refuses what a browser sends on behalf of another site's page, reads too: a `Host` that is not this server's
 * (DNS rebinding), `Sec-Fetch-Site: cross-site` or `same-site`, a foreign `Origin`. Programs send none of the last two,
 * and HTTP/1.0 clients no `Host`. Throws `foreign_host` or `foreign_origin`.
 */
export function refuseForeign(headers: IncomingHttpHeaders, naming: Naming): void {
  refuseForeignHost(headers, naming);
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const allowed = origin !== undefined && isAllowed(originName(origin), naming);
  if (site === 'same-origin' || site === 'none') return;
  if (site !== undefined && !allowed) throw foreignOrigin(origin ?? `sec-fetch-site: ${String(site)}`);
  if (origin === undefined || allowed) return;
  // Where a gateway changes Host, this is the host that the browser asked for. A page can't send this header to another
  // site: that takes a preflight, which is never granted.
  const asked = [headers.host, ...String(headers['x-forwarded-host'] ?? '').split(',', MAX_FORWARDED)];
  if (!asked.some((host) => host !== undefined && sameHost(origin, host.trim()))) throw foreignOrigin(origin);
}

/** Throws `foreign_host` for a `Host` header with a name that is not this server's. */
export function refuseForeignHost({ host }: IncomingHttpHeaders, naming: Naming): void {
  if (host === undefined || host === '') return;
  const name = hostNameOf(host);
  if (name === undefined || !ownName(name, naming)) throw new ApiError('foreign_host', { host: shown(host) });
}

function foreignOrigin(origin: string): ApiError {
  return new ApiError('foreign_origin', { origin: shown(origin) });
}

function originName(origin: string): string {
  return (URL.canParse(origin) ? hostNameOf(new URL(origin).host) : undefined) ?? '';
}

/**
 * Same name and port; a scheme's default port may be left out. A gateway may end TLS, so the scheme is not compared.
 */
function sameHost(origin: string, host: string): boolean {
  if (!/^https?:\/\//i.test(origin) || !URL.canParse(origin)) return false;
  const { protocol, host: wanted } = new URL(origin);
  return (
    hostNameOf(host) !== undefined &&
    URL.canParse(`${protocol}//${host}`) &&
    new URL(`${protocol}//${host}`).host === wanted
  );
}

function shown(text: string): string {
  return text.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
}
