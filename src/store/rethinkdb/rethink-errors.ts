import { isRethinkDBError, RethinkDBErrorType } from 'rethinkdb-ts';
import { StoreError } from '../store.js';

/** What a query was for: a write that was cut off may have been done. */
export type Purpose = 'read' | 'write';

/** The `StoreError` for what the driver reported. `where` names the server, e.g. `rethinkdb db1:28015`. */
export function rethinkError(error: unknown, where: string, purpose: Purpose): StoreError {
  if (error instanceof StoreError) return error;
  const detail = firstLine(error);
  const cause = { cause: error };
  const type = isRethinkDBError(error) ? error.type : RethinkDBErrorType.UNKNOWN;
  switch (type) {
    case RethinkDBErrorType.RESOURCE_LIMIT:
      return new StoreError('full', `${where}: ${detail}`, cause);
    case RethinkDBErrorType.PERMISSION_ERROR:
      return new StoreError('refused', `${where}: ${detail}`, cause);
    case RethinkDBErrorType.QUERY_LOGIC:
    case RethinkDBErrorType.NON_EXISTENCE:
    case RethinkDBErrorType.AUTH:
      return new StoreError('incompatible', `${where}: ${detail}`, cause);
    case RethinkDBErrorType.OP_FAILED:
      return new StoreError('unavailable', `${where}: ${detail}`, cause);
    default:
      // A feed that may not be read comes as an internal error with the same words.
      if (PERMISSION.test(detail)) return new StoreError('refused', `${where}: ${detail}`, cause);
      return new StoreError(purpose === 'write' ? 'unknown_outcome' : 'unavailable', `${where}: ${detail}`, cause);
  }
}

const PERMISSION = /does not have the required `\w+` permission/;

/** Whether a table or an index that a query names is not there, or the whole database. */
export function isGone(error: StoreError): boolean {
  return (
    error.code === 'unavailable' &&
    /(?:Table|Database) `.+` does not exist|Index `.+` was not found/.test(error.message)
  );
}

/** Whether the server answered, and said that it will not do this with the table: no outage, and no fault of the query. */
export function isRefusal(error: StoreError): boolean {
  const { code, cause } = error;
  if (code === 'refused' || code === 'full') return true;
  return code === 'unavailable' && isRethinkDBError(cause) && cause.type === RethinkDBErrorType.OP_FAILED;
}

/**
 * Says why no connection could be made, and what to look at. Whatever it is, it may be put right at either end while
 * this server waits, so it is an outage like any other. `where` names the server, `user` is who logs in there.
 */
export function dialError(error: unknown, where: string, login: { readonly user: string; readonly tls: boolean }) {
  if (error instanceof StoreError) return error;
  const { user, tls } = login;
  const detail = firstLine(error);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const type = isRethinkDBError(error) ? error.type : undefined;
  let says = detail;
  if (isRethinkDBError(error) && type === RethinkDBErrorType.AUTH && error.cause instanceof SyntaxError)
    // The driver calls it a refused login too, but what it was told in is another language.
    says = `it does not answer as a RethinkDB does from 2.3 on: an older one, or not its driver port? It says: ${shown(detail)}`;
  else if (type === RethinkDBErrorType.AUTH)
    says = `the login as ${user} was refused (rethinkdb_username, rethinkdb_password): ${detail}`;
  else if (CERTIFICATE.test(code)) {
    const key = code.includes('ALTNAME') || code === 'HOSTNAME_MISMATCH' ? NAMES : 'store.cacertfile';
    says = `the server's certificate is not trusted (see ${key}): ${detail} (${code})`;
  } else if (tls && code.startsWith('ERR_SSL_'))
    says = `no TLS connection could be made; is this port without TLS (store.tls)? (${code})`;
  else if (!tls && type === RethinkDBErrorType.CONNECTION) says = `${detail}; does this port want TLS (store.tls)?`;
  return new StoreError('unavailable', `${where}: ${says}`, { cause: error });
}

const NAMES = 'the names in store.servers or rethinkdb_host, which must be in it';

/** Codes of OpenSSL (X509_V_ERR without its prefix) and of Node for a certificate that is refused. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT)|CRL_|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH/;

/** What a stranger said, fit for a log and a terminal. */
function shown(text: string): string {
  const plain = text.replace(/\p{Cc}/gu, '');
  return plain.length > MOST_SHOWN ? `${plain.slice(0, MOST_SHOWN)}…` : plain;
}

const MOST_SHOWN = 200;

/** The driver adds the query, many lines of it, to what the server said. */
function firstLine(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  return text.replace(/(?: in)?:? *$/, '');
}

/** For a step before the commit is decided: whether it succeeded or not, the commit as a whole wrote nothing. */
export function nothingWritten(error: unknown): unknown {
  if (!(error instanceof StoreError) || error.code !== 'unknown_outcome') return error;
  return new StoreError('unavailable', error.message, { cause: error });
}
