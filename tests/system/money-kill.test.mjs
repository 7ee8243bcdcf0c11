// Collectors that die, stand still and take over while money is on its way, and a database that goes away (reliability.md M-09 … M-12, M-20, M-41, M-42).
import { test } from 'node:test';
import path from 'node:path';
import { assert, assertBooks, delivery, done, ended, meterId, meterOf, money, moneyField, openAccount, ring, sleep, tested, until } from './money.mjs';

const LINE = { tcp: 'tcp=127.0.0.1:0 baud=9600 pace=1 delay_ms=10', rtt: 'rtutcp=127.0.0.1:0 baud=9600 pace=1 delay_ms=10' };
const KILLS = 14;
const SHORT = { 'collector.gateway_delay_ms': '100', 'collector.lease_s': '4' };

test('killed at any moment, the money is there once', async (t) => {
  // On a slow line each step takes its time: checks, stores and a model nobody tested, side by side.
  const field = await moneyField([{ kind: 'tcp', line: LINE.tcp, units: 1 }, { kind: 'rtt', line: LINE.rtt, units: 1, model: 'dtsy1352', guard: 'stores' }, { kind: 'rtt', line: LINE.rtt, units: KILLS, model: 'adf300', guard: 'stores',
    status: 60, number: (unit) => `2024000000-${unit}`, shown: () => '202400000000' }], { t, overrides: SHORT });
  const [checks, stores, unknown] = field.buses;
  tested(field, 'stores', 'dtsy1352');
  field.sql('UPDATE bus SET reading_period_s = 1800, response_timeout_ms = 400');
  await field.collect();
  await field.fresh(field.ids(), '2026-01-01', 40);
  for (const meter of field.ids()) openAccount(field, meter);
  let unsure = 0;
  for (let i = 0; i < KILLS; i++) {
    const ids = [money(field, meterId(1, 1), 1000 + i), money(field, meterId(2, 1), 1000 + i), money(field, meterId(3, i + 1), 1000 + i)];
    ring(field);
    // The first steps of all three, then the later ones, at uneven distances.
    await sleep(40 + i * 83);
    await field.collector.kill9();
    await field.collect();
    await done(field, ids.slice(0, 2), 60);
    const [last] = await ended(field, ids[2], 60);
    unsure += last.state === 'held';
    assert.ok(last.state === 'done' || last.outcome === 'unsure', `${last.state} ${last.outcome}`);
    assert.equal((await meterOf(field, unknown, i + 1)).recharges, last.state === 'done' ? 1 : 0);
  }
  await assertBooks(field, checks);
  await assertBooks(field, stores);
  for (const bus of [checks, stores]) assert.equal((await meterOf(field, bus)).recharges, KILLS);
  t.diagnostic(`${unsure} of ${KILLS} kills left a model that nobody tested unsure`);
  field.assertClean();
});

test('two collectors, and a database that is away', async (t) => {
  const field = await moneyField([{ kind: 'tcp', line: LINE.tcp, units: 2 }, { kind: 'rtt', line: LINE.rtt, units: 2, model: 'dtsy1352', guard: 'stores' }], { t, overrides: SHORT });
  tested(field, 'stores', 'dtsy1352');
  field.sql('UPDATE bus SET response_timeout_ms = 400');
  const start = (name) => field.collect({ name, conf: field.setConf(`${name}.conf`, { 'collector.name': name, 'collector.doorbell': path.join(field.conf.dir, `${name}.sock`) }) });
  const owner = () => field.one('SELECT GROUP_CONCAT(DISTINCT name) FROM bus_lease LEFT JOIN collector USING (collector_id)');
  const a = await start('a');
  await field.fresh(field.ids(), '2026-01-01', 30);
  for (const meter of field.ids()) openAccount(field, meter);
  const b = await start('b');
  await sleep(5000); // b has watched for a lease

  await t.test('one that stood still neither writes nor settles when it wakes', async () => {
    for (let i = 0; i < 4; i++) {
      const ids = [money(field, meterId(1, 1), 500), money(field, meterId(2, 1), 500)];
      await until('it is taken', () => delivery(field, ids[0]).command_state !== 'queued', 10);
      await sleep(i * 150);
      const [one, other] = owner() === 'a' ? [a, b] : [b, a];
      process.kill(one.pid, 'SIGSTOP');
      await until('the other has the buses', () => owner() === (other === a ? 'a' : 'b'), 20);
      await done(field, ids, 60);
      process.kill(one.pid, 'SIGCONT');
      await sleep(6000); // it watches for a lease again
    }
    for (const bus of field.buses) {
      assert.equal((await meterOf(field, bus)).recharges, 4);
      await assertBooks(field, bus);
    }
    await b.stop();
    await until('a has the buses', () => owner() === 'a', 20);
  });

  await t.test('the database goes away between write and result', async () => {
    for (let i = 0; i < 3; i++) {
      const ids = [money(field, meterId(1, 2), 700), money(field, meterId(2, 2), 700)];
      await until('it is sent', () => delivery(field, ids[0]).state === 'sent' || delivery(field, ids[1]).state === 'sent', 15);
      await sleep(i * 120);
      await field.maria.kill9();
      await sleep(1500);
      await field.maria.start();
      await done(field, ids, 60);
    }
    for (const bus of field.buses) {
      assert.equal((await meterOf(field, bus, 2)).recharges, 3);
      await assertBooks(field, bus, 2);
    }
  });
  field.assertClean();
});
