import type { AmqpBrokerOptions } from './options.js';

/** One host to connect to. `toString`-safe parts only in `label`; the password stays in its own field. */
export interface Endpoint {
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  readonly vhost: string;
  readonly username: string;
  readonly password: string;
  /** `host:port/vhost`, for logs. */
  readonly label: string;
}

/**
 * Reads the URLs of the options. Ports default to 5672 and, with TLS, 5671, as in AMQP URIs.
 * @throws Error naming the position of the bad URL, never its text, as that may hold a password.
 */
export function parseEndpoints(options: AmqpBrokerOptions): readonly Endpoint[] {
  if (options.urls.length === 0) throw new Error('broker: at least one URL is needed, such as amqp://host:5672/dog');
  return options.urls.map((text, index) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || (url.protocol !== 'amqp:' && url.protocol !== 'amqps:') || url.hostname === '') {
      throw new Error(`broker: URL number ${index + 1} is not of the form amqp://host:port/vhost or amqps://…`);
    }
    const tls = url.protocol === 'amqps:';
    if (url.port === '0') throw new Error(`broker: URL number ${index + 1} has port 0; nobody listens there`);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = url.port === '' ? (tls ? 5671 : 5672) : Number(url.port);
    const decoded = (part: string, what: string): string => {
      try {
        return decodeURIComponent(part);
      } catch (cause) {
        throw new Error(
          `broker: the ${what} of URL number ${index + 1} has a % that stands for nothing; write %25 for one`,
          {
            cause,
          },
        );
      }
    };
    const path = url.pathname.replace(/^\//, '');
    const vhost = path === '' ? (options.vhost ?? '/') : decoded(path, 'virtual host');
    const named = url.username !== '' || url.password !== '';
    return {
      tls,
      host,
      port,
      vhost,
      username: named ? decoded(url.username, 'user') : (options.username ?? 'guest'),
      password: named ? decoded(url.password, 'password') : (options.password ?? 'guest'),
      label: `${host.includes(':') ? `[${host}]` : host}:${port}/${vhost}`,
    };
  });
}

/** Whether any of these URLs asks for TLS. */
export function tlsOf(urls: readonly string[]): boolean {
  return urls.some((text) => /^amqps:/i.test(text));
}

/** A random order (Fisher and Yates), so that many servers don't all go to the first host. */
export function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}
