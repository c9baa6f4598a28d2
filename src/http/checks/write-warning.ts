import type { Json } from '../../model/document.js';
import type { WriteWarning } from '../../resources/checks/finding.js';

/** Most warnings in one answer; more are left out. */
const MOST_NAMED = 100;

/** As the added member `warnings` of an answer of v2. */
export function warningsJson(warnings: readonly WriteWarning[]): Json {
  return warnings.slice(0, MOST_NAMED).map(({ path, value, reason }) => ({ path, value, reason }));
}

/** Most characters of the header. */
const MOST_CHARACTERS = 1000;

/** As the header `x-dog-warning`, in printable ASCII; empty without warnings. */
export function warningHeaders(warnings: readonly WriteWarning[]): Readonly<Record<string, string>> {
  if (warnings.length === 0) return {};
  const texts = warnings
    .slice(0, 5)
    .map(({ path, value, reason }) => `${path.join('.')} ${JSON.stringify(value)}: ${reason}`);
  if (warnings.length > texts.length) texts.push(`and ${warnings.length - texts.length} more`);
  const text = texts.join('; ').replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return { 'x-dog-warning': text.slice(0, MOST_CHARACTERS) };
}
