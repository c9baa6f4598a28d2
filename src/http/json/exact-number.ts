/** A double keeps every number of this many significant digits exactly. */
const SAFE_DIGITS = 15;

/**
 * Whether a number's digits keep their value as a double. Whole numbers beyond 2^53 may not: they are
 * rounded to the next double, an id to another id. Fractions are rounded by every reader of JSON (RFC 8259 section 6),
 * and pass.
 * @param digits a JSON number whose value is within a double's range
 */
export function isKept(digits: string): boolean {
  // Most numbers are short.
  if (digits.length <= SAFE_DIGITS) return true;
  const given = wholeOf(digits);
  return given === undefined || given === wholeOf(String(Number(digits)));
}

/** A cheap check for numbers that might not be kept: long runs of digits, even inside strings. */
export const MAY_BE_ALTERED = /[0-9.]{16}/;

/** The digits of a whole number, its zeros at the end too; undefined: it has a fraction. */
function wholeOf(number: string): string | undefined {
  const [, whole = '', fraction = '', exponent = '0'] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const kept = fraction.replace(/0+$/, '');
  const digits = `${whole}${kept}`.replace(/^0+/, '');
  if (digits === '') return '0';
  const zeros = Number(exponent) - kept.length;
  const significant = digits.replace(/0+$/, '');
  const more = digits.length - significant.length + zeros;
  return more < 0 ? undefined : `${significant}e${more}`;
}
