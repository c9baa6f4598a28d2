/** The text of the last moment that was asked for: a server that is busy logs many lines in one. Made anew for any other. */
let [moment, text] = [NaN, ''];

/** What pino's `isoTime` gives, the member `time` of a line. */
export function isoTime(): string {
  const now = Date.now();
  if (now !== moment) [moment, text] = [now, `,"time":"${new Date(now).toISOString()}"`];
  return text;
}
