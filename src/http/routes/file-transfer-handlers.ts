import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Json, JsonObject } from '../../model/document.js';
import type { Store } from '../../store/store.js';
import type { ApiConfig } from '../http-config.js';
import { CommandError, type CommandCaller, type Commands, type Operations } from '../../operations/operations.js';
import { sentObject } from '../documents/sent-object.js';
import { ApiError } from '../errors.js';
import { bodyMediaType, JSON_TYPE } from '../media-type.js';
import { bodyBounds, readJsonBody, type BodyLimits } from '../read-json-body.js';
import { readForm } from '../read-form.js';
import { emptyReply, jsonReply, streamReply, type Reply } from '../reply.js';
import type { Call } from '../route.js';

export interface FileTransferNeeds {
  readonly store: Pick<Store, 'find'>;
  readonly config: {
    readonly data_dir: string;
    readonly api: Pick<ApiConfig, 'commands' | 'max_upload_bytes' | 'max_body_bytes'> & BodyLimits;
  };
  readonly operations: () => Pick<Operations, 'commands'>;
}

const FORM_TYPE = 'multipart/form-data';
const UNKNOWN = 'Hostkey not found';

/** The port to the hosts, if commands are allowed. */
function commandsOf({ config, operations }: FileTransferNeeds): Commands {
  if (!config.api.commands) throw new ApiError('commands_off');
  return operations().commands;
}

function callerOf({ author }: Call): CommandCaller {
  return author === 'anonymous' ? {} : { apiUser: author };
}

async function hostExists({ params }: Call, { store }: FileTransferNeeds): Promise<boolean> {
  return (await store.find('host', 'hostkey', params['hostkey'] as string)).length > 0;
}

/**
 * Answers POST: a command as JSON, files as a form. An unknown hostkey is answered before anything else is checked, in
 * the way that clients expect: 200 for a command, 403 with the bare text for files.
 */
export async function postToHost(call: Call, needs: FileTransferNeeds): Promise<Reply> {
  const type = bodyMediaType(call.headers['content-type']);
  const known = await hostExists(call, needs);
  if (type === JSON_TYPE) {
    return known ? runCommand(call, needs) : resultOf(call, { retcode: 1, stdout: [], stderr: UNKNOWN });
  }
  if (type === FORM_TYPE) return known ? storeFiles(call, needs) : jsonReply(UNKNOWN, 403);
  throw new ApiError('unsupported_media_type', { wanted: `${JSON_TYPE} or ${FORM_TYPE}` });
}

/** The result of a command on the host in the path. */
function resultOf({ params }: Call, result: JsonObject): Reply {
  return jsonReply({ [params['hostkey'] as string]: result });
}

/** Always 200: clients look at `retcode`, and use `stderr.error` as the output of a failed command. */
async function runCommand(call: Call, needs: FileTransferNeeds): Promise<Reply> {
  const commands = commandsOf(needs);
  const hostkey = call.params['hostkey'] as string;
  const { api } = needs.config;
  const {
    command,
    use_shell: shell = 'false',
    user,
  } = sentObject(await readJsonBody(call.incoming, api.max_body_bytes, bodyBounds(api)));
  if (typeof command !== 'string' || command === '')
    throw new ApiError('bad_request', { reason: 'command must be a string' });
  if (shell !== 'true' && shell !== 'false') {
    throw new ApiError('bad_request', { reason: 'use_shell must be the string "true" or "false"' });
  }
  if (user !== undefined && typeof user !== 'string')
    throw new ApiError('bad_request', { reason: 'user must be a string' });
  const options = { ...callerOf(call), useShell: shell === 'true', ...(user === undefined ? {} : { user }) };
  const answer = await commands.execute(hostkey, command, options).catch(agentSilent);
  if (answer.ok) return resultOf(call, { retcode: 0, stdout: answer.value.trim(), stderr: {} });
  return resultOf(call, { retcode: 1, stdout: '', stderr: { error: answer.error } });
}

/** Treats a host that does not answer in time, or can't be reached, as one that answered with an error. */
function agentSilent(error: unknown): { readonly ok: false; readonly error: Json } {
  if (!(error instanceof CommandError)) throw error;
  return { ok: false, error: error.code === 'timeout' ? 'timeout' : error.message };
}

/** The files are on disk, whole, before the first is sent: agents are told with each block how many there are. */
async function storeFiles(call: Call, needs: FileTransferNeeds): Promise<Reply> {
  const commands = commandsOf(needs);
  const hostkey = call.params['hostkey'] as string;
  const { api, data_dir: data } = needs.config;
  const files = await readForm(call.incoming, {
    limit: api.max_upload_bytes,
    directory: join(data, 'uploads'),
    checkName: (name) => void hostPath(name, 'file name'),
  });
  try {
    for (const { name, content } of files) await commands.sendFile(hostkey, name, content, callerOf(call));
  } finally {
    for (const { content } of files) await content.close();
  }
  return jsonReply(
    files.map(({ field, name, type }) => ({
      'content-disposition': `form-data; name="${field}"; filename="${name}"`,
      'content-type': type,
    })),
  );
}

/** Answers GET: the file's bytes as they come, or the host's error as JSON, both with 200. */
export async function fetchFile(call: Call, needs: FileTransferNeeds): Promise<Reply> {
  const path = queryPath(call);
  if (!(await hostExists(call, needs))) return jsonReply({ error: UNKNOWN });
  const commands = commandsOf(needs);
  const answer = await commands.fetchFile(call.params['hostkey'] as string, path, callerOf(call)).catch(agentSilent);
  if (!answer.ok) return jsonReply({ error: answer.error });
  const { size, pieces } = answer.value;
  // One piece at a time is asked of the host.
  const bytes = Readable.from(pieces, { objectMode: false, highWaterMark: 1 });
  return streamReply(bytes, size, 'application/octet-stream');
}

/** Answers GET: files on their way. */
export function listTransfers(_call: Call, needs: FileTransferNeeds): Reply {
  return jsonReply(
    commandsOf(needs)
      .transfers()
      .map((transfer) => ({ ...transfer })),
  );
}

/** Answers DELETE: 204, or 500 with the host's error. */
export async function deleteFile(call: Call, needs: FileTransferNeeds): Promise<Reply> {
  const path = queryPath(call);
  if (!(await hostExists(call, needs))) throw new ApiError('unknown_hostkey');
  const commands = commandsOf(needs);
  const answer = await commands.deleteFile(call.params['hostkey'] as string, path, callerOf(call)).catch(agentSilent);
  if (answer.ok) return emptyReply;
  const reason = answer.error === 'timeout' ? 'agent_timeout' : answer.error;
  throw new ApiError('agent_error', { reason: typeof reason === 'string' ? reason : JSON.stringify(reason) });
}

function queryPath({ query }: Call): string {
  const path = query.get('path');
  if (path === null)
    throw new ApiError('bad_parameter', { name: 'path', reason: 'name the file by its absolute path' });
  return hostPath(path, 'path');
}

/** A path on a host: absolute, without `..` or NUL, not a directory. Throws 400. */
function hostPath(path: string, what: string): string {
  const wrong = (reason: string) => new ApiError('bad_request', { reason: `${what}: ${reason}` });
  if (!path.startsWith('/')) throw wrong('it must be an absolute path');
  if (path.includes('\0')) throw wrong('it holds a NUL');
  if (path.split('/').includes('..')) throw wrong('it must not hold ".."');
  if (path.endsWith('/')) throw wrong('it names a directory');
  return path;
}
