import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { QUICK_TIMING } from '../../src/sim/agent-timing.js';
import { SimAgent } from '../../src/sim/sim-agent.js';
import { freePorts } from '../../src/bench/peers/free-ports.js';
import { program, runMain, type MainChild } from '../support/main-child.js';
import { startRabbit, type PrivateRabbit } from '../../src/bench/peers/private-rabbit.js';
import { PageShell, shellBlocks } from '../support/shell-blocks.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** Three programs are started from the sources, which takes long on a busy machine. */
const soon = { timeout: 240_000, interval: 100 };

it(
  'the commands of docs/first-host.md lead to an agent that runs its first rule',
  { timeout: 900_000 },
  async ({ skip }) => {
    const place = temporaryDirectory();
    const [api = 0, metrics = 0] = await freePorts(2);
    let rabbit: PrivateRabbit | undefined;
    const shell = new PageShell(place, { HOME: place });
    // Accounts of the machine are not touched.
    for (const name of ['chown', 'chgrp', 'systemctl']) shell.standIn(name, 'exit 0');
    const [node, ...main] = [process.execPath, ...program()];
    const server = `DOG_DATA_DIR=${place}/var/lib/dog_trainer DOG_RUN_DIR=${place}/run/dog_trainer DOG_API__PORT=${api}`;
    shell.standIn('dog-trainer', `${server} exec ${node} ${main.join(' ')} "$@"`);

    const here = (block: string) =>
      block
        .replaceAll('/usr/share/doc/dog-trainer/examples', join(process.cwd(), 'packaging'))
        .replace(/(?<![\w/])\/(etc|var\/lib|run|root)\//g, `${place}/$1/`)
        .replaceAll('5673', String(rabbit?.tlsPort ?? 0))
        .replaceAll('7070', String(api));

    let child: MainChild | undefined;
    const printed: string[] = [];
    for (const block of shellBlocks(readFileSync('docs/first-host.md', 'utf8'))) {
      if (block.includes('curl -sS http://127.0.0.1:7070/readyz')) {
        await vi.waitFor(async () => {
          expect(child?.process.exitCode, child?.err).toBeNull();
          expect(await shell.run(here(block))).toContain('"ready":true');
        }, soon);
        continue;
      }
      if (block.includes('dog-trainer hosts')) {
        await agentRuns(place, rabbit);
        await vi.waitFor(
          async () => expect(await shell.run(here(block))).toContain('all is well (1 host in 1 group)'),
          soon,
        );
      }
      // The page says: ask again while it is being compiled.
      if (block.includes('/ipsetsv4'))
        await vi.waitFor(async () => expect(await shell.run(here(block))).toContain('-A INPUT'), soon);
      printed.push(await shell.run(here(block)));
      if (block.includes('systemctl restart rabbitmq-server')) {
        const of = (name: string) => join(place, 'etc/rabbitmq/dog', name);
        const started = await startRabbit({
          tls: { cacertfile: of('ca.crt'), certfile: of('broker.crt'), keyfile: of('broker.key') },
        });
        if ('unavailable' in started) return skip(started.unavailable);
        rabbit = started;
        onTestFinished(() => started.close());
        // As it comes from Debian: user guest, and no virtual host of ours.
        await started.ctl('add_user', 'guest', 'guest');
        await started.ctl('delete_vhost', 'dog');
        const { file, env } = started.ctlCommand;
        const variables = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
        shell.standIn('rabbitmqctl', `exec env ${variables.join(' ')} ${file} --quiet "$@"`);
      }
      if (block.includes('systemctl restart dog_trainer')) {
        const config = join(place, 'etc/dog_trainer/dog_trainer.yaml');
        child = runMain(['start', '--config', config, '--set', `metrics.port=${metrics}`]);
      }
    }
    expect(child?.err).toBe('');
    const all = printed.join('\n');
    // The rules before any host had them, and the host at the end.
    expect(all).toMatch(/-A INPUT .*ssh from the office/);
    expect(all).toMatch(/^hostkey\tweb1-5f3a9c0d$/m);
    expect(all).toMatch(/^state\tactive$/m);
    expect(all).toContain('intake_sup');
  },
);

/** The agent of the page, with the identity, certificate and password that the page laid out for it. */
async function agentRuns(place: string, rabbit: PrivateRabbit | undefined): Promise<void> {
  const at = join(place, 'agent/etc/dog');
  const config = JSON.parse(readFileSync(join(at, 'config.json'), 'utf8')) as Record<'group' | 'hostkey', string> & {
    environment: string;
    location: string;
  };
  const password = readFileSync(join(at, 'password'), 'utf8').trim();
  const broker = createAmqpBroker({
    urls: [`amqps://${config.hostkey}:${password}@localhost:${rabbit?.tlsPort}/dog`],
    ssl_options: {
      cacertfile: join(at, 'certs/ca.crt'),
      certfile: join(at, `certs/${config.hostkey}.crt`),
      keyfile: join(at, `certs/${config.hostkey}.key`),
      server_name_indication: 'localhost',
    },
  });
  const connection = await broker.connect();
  const agent = new SimAgent({
    identity: {
      ...config,
      name: 'web1.example.org',
      interfaces: { eth0: ['203.0.113.7'] },
      kind: 'erlang',
      version: '1',
    },
    timing: QUICK_TIMING,
  });
  agent.start(connection);
  onTestFinished(async () => {
    await agent.stop();
    await connection.close();
  });
  await vi.waitFor(() => expect(agent.progress().rulesetsApplied).toBeGreaterThan(0), soon);
}
