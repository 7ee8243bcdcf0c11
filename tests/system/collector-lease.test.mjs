// Two collectors share the buses by lease: one takes over from the other, and never do both ask or write.
import { test } from 'node:test';
import path from 'node:path';
import { PATIENCE } from '../harness/harness.mjs';
import { assert, Field, sleep, until } from './field.mjs';

const conf = (field, name, more = {}) => field.setConf(`${name}.conf`, { 'collector.name': name,
  'collector.doorbell': path.join(field.conf.dir, `${name}.sock`), ...more });
const owners = (field) => Object.fromEntries(field.sql(`SELECT bus_id, COALESCE(c.name, '') AS owner FROM bus_lease l
  LEFT JOIN collector c ON c.collector_id = l.collector_id ORDER BY bus_id`).map((row) => [row.bus_id, row.owner]));
const epochs = (field) => field.sql('SELECT bus_id, epoch FROM bus_lease ORDER BY bus_id').map((row) => Number(row.epoch));
const clients = async (field) => [...(await field.control('lines')).matchAll(/^line (\S+) .*clients=(\d+)/gm)].map((match) => Number(match[2]));

const BUSES = [{ kind: 'tcp' }, { kind: 'tcp' }, { kind: 'rtt' }];

test('a short lease', async (t) => {
  const field = await Field.start(BUSES, { t, overrides: { 'collector.lease_s': 4 } });
  let started = 0;
  const start = (name, more) => field.collect({ conf: conf(field, name, more), name: `${name}-${++started}` });
  const all = (name) => Object.values(owners(field)).every((owner) => owner === name);
  let a = await start('a');
  await field.fresh();

  await t.test('max_buses leaves the rest to another', async () => {
    await a.stop();
    a = await start('a', { 'collector.max_buses': 2 });
    await until('two buses', () => Object.values(owners(field)).filter((owner) => owner === 'a').length === 2);
    const b = await start('b');
    await until('the third', () => Object.values(owners(field)).filter((owner) => owner === 'b').length === 1);
    await field.fresh();
    assert.deepEqual(await clients(field), [1, 1, 1]);
    await a.stop();
    await b.stop();
  });

  await t.test('a clean stop hands over at once', async () => {
    a = await start('a');
    await until('a has all', () => all('a'));
    const b = await start('b');
    await sleep(1000);
    const before = epochs(field);
    const began = Date.now();
    await a.stop();
    await until('b has all', () => all('b'), 5);
    assert.ok(Date.now() - began < 3000 * PATIENCE, `${Date.now() - began} ms`);
    assert.deepEqual(epochs(field), before.map((epoch) => epoch + 1));
    await field.fresh();
    await b.stop();
  });

  await t.test('a paused collector wakes up to buses of another: it asks and writes nothing', async () => {
    a = await start('a');
    await field.fresh();
    const b = await start('b');
    await sleep(4500); // b has watched for a lease
    const fence = field.number("SELECT fence FROM collector WHERE name = 'a'");
    process.kill(a.pid, 'SIGSTOP');
    await until('b has all', () => all('b'), 12);
    assert.ok(field.number("SELECT fence FROM collector WHERE name = 'a'") > fence, 'the fence was raised');
    await field.fresh();
    // From here on every answer must have been asked for by b: a's questions would be heard beside them.
    process.kill(b.pid, 'SIGSTOP');
    await sleep(300);
    await field.control('stats reset');
    const rows = field.number('SELECT COUNT(*) FROM reading');
    process.kill(a.pid, 'SIGCONT');
    await sleep(1500);
    for (const bus of field.buses) assert.equal(await field.requests(bus), 0, `a asked on ${bus.name}`);
    assert.equal(field.number('SELECT COUNT(*) FROM reading'), rows, 'a wrote');
    process.kill(b.pid, 'SIGCONT');
    await until('a knows', () => /buses are not ours any more/.test(a.log()));
    await field.fresh();
    field.assertTruth();
    await a.stop();
    await b.stop();
  });

  await t.test('both cut off from the database: each keeps its own buses and its spool', async () => {
    a = await start('a', { 'collector.max_buses': 2 });
    await until('two buses', () => Object.values(owners(field)).filter((owner) => owner === 'a').length === 2);
    const b = await start('b');
    await field.fresh();
    await sleep(4500);
    field.sql('DELETE FROM reading; DELETE FROM energy_day');
    await field.fresh();
    await sleep(2000);
    const before = owners(field);
    await field.maria.stop();
    await sleep(7000); // longer than a lease
    await field.maria.start();
    await field.fresh(undefined, undefined, 20);
    await sleep(3000);
    assert.deepEqual(owners(field), before);
    field.assertNoGap();
    for (const one of [a, b]) assert.doesNotMatch(one.log(), /owns are dropped/);
    await a.stop();
    await b.stop();
    field.assertClean();
  });
});

test('the usual lease: a killed collector is replaced within 30 s', async (t) => {
  const field = await Field.start(BUSES, { t });
  const a = await field.collect({ conf: conf(field, 'a'), name: 'a' });
  await field.fresh();
  const b = await field.collect({ conf: conf(field, 'b'), name: 'b' });
  await sleep(3000);
  const began = Date.now();
  await a.kill9();
  await until('b has all', () => Object.values(owners(field)).every((owner) => owner === 'b'), 35);
  await field.fresh();
  assert.ok(Date.now() - began <= 30000 * PATIENCE, `${Date.now() - began} ms`);
  assert.deepEqual(await clients(field), [1, 1, 1]);
  field.assertTruth();
  await b.stop();
});
