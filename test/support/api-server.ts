import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActorEvent } from '../../src/events/actor-event.js';
import { EventBook } from '../../src/events/event-book.js';
import type { ServerEvent } from '../../src/events/server-event.js';
import { mayStillRead } from '../../src/http/access/authorize.js';
import { StreamRoom } from '../../src/http/events/stream-room.js';
import { createApp } from '../../src/http/app.js';
import type { ApiNeeds } from '../../src/http/answer-call.js';
import type { ApiConfig, HttpConfig } from '../../src/http/http-config.js';
import { startHttpServer } from '../../src/http/server.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { createMetrics, type Metrics } from '../../src/metrics/create-metrics.js';
import { FakeRuntime } from './fake-runtime.js';

export const TEST_API: ApiConfig = {
  host: '127.0.0.1',
  allowed_hosts: [],
  auth: 'none',
  commands: true,
  unknown_references: undefined,
  max_body_bytes: 8 * 1024 * 1024,
  max_body_depth: 100,
  max_body_values: 500_000,
  max_object_members: 20_000,
  max_body_characters: 8 * 1024 * 1024,
  max_upload_bytes: 16 * 1024 * 1024,
  request_timeout_ms: 30_000,
  headers_timeout_ms: 10_000,
  keep_alive_timeout_ms: 5_000,
  max_connections: 10_000,
  auth_failures_per_minute: 60,
};

/** The rest of the configuration that the API reads. */
export const TEST_HTTP_CONFIG = {
  data_dir: join(tmpdir(), 'dog-trainer-test-uploads'),
  env: 'qa',
  version: '0.0.0',
  generate_unset_tables: true,
  command_execution_timeout_ms: 10_000,
  file_transfer_timeout_ms: 30_000,
  file_delete_timeout_ms: 5000,
  max_block_size_bytes: 1024 * 1024,
  ec2: { mode: 'off' },
  plan: { keep_seconds: 3600, kept_max: 100, writes_max: 1000 },
} as const;

export interface ApiServer {
  readonly url: string;
  readonly port: number;
  readonly store: Store;
  readonly runtime: FakeRuntime;
  /** Every log line, as an object with its message. */
  readonly lines: readonly Record<string, unknown>[];
  readonly metrics: Metrics;
  readonly events: EventBook<ServerEvent>;
  readonly actorEvents: EventBook<ActorEvent>;
  /** At most three, with a heartbeat every 20 ms. */
  readonly streams: StreamRoom;
  close(): Promise<void>;
}

/** The API on a real port, with the embedded store in memory and a runtime without actors. */
export async function startApiServer(
  api: Partial<ApiConfig> = {},
  {
    store = undefined,
    ...config
  }: Partial<Omit<HttpConfig, 'api'>> & {
    /** One that is shared with another server; closing it stays with the caller. */
    readonly store?: Store | undefined;
  } = {},
): Promise<ApiServer> {
  const metrics = createMetrics();
  const own = store ?? (await createSqliteStore({ path: ':memory:' }));
  const runtime = new FakeRuntime(own);
  const lines: Record<string, unknown>[] = [];
  const log = (level: string) => (fields: object, msg: string) => void lines.push({ level, ...fields, msg });
  const kept = { most: 100, now: () => Date.now() };
  const events = new EventBook<ServerEvent>(kept);
  const actorEvents = new EventBook<ActorEvent>(kept);
  const whole = { ...TEST_HTTP_CONFIG, ...config, api: { ...TEST_API, ...api } };
  const clock = { now: () => Date.now() };
  const streams = new StreamRoom({
    most: 3,
    heartbeatMs: 20,
    mayListen: (request) => mayStillRead({ store: own, config: whole, clock }, request),
  });
  const needs: ApiNeeds = {
    store: own,
    config: whole,
    settings: [],
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    clock,
    metrics,
    operations: () => runtime,
    events,
    actorEvents,
    streams,
  };
  const server = await startHttpServer(createApp(needs), { ...needs.config.api, host: '127.0.0.1', port: 0 });
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    store: own,
    runtime,
    lines,
    metrics,
    events,
    actorEvents,
    streams,
    close: async () => {
      streams.close('the server stops');
      await server.close(1000);
      if (store === undefined) await own.close();
    },
  };
}
