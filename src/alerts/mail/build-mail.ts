import type { Letter } from './compose-letter.js';

/** A mail ready to go: its bytes are the same in every try, so that its Message-ID is. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly bytes: Uint8Array;
}

/**
 * Writes the mail with real headers: Date (`at`, epoch milliseconds), Message-ID, MIME, and a mark that no human wrote it
 * (RFC 3834).
 */
export async function buildMail(
  letter: Letter,
  { from, to }: { readonly from: string; readonly to: readonly string[] },
  at: number,
): Promise<Mail> {
  // Loaded with the first mail: most servers send none for weeks.
  const { createTransport } = await import('nodemailer');
  const builder = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message } = await builder.sendMail({
    from,
    to: [...to],
    text: letter.text,
    date: new Date(at),
    headers: { Subject: subjectHeader(letter.subject), 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { from, to, bytes: message as Buffer };
}

/** Plain text goes as it is, so that filters on well-known subjects go on working; the rest as encoded words. */
function subjectHeader(
  subject: string,
): string | { readonly prepared: true; readonly foldLines: true; readonly value: string } {
  const plain = /^[\x20-\x7e]*$/.test(subject) && !subject.includes('=?');
  return plain ? { prepared: true, foldLines: true, value: subject } : subject;
}
