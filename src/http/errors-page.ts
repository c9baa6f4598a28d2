import { ERRORS, type ErrorKind } from './errors.js';

/** The page docs/errors.md, made from the table of errors; a test keeps both equal. */
export function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, kind]) => `| \`${code}\` | ${statuses(kind)} | ${cell(kind.text)} | ${cell(kind.advice)} |`,
  );
  return [
    '# Errors of the API',
    '',
    'Made from `src/http/errors.ts`; do not edit by hand (`UPDATE_DOCS=1 npx vitest run test/http/errors-page.test.ts`).',
    '',
    'Every refusal is a JSON object with `error`, a string, and `code`, the stable name below; what some have besides is',
    'named in the last column. Words in braces are filled in.',
    '',
    '| code | status | error | what to do |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function statuses({ status, v1, put }: ErrorKind): string {
  const others = [...(v1 === undefined ? [] : [`${v1} in v1`]), ...(put === undefined ? [] : [`${put} on PUT`])];
  return [String(status), ...others].join(', ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
