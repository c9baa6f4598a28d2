/** Headers that hold for one hop only (RFC 9110 section 7.6.1), by lower-case name. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * What a proxy passes on of raw headers (`[name, value, name, value, ...]`, as node gives and takes them): all but
 * those of one hop, those that `Connection` names, and those in `without` (lower case). Order, spelling and repeats
 * stay.
 */
export function endToEndHeaders(raw: readonly string[], without: readonly string[] = []): readonly string[] {
  const pairs = raw.flatMap((name, place) =>
    place % 2 === 0 ? [{ name, key: name.toLowerCase(), value: raw[place + 1] ?? '' }] : [],
  );
  const named = pairs.flatMap(({ key, value }) => (key === 'connection' ? value.toLowerCase().split(',') : []));
  const dropped = new Set([...without, ...named.map((name) => name.trim())]);
  return pairs.flatMap(({ name, key, value }) =>
    HOP_BY_HOP.has(key) || key.startsWith('proxy-') || dropped.has(key) ? [] : [name, value],
  );
}
