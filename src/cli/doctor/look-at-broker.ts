import type { Config } from '../../config/schema.js';
import { createBroker } from '../../server/opening/create-broker.js';
import { managementOf } from '../../server/opening/create-management.js';
import { ok, warning, wrong, type Finding } from './finding.js';

/**
 * Whether RabbitMQ takes this server: host, port, TLS, user and vhost, by opening a connection and closing it. Declares
 * nothing.
 */
export async function lookAtBroker(config: Config): Promise<readonly Finding[]> {
  if (config.broker.kind !== 'amqp') return [ok('broker', 'in this process: there is nothing to reach')];
  const broker = createBroker(config);
  try {
    const connection = await broker.connect();
    await connection.close();
    return [ok('broker', `${broker.describe} takes this user on this vhost`), ...(await versionOf(config))];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // What is said of one host names it already.
    const says = why.startsWith(`${broker.describe}: `) ? why : `${broker.describe}: ${why}`;
    return [wrong('broker', says, adviceFor(why))];
  }
}

/** The release of RabbitMQ, where its management API is configured. */
async function versionOf(config: Config): Promise<readonly Finding[]> {
  const management = managementOf(config);
  if (management === undefined) return [];
  try {
    const { rabbitmq_version: version } = (await management.api('/overview')) as {
      readonly rabbitmq_version?: unknown;
    };
    return [ok('RabbitMQ', typeof version === 'string' ? version : 'of a release that it does not tell')];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [warning('broker.management', why, 'without it nobody is told which queue refuses a message')];
  }
}

function adviceFor(why: string): string {
  if (/access.refused|not allowed|denied|login|credential|virtual host|\b403 \(/i.test(why))
    return 'compare broker.user, broker.password and broker.virtual_host (or broker.url) with rabbitmqctl list_users and list_permissions -p VHOST';
  if (/certificate|tls|ssl|self.signed/i.test(why))
    return 'compare broker.ssl_options with the certificate of the broker';
  return 'see that RabbitMQ runs, and that broker.host and broker.port are its own and open from here';
}
