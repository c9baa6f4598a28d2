import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** The settings that say by which names a server is known. */
export interface Naming {
  /** The address that it listens on, as configured. */
  readonly host: string;
  /** Further names, from the configuration: `name` or `*.domain`. */
  readonly allowedHosts: readonly string[];
  /** Base URL that other servers reach this one by. */
  readonly url?: string | undefined;
}

/** The name in a `Host` header, in lower case, without port, brackets and final dot; undefined: unreadable. */
export function hostNameOf(header: string): string | undefined {
  const [, literal, name] = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9_.-]{1,255}))(?::\d{0,5})?$/i.exec(header.trim()) ?? [];
  return (literal ?? name)?.toLowerCase().replace(/\.$/, '');
}

/**
 * Whether a server answers to a name. Any address passes: a page of another site can make a name point to this server
 * (DNS rebinding), but not an address. Where the server listens beyond loopback and no names are configured, every
 * name passes, because the names of gateways and proxies are not known.
 */
export function ownName(name: string, naming: Naming): boolean {
  if (isIP(name) !== 0 || isLoopbackName(name) || isConfigured(name, naming) || isAllowed(name, naming)) return true;
  return naming.allowedHosts.length === 0 && !isLoopbackAddress(naming.host);
}

/** Whether the operator listed the name: such an origin is trusted although it is not this server's. */
export function isAllowed(name: string, { allowedHosts }: Naming): boolean {
  return allowedHosts.some((allowed) => covers(allowed.toLowerCase(), name));
}

function isConfigured(name: string, { host, url }: Naming): boolean {
  const machine = hostname().toLowerCase();
  return [host.toLowerCase(), machine, machine.split('.', 1)[0], url && nameInUrl(url)].includes(name);
}

function covers(allowed: string, name: string): boolean {
  return allowed.startsWith('*.') ? name.endsWith(allowed.slice(1)) : allowed === name;
}

function nameInUrl(url: string): string | undefined {
  return URL.canParse(url) ? hostNameOf(new URL(url).host) : undefined;
}

function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

function isLoopbackAddress(host: string): boolean {
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1' || isLoopbackName(host.toLowerCase());
}
