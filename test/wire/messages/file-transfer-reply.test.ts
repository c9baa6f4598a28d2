import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseReply, type AgentReply } from '../../../src/wire/messages/file-transfer-reply.js';

function read(json: string): AgentReply {
  return parseReply(Buffer.from(json), 'text/json');
}

describe('parseReply', () => {
  it('gives a file as it is, also one that looks like an answer', () => {
    const bytes = Buffer.from('{"error":"enoent"}');
    expect(parseReply(bytes, 'application/octet-stream')).toEqual({ kind: 'file', bytes });
  });

  it.each<[string, AgentReply]>([
    ['["ok"]', { kind: 'ok', output: '' }],
    ['"ok"', { kind: 'ok', output: '' }],
    ['{"ok":["text\\n"]}', { kind: 'ok', output: 'text\n' }],
    ['{"ok":"text\\n"}', { kind: 'ok', output: 'text\n' }],
    ['{"ok":["a","b"]}', { kind: 'ok', output: 'ab' }],
    ['{"ok":[]}', { kind: 'ok', output: '' }],
    ['{"error":"enoent"}', { kind: 'error', text: 'enoent' }],
    ['"file_bad"', { kind: 'error', text: 'file_bad' }],
    ['"error"', { kind: 'error', text: 'error' }],
    ['["some_reason"]', { kind: 'error', text: 'some_reason' }],
    ['{"error":["no such thing\\n"]}', { kind: 'error', text: 'no such thing\n' }],
    ['{"error":{"exit_status":256}}', { kind: 'error', text: '', exitCode: 1 }],
    ['{"error":{"exit_status":9}}', { kind: 'error', text: '', exitCode: 9 }],
    ['{"response":"ok","stdout":["hi"],"exit_status":0}', { kind: 'ok', output: 'hi' }],
    ['{"response":"error","stderr":"no","exit_status":2}', { kind: 'error', text: 'no', exitCode: 2, stderr: 'no' }],
  ])('reads %s', (json, reply) => expect(read(json)).toEqual(reply));

  it('reads the captured answer to `exit 3`', () => {
    expect(parseReply(readFileSync('test/captures/agent-rpc-reply.bin'), 'text/json')).toEqual({
      kind: 'error',
      text: 'hello\nerr\n',
      exitCode: 3,
      stdout: 'hello\n',
      stderr: 'err\n',
    });
  });

  it.each(['', '{', 'null', '7', '{}', '{"response":"maybe"}'])('calls %j an error, and never throws', (json) => {
    expect(read(json)).toMatchObject({ kind: 'error', text: expect.stringContaining('the agent answered') as string });
  });

  it('calls bytes that are no text an error', () => {
    expect(parseReply(Buffer.of(0xff, 0xfe), undefined)).toMatchObject({ kind: 'error' });
  });
});
