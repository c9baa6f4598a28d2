import type { BrokerConnection, Delivery } from '../../src/broker/broker.js';
import { stampAt } from '../../src/wire/messages/envelope.js';
import { encodeIpsets } from '../../src/wire/messages/ipsets.js';
import { decodeReport, type Report } from '../../src/wire/messages/report.js';
import type { RulesetTexts } from '../../src/wire/messages/rules-payload.js';
import { encodeRuleset } from '../../src/wire/messages/ruleset.js';

/** The server's end of the agent protocol, by hand: what it heard, and sending. Exists before agents do. */
export interface TestServer {
  readonly bodies: readonly Buffer[];
  /** Those that can be decoded. */
  readonly reports: readonly Report[];
  publish(exchange: string, routingKey: string, body: Uint8Array): Promise<void>;
  sendRuleset(routingKey: string, texts: Partial<RulesetTexts>): Promise<void>;
  sendIpsets(text: string): Promise<void>;
  /** Sends a request and waits for the answer; `undefined` after `ms`. */
  ask(hostkey: string, body: Uint8Array, ms: number): Promise<Delivery | undefined>;
}

const NONE: RulesetTexts = {
  ruleset4_ipset: false,
  ruleset6_ipset: false,
  ruleset4_iptables: false,
  ruleset6_iptables: false,
};

const EXCHANGES = [
  ['ips', 'topic'],
  ['config', 'direct'],
  ['iptables', 'topic'],
  ['ipsets', 'fanout'],
  ['file_transfer', 'topic'],
] as const;

export async function startTestServer(connection: BrokerConnection): Promise<TestServer> {
  for (const [name, type] of EXCHANGES) await connection.declareExchange({ name, type, durable: true });
  await connection.declareQueue({ name: 'ips', durable: true, autoDelete: false, exclusive: false });
  await connection.bindQueue('ips', 'ips', '#');
  const bodies: Buffer[] = [];
  const reports: Report[] = [];
  await connection.consume('ips', { prefetch: 10 }, (delivery) => {
    bodies.push(Buffer.from(delivery.body));
    try {
      reports.push(decodeReport(delivery.body));
    } catch {
      // A malformed one: it is in `bodies`.
    }
    delivery.ack();
  });
  const publish: TestServer['publish'] = (exchange, routingKey, body) =>
    connection.publish({ exchange, routingKey, body, contentType: 'text/json', persistent: true });
  return {
    bodies,
    reports,
    publish,
    sendRuleset: (routingKey, texts) =>
      publish('iptables', routingKey, encodeRuleset({ ...NONE, ...texts }, stampAt(new Date()))),
    sendIpsets: (text) => publish('ipsets', 'fanout', encodeIpsets(text, stampAt(new Date()))),
    async ask(hostkey, body, ms) {
      const { name } = await connection.declareQueue({ name: '', durable: false, autoDelete: true, exclusive: true });
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => resolve(undefined), ms);
        const answered = (delivery: Delivery): void => {
          clearTimeout(timer);
          delivery.ack();
          resolve(delivery);
        };
        const request = { exchange: 'file_transfer', routingKey: `*.*.*.${hostkey}`, body, contentType: 'text/json' };
        connection
          .consume(name, { prefetch: 1 }, answered)
          .then(() => connection.publish({ ...request, persistent: false, replyTo: name, correlationId: '7' }))
          .catch(reject);
      });
    },
  };
}
