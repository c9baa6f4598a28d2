import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../model/document.js';
import { DOCS_STYLE } from './docs-style.js';

/**
 * The OpenAPI description as one page of plain HTML, for people: no script, no second file, no other host. All texts are
 * escaped.
 */
export function docsPage(document: JsonObject): string {
  const operations = operationsOf(document);
  const newer = operations.filter(({ path }) => path.startsWith('/api/V2/'));
  const older = operations.filter((operation) => !newer.includes(operation));
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>dog-trainer: the API</title><style>${DOCS_STYLE}</style></head><body>`,
    '<header><h1>dog-trainer: the API</h1>',
    '<p>Each line opens. Send <code>Authorization: Bearer TOKEN</code> where a scope is named and the server asks for ',
    'tokens; make one with <code>dog-trainer token create NAME --scope read</code>. The same for programs: ',
    '<a href="/api/V2/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>',
    '<nav><a href="#v2">V2</a> <a href="#v1">older paths</a> <a href="#schemas">schemas</a></nav></header><main>',
    `<h2 id="v2">V2</h2>${newer.map(operationHtml).join('')}`,
    `<h2 id="v1">Older paths</h2>${older.map(operationHtml).join('')}`,
    `<h2 id="schemas">Schemas</h2>${schemasHtml(document)}`,
    '</main></body></html>\n',
  ].join('');
}

/** Headers that let a browser load nothing but what the page itself holds. */
export const DOCS_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(DOCS_STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly said: JsonObject;
}

function operationsOf(document: JsonObject): readonly Operation[] {
  return entries(document['paths']).flatMap(([path, methods]) =>
    entries(methods).map(([method, said]) => ({ method: method.toUpperCase(), path, said: object(said) })),
  );
}

function operationHtml({ method, path, said }: Operation): string {
  const scope = text(said['x-scope']);
  const parameters = list(said['parameters']).map((parameter) => {
    const { name, in: place, required, description, schema } = object(parameter);
    const must = required === true ? 'required' : '';
    return row([code(text(name)), escape(text(place)), must, prose(text(description)), code(brief(schema))]);
  });
  const body = object(object(said['requestBody'])['content']);
  const [answers, refusals] = [new Array<string>(), new Array<string>()];
  for (const [status, { description, content }] of entries(said['responses'])) {
    const meaning = prose(text(description));
    const types = entries(content).map(([type, { schema }]) => `${code(type)} ${schemaLink(schema)}`);
    // Each refusal has the same body: the schema `error`.
    if (entries(content).some(([, { schema }]) => text(object(schema)['$ref']).endsWith('/error')))
      refusals.push(`${status} ${meaning}`);
    else answers.push(row([code(status), meaning, types.join('<br>')]));
  }
  return [
    `<details id="${escape(text(said['operationId']))}"><summary><b class="${method}">${method}</b> ${code(path)} `,
    `<span>${prose(text(said['summary']))}</span></summary>`,
    `<p>${scope === 'open' ? 'Needs no token.' : `Scope ${code(scope)}.`}</p>`,
    parameters.length === 0 ? '' : table(['parameter', 'in', '', 'meaning', 'type'], parameters),
    ...entries(body).map(([type, { schema }]) => `<p>Body: ${code(type)} ${schemaLink(schema)}</p>`),
    table(['status', 'meaning', 'body'], answers),
    refusals.length === 0 ? '' : `<p>Refusals: ${refusals.join('; ')}</p>`,
    '</details>',
  ].join('');
}

function schemasHtml(document: JsonObject): string {
  return entries(object(document['components'])['schemas'])
    .map(([name, schema]) => {
      const shown = escape(JSON.stringify(schema, null, 2));
      return `<details id="schema-${escape(name)}"><summary>${code(name)}</summary><pre>${shown}</pre></details>`;
    })
    .join('');
}

/** A schema of the document by its name, any other one in short. */
function schemaLink(schema: Json | undefined): string {
  const name = /^#\/components\/schemas\/(.+)$/.exec(text(object(schema)['$ref']))?.[1];
  if (name !== undefined) return `<a href="#schema-${escape(name)}">${escape(name)}</a>`;
  return schema === undefined ? '' : code(brief(schema));
}

const LONGEST = 400;

function brief(schema: Json | undefined): string {
  const { type, enum: values, ...more } = object(schema);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (typeof type === 'string' && Object.keys(more).length === 0) return type;
  const whole = JSON.stringify(schema ?? {});
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
}

function table(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((name) => `<th>${name}</th>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function code(of: string): string {
  return `<code>${escape(of)}</code>`;
}

/** A sentence, with what stands between backquotes as code. */
function prose(of: string): string {
  return of
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 0 ? escape(part) : code(part)))
    .join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(of: string): string {
  return of.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function object(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function entries(value: Json | undefined): readonly (readonly [string, JsonObject])[] {
  return Object.entries(object(value)).map(([name, inner]) => [name, object(inner)]);
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
