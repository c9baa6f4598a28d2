const MOST_NAMED = 10;

/** What the alarm `intake.addresses` says of hosts whose reports are refused for their addresses; none: no alarm. */
export function addressAlarm(hostkeys: readonly string[]): string | undefined {
  if (hostkeys.length === 0) return undefined;
  const named = hostkeys.slice(-MOST_NAMED).map((hostkey) => JSON.stringify(hostkey.slice(0, 60)));
  const more = hostkeys.length - named.length;
  return `reports with addresses that no host can own, or with too many, are refused; GET /api/V2/hosts/refused says why. Hostkeys: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
