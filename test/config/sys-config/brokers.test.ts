import { describe, expect, it } from 'vitest';
import { brokerUrls } from '../../../src/config/broker-urls.js';
import { importSysConfig } from '../../../src/config/import-sys-config.js';
import { loadConfig } from '../../../src/config/load.js';

function imported(applications: string) {
  const result = importSysConfig(`[{dog_trainer, [{env, "t1"}]}, ${applications}].`);
  return { ...result, config: loadConfig({ text: { name: 'imported', yaml: result.yaml } }).config };
}

function thumper(brokers: string, more = '') {
  return imported(`{thumper, [${more} {brokers, [${brokers}]}]}`);
}
function one(host: string, more = '') {
  return `[{rabbitmq_config, [{host, "${host}"}, {virtual_host, <<"dog">>}, {user, <<"u">>}, {password, <<"p/@">>}${more}]}]`;
}
function turtle(maps: string) {
  return imported(`{turtle, [{connection_config, [${maps}]}]}`);
}
function map(name: string, connections: string, more = '') {
  return `#{conn_name => ${name}, username => "u", password => "p", virtual_host => "dog", connections => ${connections}${more}}`;
}

describe('config import of several brokers', () => {
  it('of turtle: all groups and hosts, in their order', () => {
    const { config, losses } = turtle(
      map(
        'default',
        '[{main, [{"mq1", 5673}, {"mq2", "5674"}]}, {spare, [{"fd00::1", 5673}]}]',
        ', ssl_options => [{verify, verify_none}]',
      ),
    );
    expect(losses).toEqual([]);
    expect(brokerUrls(config)).toEqual([
      'amqps://u:p@mq1:5673/dog',
      'amqps://u:p@mq2:5674/dog',
      'amqps://u:p@[fd00::1]:5673/dog',
    ]);
    expect(config.broker).toMatchObject({ kind: 'amqp', tls: true, ssl_options: { verify: 'verify_none' } });
  });

  it('of turtle: the connection "default" is the one that the old server used, wherever it stands', () => {
    const { config, notes } = turtle(
      `${map('publish', '[{main, [{"wrong", 5672}]}]')}, ${map('default', '[{main, [{"right", 5672}]}]')}`,
    );
    expect(config.broker).toMatchObject({ host: 'right', port: 5672, tls: false, urls: [] });
    expect(notes).toContainEqual(expect.stringContaining('turtle.connection_config.publish: '));
  });

  it('of turtle: a single host stays host and port', () => {
    expect(turtle(map('default', '[{main, [{"mq1", 5672}]}]')).yaml).toMatch(
      /broker:\n {2}kind: amqp\n {2}host: mq1\n {2}port: 5672\n {2}virtual_host: dog\n {2}user: u\n {2}password: p\n/,
    );
  });

  it('of thumper: each connection once, in their order, with what is odd in a password written as URLs want it', () => {
    const { config, warnings } = thumper(
      `{publish, ${one('a', ', {port, 5673}')}}, {default, ${one('b')}}, {third, [{rabbitmq_config, default}]}, {fourth, ${one('b')}}`,
    );
    expect(brokerUrls(config)).toEqual(['amqp://u:p%2F%40@a:5673/dog', 'amqp://u:p%2F%40@b:5672/dog']);
    expect(warnings.join('\n')).toContain('thumper.brokers has several connections (publish, default, fourth)');
  });

  it.each([
    ['before', `{publish, [{rabbitmq_config, default}]}, {default, ${one('mq')}}`],
    ['after', `{default, ${one('mq')}}, {publish, [{rabbitmq_config, default}]}`],
  ])('of thumper: a broker that refers to another one, %s it', (_, brokers) => {
    const { config, losses, warnings } = thumper(brokers, '{thumper_svrs, [default, publish]},');
    expect(losses).toEqual([]);
    expect(config.broker).toMatchObject({ host: 'mq', urls: [], user: 'u', password: 'p/@' });
    expect(warnings.join()).not.toContain('several');
  });

  it('of thumper: one that thumper_svrs does not start is left out and named', () => {
    const { config, notes } = thumper(
      `{other, ${one('a')}}, {default, ${one('b')}}`,
      '{thumper_svrs, [default, publish]},',
    );
    expect(config.broker).toMatchObject({ host: 'b', urls: [] });
    expect(notes).toContainEqual(expect.stringContaining('thumper.brokers.other: '));
  });

  it('of thumper: a reference to nothing, and one that goes round, stop', () => {
    for (const brokers of [
      '{default, [{rabbitmq_config, nowhere}]}',
      '{a, [{rabbitmq_config, b}]}, {b, [{rabbitmq_config, a}]}',
    ]) {
      const { losses } = importSysConfig(`[{dog_trainer, []}, {thumper, [{brokers, [${brokers}]}]}].`);
      expect(losses, brokers).toContainEqual(
        expect.objectContaining({ from: expect.stringContaining('thumper.brokers') as string }),
      );
    }
  });

  it('with different certificates, which one connection here cannot have', () => {
    const tls = (file: string) => `, {ssl_options, [{cacertfile, "${file}"}, {verify, verify_peer}]}`;
    const { losses } = importSysConfig(
      `[{dog_trainer, []}, {thumper, [{brokers, [{default, ${one('a', tls('/a'))}}, {publish, ${one('b', tls('/b'))}}]}]}].`,
    );
    expect(losses).toMatchObject([
      { from: 'thumper.brokers.publish', wanted: expect.stringContaining('one set of TLS') as string },
    ]);
  });

  it('says when a password goes over the wire in clear', () => {
    const clear = 'the password goes over the wire in clear';
    expect(thumper(`{default, ${one('mq')}}`).warnings.join()).toContain(clear);
    expect(thumper(`{default, ${one('localhost')}}`).warnings.join()).not.toContain(clear);
    expect(
      thumper(`{default, ${one('mq', ', {ssl_options, [{verify, verify_peer}]}')}}`).warnings.join(),
    ).not.toContain(clear);
  });
});
