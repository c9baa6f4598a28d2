import { describe, expect, it } from 'vitest';
import { inventory } from '../../src/resources/views/inventory.js';

const WEB = { id: 'g1', name: 'web', vars: { port: 80, tier: 'front' } };
const HOST = {
  id: 'h1',
  name: 'web1',
  hostkey: 'key-1',
  group: 'web',
  active: 'active',
  os_version: '12',
  vars: { rack: 'a', tier: 'own' },
};

describe('an inventory for Ansible', () => {
  it('has hosts with their variables and fields, groups with theirs, and what the fact says of both', () => {
    const groups = {
      all: { vars: { domain: 'example.net' }, hosts: {}, children: ['web', 'db'] },
      web: { vars: { tier: 'of the fact' }, hosts: { web1: { rack: 'b' }, web9: { rack: 'c' } }, children: [] },
    };
    expect(inventory({ id: 'f', name: 'f', groups }, [WEB], [HOST])).toEqual({
      all: { hosts: [], vars: { domain: 'example.net' }, children: ['db', 'web'] },
      web: { hosts: ['web1', 'web9'], vars: { port: 80, tier: 'of the fact' }, children: [] },
      _meta: {
        hostvars: {
          web1: {
            rack: 'b',
            tier: 'own',
            dog_id: 'h1',
            dog_name: 'web1',
            dog_hostkey: 'key-1',
            dog_group: 'web',
            dog_active: 'active',
            dog_os_version: '12',
          },
          web9: { rack: 'c' },
        },
      },
    });
  });

  it('goes by the hostkey where there is no name, and leaves out hosts that are not active and what is malformed', () => {
    const hosts = [
      { ...HOST, id: 'h2', name: '', vars: 'none' },
      { ...HOST, id: 'h3', name: 'gone', active: 'inactive' },
    ];
    const groups = { web: 'nothing', db: { vars: [1], hosts: { db1: null }, children: [7, 'web'] } };
    const made = inventory({ id: 'f', name: 'f', groups }, [{ ...WEB, vars: null }], hosts);
    expect(made).toMatchObject({
      web: { hosts: ['key-1'], vars: {}, children: [] },
      db: { hosts: ['db1'], vars: {}, children: ['web'] },
      _meta: { hostvars: { 'key-1': { dog_hostkey: 'key-1' }, db1: {} } },
    });
    expect(JSON.stringify(made)).not.toContain('gone');
  });
});
