import type { RefusedReport } from '../actors/intake/refused-reports.js';
import type { Json } from '../model/document.js';

/** A host whose reports are refused, as `GET /api/V2/hosts/refused` lists it, newest first. Times are epoch seconds. */
export interface RefusedHost extends RefusedReport {
  /** Of the host with this hostkey; null: there is none. */
  readonly id: string | null;
}

/** A message that was refused, as `GET /api/V2/refused` lists it (docs/http-api.md#refused-messages). */
export interface RefusedLine {
  readonly id: string;
  /** Epoch seconds. */
  readonly at: number;
  /** The queue that it came from. */
  readonly queue: string;
  readonly kind: RefusedKind;
  /** The hostkey that it names; null: that could not be read. */
  readonly from: string | null;
  /** A word to count by, such as `malformed`, and one sentence. */
  readonly reason: string;
  readonly detail: string;
  /** Of the whole body, however much of it is kept. */
  readonly bytes: number;
}

/** `report`: an agent's report that was not taken. `dead letter`: one that its host's actor failed on again and again. */
export type RefusedKind = 'report' | 'dead letter';

export interface RefusedList {
  /** Since this server began to lead. */
  readonly total: number;
  /** As many as `messages` has: what was not discarded, and did not have to make room. */
  readonly kept: number;
  /** Newest first. */
  readonly messages: readonly RefusedLine[];
}

/** One refused message with what it says. Hidden characters are written as `\u{202E}`, secrets as `(secret)`. */
export interface RefusedMessage extends RefusedLine {
  /** The Erlang term or JSON of the body (docs/http-api.md#refused-messages); null: it is neither. */
  readonly decoded: Json | null;
  /** The body as text, bytes that are none as `\x00`; null: it is decoded. */
  readonly text: string | null;
  /** Whether more was sent than is shown. */
  readonly cut: boolean;
}
