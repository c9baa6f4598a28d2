import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';

/** A mail as the relay took it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers by lower-case name, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  /** Lines of the header part, unfolded: a forged header would be one more. */
  readonly headerLines: readonly string[];
  readonly body: string;
  readonly secure: boolean;
  readonly user: string | undefined;
}

/** A real SMTP server on a free port of loopback, with what it received. */
export interface TestRelay {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Connections that were opened so far. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Starts a relay; `options` go to the smtp-server package. Login is `dog` with password `secret`, where wanted. */
export async function startTestRelay(options: SMTPServerOptions & { readonly port?: number } = {}): Promise<TestRelay> {
  const mails: ReceivedMail[] = [];
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username, password }, _session, done) => {
      if (username === 'dog' && password === 'secret') done(null, { user: username });
      else done(new Error('wrong user or password'));
    },
    onConnect: (_session, done) => {
      connections += 1;
      done();
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          ...parseMail(Buffer.concat(chunks).toString('utf8')),
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: session.user as string | undefined,
        });
        done();
      });
    },
    ...options,
  });
  // Clients that hang up are a part of these tests.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    get connections() {
      return connections;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function parseMail(text: string): Pick<ReceivedMail, 'headers' | 'headerLines' | 'body'> {
  const split = text.indexOf('\r\n\r\n');
  const headerLines = text
    .slice(0, split)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map(
    headerLines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      decodeWords(line.slice(line.indexOf(':') + 2)),
    ]),
  );
  const raw = text.slice(split + 4);
  const encoding = headers.get('content-transfer-encoding');
  const body =
    encoding === 'base64'
      ? Buffer.from(raw, 'base64').toString('utf8')
      : encoding === 'quoted-printable'
        ? decodeQuoted(raw.replace(/=\r\n/g, ''))
        : raw;
  return { headers, headerLines, body };
}

/** RFC 2047 encoded words. */
function decodeWords(text: string): string {
  return text
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, how: string, data: string) =>
      how.toLowerCase() === 'b' ? Buffer.from(data, 'base64').toString('utf8') : decodeQuoted(data.replace(/_/g, ' ')),
    );
}

function decodeQuoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Reads the JSON lines of a file, if it is there. */
export function jsonLines(path: string): readonly Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
