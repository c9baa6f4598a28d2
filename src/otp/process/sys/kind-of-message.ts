import { CallMsg, CastMsg } from '../call.js';
import type { Message } from '../message.js';
import { Revocable, Timer } from '../process.js';

function tagOf(body: unknown, otherwise: string): string {
  if (typeof body !== 'object' || body === null) return otherwise;
  const { tag } = body as { readonly tag?: unknown };
  return typeof tag === 'string' ? tag : otherwise;
}

/** A message's kind: its tag, or for calls and casts that of what they carry (`$call`, `$cast` where it has none). */
export function kindOfMessage(message: Message): string {
  if (message instanceof CastMsg) return tagOf(message.body, message.tag);
  if (message instanceof CallMsg) return tagOf(message.request, message.tag);
  if (message instanceof Revocable) return message instanceof Timer ? message.message.tag : message.tag;
  return message.tag;
}
