import { draftStore, type DraftStore } from '../../store/draft-store.js';
import { isList } from '../../model/validate.js';
import { byId } from '../documents/find-document.js';
import { serviceOf } from '../documents/services.js';
import { checkIfMatch, entityTag } from '../documents/preconditions.js';
import { ApiError } from '../errors.js';
import type { Reply } from '../reply.js';
import type { Call } from '../route.js';
import { createInV2, removeDocumentReply, updateDocumentReply } from '../routes/document-handlers.js';
import type { PlannedWrite } from './read-writes.js';

/** What a write was answered with in the draft. */
export interface DraftedWrite {
  readonly write: PlannedWrite;
  readonly status: number;
  /** The path of the document that it made or changed. */
  readonly location?: string;
}

/** All writes made one after another in a draft, and the draft. */
export interface Drafted {
  readonly draft: DraftStore;
  readonly writes: readonly DraftedWrite[];
  /** Its documents were checked as writes of them would be, and are to be checked again before they are stored. */
  readonly checked?: true;
}

/** `call` as it sees a draft: nothing that it does reaches the store. */
export function draftCall(call: Call, draft: DraftStore, more: Partial<Call> = {}): Call {
  const { deps } = call;
  const { foresight, dialect } = deps.runtime;
  return {
    ...call,
    // Nothing is written: nobody is to wait for it, and what it would break the plan shows.
    deps: {
      ...deps,
      store: draft,
      runtime: { dialect, foresight, commitPolicy: (_, changes, { author }) => draft.commit(changes, { author }) },
    },
    // The draft is this call's alone.
    exclusive: (work) => work(),
    ...more,
  };
}

/**
 * Makes the writes in a draft, with all that checks them. The first that is refused throws its refusal, with its place
 * as `index`. `headers`: what each is sent with, such as `if-match`.
 */
export async function draftWrites(
  call: Call,
  writes: readonly PlannedWrite[],
  headers: Call['headers'] = {},
): Promise<Drafted> {
  const draft = draftStore(call.deps.store);
  const made: DraftedWrite[] = [];
  for (const [index, write] of writes.entries()) {
    try {
      const { status, headers: answered } = await answer(call, draft, write, {
        ...headers,
        ...(await tagToMatch(call, write)),
      });
      const { location } = answered;
      made.push({ write, status, ...(location === undefined ? {} : { location }) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { code, body, message, headers: told } = error;
      const { etag } = told;
      throw new ApiError(
        code,
        {},
        {
          text: message,
          headers: told,
          body: {
            ...body,
            // That of a fault leads to the value; `path` is the write's here.
            ...(isList(body['path']) ? { value_path: body['path'] } : {}),
            ...(etag === undefined ? {} : { etag }),
            index,
            path: write.path,
            method: write.method,
          },
        },
      );
    }
  }
  return { draft, writes: made };
}

/**
 * Checks the tag that a write names, against the document as it is in the store: writes before it in the same list may
 * have changed it in the draft, to a tag that nobody can know. What the store does not have is left to the write itself.
 */
async function tagToMatch(call: Call, { resource, id, ifMatch }: PlannedWrite): Promise<Call['headers']> {
  if (ifMatch === undefined) return {};
  const stored = id === undefined ? undefined : await byId(call.deps.store, resource, id);
  if (stored === undefined) return { 'if-match': ifMatch };
  checkIfMatch(ifMatch, entityTag(stored));
  return {};
}

async function answer(
  call: Call,
  draft: DraftStore,
  { method, resource, id, body }: PlannedWrite,
  headers: Call['headers'],
): Promise<Reply> {
  const service = serviceOf(resource, 'v2');
  const params = id === undefined ? {} : { id };
  const one = draftCall(call, draft, {
    method,
    version: 'v2',
    params,
    headers,
    body,
    query: new URLSearchParams(),
  });
  switch (method) {
    case 'POST':
      return createInV2(one, service);
    case 'PUT':
      return updateDocumentReply(one, service);
    case 'DELETE':
      return removeDocumentReply(one, service);
  }
}
