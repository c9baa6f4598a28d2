import type { ErlangTerm } from '../erlang-terms.js';
import { KEYS } from '../schema.js';
import type { ImportFindings } from './import-findings.js';
import { plainTerm } from './plain-term.js';
import type { Place, SettingReader } from './setting-reader.js';

const OPTIONS = 'must be a list of options such as [{cacertfile, "..."}, {verify, verify_peer}], or none';

/** Options of Erlang's ssl about trust and identity that this server does not support. */
const TRUST: Readonly<Record<string, string | undefined>> = {
  cacerts: 'must be in a file: cacertfile',
  cert: 'must be in a file: certfile',
  key: 'must be in a file: keyfile',
  certs_keys: 'must be in files: certfile and keyfile',
  password: 'the file of the private key must be without a password',
  verify_fun: 'must go: certificates are checked by cacertfile and verify alone',
  partial_chain: 'must go: certificates are checked by cacertfile and verify alone',
  crl_check: 'must go: lists of revoked certificates are not read',
  psk_identity: 'must go: there are only certificates',
  user_lookup_fun: 'must go: there are only certificates',
  customize_hostname_check: 'must go: the name in the certificate is checked as server_name_indication says',
};
const SPOKEN: ReadonlySet<unknown> = new Set(['tlsv1.2', 'tlsv1.3']);

/** Whether a connection used TLS, and its `broker.ssl_options.*`. Options that cannot be read leave TLS on. */
export function tlsValues(
  { from, file }: Place,
  options: ReadonlyMap<string, ErlangTerm>,
  reader: SettingReader,
  findings: ImportFindings,
): { readonly tls: boolean; readonly values: ReadonlyMap<string, unknown> } {
  const values = new Map<string, unknown>();
  const term = options.get('ssl_options');
  if (term === undefined || isOff(term)) {
    const name = options.has('ssl') ? 'ssl' : 'tls';
    const flag = options.get(name);
    if (flag === undefined) return { tls: false, values };
    const value = reader.value({ key: 'broker.tls', from: `${from}.${name}`, file, term: flag });
    return { tls: value !== false, values };
  }
  const place = { from: `${from}.ssl_options`, file };
  const list = reader.options(place, term, OPTIONS);
  for (const [name, value] of list?.values ?? []) {
    const at = { from: `${place.from}.${name}`, file };
    const wrong = TRUST[name] ?? (name === 'versions' ? oldVersions(value) : undefined);
    if (wrong !== undefined) findings.lose({ ...at, found: 'cannot be kept', wanted: wrong });
    else if (KEYS.has(`broker.ssl_options.${name}`)) {
      const key = `broker.ssl_options.${name}`;
      const read = reader.value({ ...at, key, term: value });
      if (read !== undefined) values.set(key, read);
    } else findings.note(at.from, name === 'versions' ? 'TLS 1.2 and 1.3 are spoken' : undefined);
  }
  if (list !== undefined && !list.values.has('verify')) {
    findings.warn(
      `${file}: ${place.from}.verify is not given: the broker's certificate is checked here; Erlang before 26 did not`,
    );
  }
  return { tls: true, values };
}

/** thumper and the client below it take `none` for no TLS, turtle `false`. */
function isOff(term: ErlangTerm) {
  return term.kind === 'atom' && ['none', 'false', 'undefined'].includes(term.name);
}

function oldVersions(term: ErlangTerm): string | undefined {
  const versions = plainTerm(term, true);
  const some = Array.isArray(versions) && versions.some((version) => SPOKEN.has(version));
  return some ? undefined : "must hold 'tlsv1.2' or 'tlsv1.3': no other version is spoken";
}
