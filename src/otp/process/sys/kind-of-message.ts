import { CALL_TAG, CAST_TAG, type CallMsg, type CastMsg } from '../call.js';
import type { Message } from '../message.js';
import { Timer, TIMER_TAG } from '../process.js';

function tagOf(body: unknown, otherwise: string): string {
  if (typeof body !== 'object' || body === null) return otherwise;
  const { tag } = body as { readonly tag?: unknown };
  return typeof tag === 'string' ? tag : otherwise;
}

/**
 * A message's kind: its tag, or for calls and casts that of what they carry (`$call`, `$cast` where it has none). Asked
 * once per turn of every process, so by the tag alone: tags that start with `$` are the library's own.
 */
export function kindOfMessage(message: Message): string {
  const { tag } = message;
  switch (tag) {
    case CAST_TAG:
      return tagOf((message as CastMsg).body, tag);
    case CALL_TAG:
      return tagOf((message as CallMsg).request, tag);
    case TIMER_TAG:
      return message instanceof Timer ? message.message.tag : tag;
    default:
      return tag;
  }
}
