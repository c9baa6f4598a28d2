import { useState } from 'preact/hooks';
import type { Json, JsonObject } from '../../../../model/document.js';
import { REDACTED } from '../../../../model/redacted.js';
import { isObject } from '../../../../model/validate.js';
import { hasPassword, lacksPassword, PASSWORD_TYPED, typePassword } from '../../../draft/link-password.js';
import { CheckField, SelectField, TextField } from '../../../parts/field.js';
import { wrongAt, type Edited } from '../use-document.js';
import { NameField } from './doc-text.js';

export function LinkForm({ edited }: { edited: Edited }) {
  const { doc = {} } = edited;
  const connection = objectOf(doc['connection']);
  const tls = objectOf(connection['ssl_options']);
  const connect = (parts: JsonObject) => edited.change({ ...doc, connection: { ...connection, ...parts } });
  const secure = (parts: JsonObject) => connect({ ssl_options: { ...tls, ...parts } });
  const text = (field: string, label: string, hint?: string) => (
    <PartText
      label={label}
      {...(hint === undefined ? {} : { hint })}
      value={connection[field]}
      wrong={wrongAt(edited, ['connection', field])}
      onValue={(value) => connect({ [field]: value })}
    />
  );
  const number = (of: JsonObject, path: readonly string[], label: string, put: (parts: JsonObject) => void) => (
    <TextField
      label={label}
      type="number"
      value={said(of[path.at(-1) ?? ''])}
      wrong={wrongAt(edited, path)}
      onValue={(value) => put({ [path.at(-1) ?? '']: value === '' ? value : Number(value) })}
    />
  );
  const file = (field: string, label: string) => (
    <PartText
      label={label}
      value={tls[field]}
      wrong={wrongAt(edited, ['connection', 'ssl_options', field])}
      onValue={(value) => secure({ [field]: value })}
    />
  );
  return (
    <div class="stack">
      <div class="two">
        <NameField edited={edited} hint="The environment: one or two of letters, digits, _ . and -" />
        <SelectField
          label="Direction"
          value={said(doc['direction'])}
          wrong={wrongAt(edited, ['direction'])}
          choices={[
            ['bidirectional', 'Both ways'],
            ['inbound', 'Takes in only'],
            ['outbound', 'Sends only'],
          ]}
          onValue={(direction) => edited.change({ ...doc, direction })}
        />
        <SelectField
          label="Names of its sets"
          value={said(doc['address_handling'])}
          wrong={wrongAt(edited, ['address_handling'])}
          choices={[
            ['prefix', 'With the name of the environment before them'],
            ['union', 'Added to ours of the same name'],
          ]}
          onValue={(handling) => edited.change({ ...doc, address_handling: handling })}
        />
        <CheckField
          label="On"
          value={doc['enabled'] === true}
          onValue={(enabled) => edited.change({ ...doc, enabled })}
        />
        {number(doc, ['stale_seconds'], 'Stale after so many seconds of silence', (parts) =>
          edited.change({ ...doc, ...parts }),
        )}
        {number(doc, ['max_stale_seconds'], 'Sets go after so many seconds of silence', (parts) =>
          edited.change({ ...doc, ...parts }),
        )}
      </div>
      <h3>Its broker</h3>
      <div class="two">
        {text('host', 'Host')}
        {number(connection, ['connection', 'port'], 'Port', connect)}
        {number(connection, ['connection', 'api_port'], 'Port of its management API', connect)}
        {text('virtual_host', 'Virtual host')}
        {text('user', 'User')}
        <Password edited={edited} stored={edited.entry?.base !== null} onTyped={(password) => connect({ password })} />
      </div>
      <h3>TLS</h3>
      <CheckField label="With TLS" value={connection['tls'] !== false} onValue={(value) => connect({ tls: value })} />
      <div class="two">
        {file('cacertfile', 'File of its authority')}
        {file('certfile', 'File of our certificate')}
        {file('keyfile', 'File of our key')}
        {file('server_name_indication', 'Name on its certificate')}
        <SelectField
          label="Who it is"
          value={said(tls['verify'])}
          wrong={wrongAt(edited, ['connection', 'ssl_options', 'verify'])}
          choices={[
            ['verify_peer', 'is verified'],
            ['verify_none', 'is not verified'],
          ]}
          onValue={(verify) => secure({ verify })}
        />
        <CheckField
          label="Refused without a certificate"
          value={tls['fail_if_no_peer_cert'] === true}
          onValue={(value) => secure({ fail_if_no_peer_cert: value })}
        />
      </div>
    </div>
  );
}

interface PasswordProps {
  readonly edited: Edited;
  /** The server has one. */
  readonly stored: boolean;
  readonly onTyped: (password: string) => void;
}

/** It is never shown. What is typed stays in the memory of this page until it is applied; the draft has a mark in its place. */
function Password({ edited, stored, onTyped }: PasswordProps) {
  const { id } = edited;
  const [typed, setTyped] = useState('');
  const missing = edited.entry !== undefined && lacksPassword(edited.entry);
  return (
    <TextField
      label="Password"
      type="password"
      value={typed}
      hint={
        hasPassword(id)
          ? 'What you typed is sent when the draft is planned'
          : stored
            ? 'It stays what it is unless you type another one'
            : 'It is not kept with the draft'
      }
      wrong={
        wrongAt(edited, ['connection', 'password']) ??
        (missing ? (stored ? 'Type it again: it is not kept' : 'Type the password') : undefined)
      }
      onValue={(value) => {
        setTyped(value);
        typePassword(id, value);
        onTyped(value === '' ? REDACTED : PASSWORD_TYPED);
      }}
    />
  );
}

function PartText({
  label,
  hint,
  value,
  wrong,
  onValue,
}: {
  label: string;
  hint?: string;
  value: Json | undefined;
  wrong: string | undefined;
  onValue: (value: string) => void;
}) {
  return (
    <TextField
      label={label}
      {...(hint === undefined ? {} : { hint })}
      value={said(value)}
      wrong={wrong}
      onValue={onValue}
    />
  );
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function said(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
