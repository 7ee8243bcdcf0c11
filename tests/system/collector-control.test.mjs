// Starting, stopping, reloading, and definitions that are wrong.
import { test } from 'node:test';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { PATIENCE, bin, ctl, startCollector, startMaria, writeConf } from '../harness/harness.mjs';
import { assert, Field, meterId, sleep, until } from './field.mjs';

test('control', async (t) => {
  const field = await Field.start([{ kind: 'tcp', units: 6 }, { kind: 'rtt', units: 4 }, { kind: 'pty', units: 4 },
    { kind: 'tcp', units: 2, timeout: 900 }], { t });
  const doorbell = path.join(field.conf.dir, 'doorbell.sock');
  await field.collect();
  await field.fresh();
  const log = () => field.collector.log();

  await t.test('every statement of the collector prepares under its own account', () => {
    execFileSync(bin('collector'), ['--config', field.conf.path, '--check-sql'], { stdio: 'pipe' });
  });

  await t.test('a second collector of the same name ends with a message', async () => {
    const second = await startCollector(field.conf, { t, name: 'second', wait: false });
    assert.equal((await second.exited).code, 1);
    assert.match(second.log(), /a collector of this name runs already/);
  });

  await t.test('the same name on another machine: the one that is taken over ends', async () => {
    const other = field.setConf('other.conf', { 'collector.spool': path.join(field.conf.dir, 'spool2'), 'collector.doorbell': '' });
    const second = await startCollector(other, { t, name: 'clone' });
    assert.equal((await Promise.race([field.collector.exited, sleep(15000, {})])).code, 1);
    assert.match(log(), /another process runs under the name test/);
    await second.stop();
    await field.collect({ name: 'collector-2' });
    await field.fresh();
  });

  await t.test('SIGHUP: a new meter and a new rhythm are there, and no reading is lost', async () => {
    const [bus] = field.buses;
    field.sql(`DELETE FROM reading; DELETE FROM energy_day;
      INSERT INTO meter (meter_id, number, meter_model_id, bus_id, unit) VALUES (1100, '1100', 2, 2, 44)`); // nobody is there
    field.sql(`UPDATE bus SET gap_ms = 5 WHERE bus_id = 1`);
    for (let i = 0; i < 5; i++) {
      field.sql(`UPDATE meter SET rated_power_w = rated_power_w + 1 WHERE bus_id = ${bus.id}`);
      field.collector.signal_('SIGHUP');
      await sleep(800);
    }
    await field.fresh();
    await sleep(2500);
    field.assertNoGap();
    assert.match(log(), /settings are read again/);
    assert.match(log(), /tcp1: new definition, 6 meters/);
    field.sql('UPDATE meter SET removed_at = UTC_TIMESTAMP(3) WHERE meter_id = 1100');
  });

  await t.test('a changed time zone counts within seconds: new half hours belong to the days of the new zone', async () => {
    const hour = Number(field.sql("SELECT HOUR(UTC_TIMESTAMP() + INTERVAL 8 HOUR) AS h")[0].h);
    const [zone, offset] = hour >= 19 ? ['Pacific/Kiritimati', 14] : ['Pacific/Pago_Pago', -11]; // it is another day there
    field.sql(`UPDATE setting SET value = '${zone}' WHERE name = 'site.time_zone'`);
    await until('the zone', () => log().includes(`is now ${zone}`), 5);
    await until('days of the new zone', () => Number(field.sql(`SELECT COUNT(*) AS n FROM energy_day
      WHERE day = DATE(UTC_TIMESTAMP() + INTERVAL ${offset} HOUR)`)[0].n) > 0, 15);
    field.sql("UPDATE setting SET value = 'Mars/Olympus' WHERE name = 'site.time_zone'");
    await until('a refusal', () => log().includes('Mars/Olympus is not known'), 5);
    field.sql("UPDATE setting SET value = 'Asia/Shanghai' WHERE name = 'site.time_zone'; DELETE FROM energy_day; DELETE FROM reading");
    await until('the old zone', () => log().includes('is now Asia/Shanghai'), 5);
    assert.equal(log().match(/Mars\/Olympus is not known/g).length, 1, 'said once');
  });

  await t.test('a changed definition is found within seconds without SIGHUP', async () => {
    const began = Date.now();
    const count = log().match(/rtt2: new definition/g)?.length ?? 0;
    field.sql('UPDATE bus SET gap_ms = 7 WHERE bus_id = 2');
    await until('new definition', () => (log().match(/rtt2: new definition/g)?.length ?? 0) > count, 5);
    assert.ok(Date.now() - began < 4000 * PATIENCE);
  });

  await t.test('the doorbell is answered at once', async () => {
    const times = [];
    for (let i = 0; i < 7; i++) {
      await sleep(300);
      const count = log().match(/rtt2: new definition/g).length;
      field.sql(`UPDATE bus SET gap_ms = ${10 + i} WHERE bus_id = 2`);
      const began = Date.now();
      execFileSync('logger', ['--socket', doorbell, '--udp', '--socket-errors=on', 'look'], { stdio: 'pipe' });
      await until('new definition', () => log().match(/rtt2: new definition/g).length > count, 5);
      times.push(Date.now() - began);
    }
    const median = times.sort((a, b) => a - b)[3];
    assert.ok(median < 800, `${times} ms`);
  });

  // For each: what makes it wrong, what makes it right again, and how the refusal is said.
  const WRONG = [
    ['a name instead of an address', "UPDATE bus SET host = 'gateway.local' WHERE bus_id = 1", "UPDATE bus SET host = '127.0.0.1' WHERE bus_id = 1", 'definition_address gateway.local'],
    ['no address', "UPDATE bus SET host = '' WHERE bus_id = 1", "UPDATE bus SET host = '127.0.0.1' WHERE bus_id = 1", 'definition_address'],
    ['no port', 'UPDATE bus SET port = 0 WHERE bus_id = 1', (port) => `UPDATE bus SET port = ${port} WHERE bus_id = 1`, 'definition_port 0'],
    ['no such baud rate', 'UPDATE bus SET baud = 1234 WHERE bus_id = 1', 'UPDATE bus SET baud = 9600 WHERE bus_id = 1', 'definition_baud 1234'],
    ['three stop bits', 'UPDATE bus SET stop_bits = 3 WHERE bus_id = 1', 'UPDATE bus SET stop_bits = 1 WHERE bus_id = 1', 'definition_stop_bits 3'],
    ['no time to answer', 'UPDATE bus SET response_timeout_ms = 0 WHERE bus_id = 1', 'UPDATE bus SET response_timeout_ms = 200 WHERE bus_id = 1', 'definition_timing 0 12'],
    ['half hours that do not fit into a day', 'UPDATE bus SET reading_period_s = 7 WHERE bus_id = 1', 'UPDATE bus SET reading_period_s = 2 WHERE bus_id = 1', 'definition_timing 1 7'],
    ['unit 0', 'UPDATE meter SET unit = 0 WHERE meter_id = 1001', 'UPDATE meter SET unit = 1 WHERE meter_id = 1001', 'definition_unit 1001 0'],
    ['unit 248', 'UPDATE meter SET unit = 248 WHERE meter_id = 1001', 'UPDATE meter SET unit = 1 WHERE meter_id = 1001', 'definition_unit 1001 248'],
    ['a model without a profile', "INSERT IGNORE INTO meter_model VALUES (99, 'abacus', 'Abacus', 'Nobody', 0, 0); UPDATE meter SET meter_model_id = 99 WHERE meter_id = 1001",
      'UPDATE meter SET meter_model_id = 2 WHERE meter_id = 1001', 'definition_model 1001 abacus'],
    ['a three-phase user in the addresses of another', 'UPDATE meter SET meter_model_id = 1, phases = 3 WHERE meter_id = 1001', 'UPDATE meter SET meter_model_id = 2, phases = 1 WHERE meter_id = 1001', 'definition_unit_twice 1002 2'],
    ['a three-phase user beyond the last address', 'UPDATE meter SET meter_model_id = 1, phases = 3, unit = 246 WHERE meter_id = 1001', 'UPDATE meter SET meter_model_id = 2, phases = 1, unit = 1 WHERE meter_id = 1001', 'definition_unit 1001 246'],
    ['two phases', 'UPDATE meter SET phases = 2 WHERE meter_id = 1001', 'UPDATE meter SET phases = 1 WHERE meter_id = 1001', 'definition_phases 1001 2'],
    ['a ratio of 0', 'UPDATE meter SET ct_ratio = 0 WHERE meter_id = 1001', 'UPDATE meter SET ct_ratio = 1 WHERE meter_id = 1001', 'definition_ratio 1001'],
  ];
  field.sql('UPDATE bus SET gap_ms = 12 WHERE bus_id = 1');
  const trouble = () => field.one('SELECT trouble FROM bus_state WHERE bus_id = 1');
  for (const [name, break_, mend, said] of WRONG) {
    await t.test(`refused, and the running bus goes on: ${name}`, async () => {
      field.sql(break_);
      field.collector.signal_('SIGHUP');
      await until('trouble', () => trouble().startsWith(said), 5);
      assert.match(log(), new RegExp(`tcp1: definition refused: ${said.replace('.', '\\.')}`));
      await field.fresh();
      field.sql(typeof mend === 'string' ? mend : mend(field.sim.lines.tcp1.port));
      field.collector.signal_('SIGHUP');
      await until('no trouble', () => trouble() === '', 5);
    });
  }

  await t.test('refused: a serial bus without a device', async () => {
    field.sql("UPDATE bus SET device = '' WHERE bus_id = 3");
    await until('trouble', () => field.one('SELECT trouble FROM bus_state WHERE bus_id = 3').startsWith('definition_device'), 5);
    await field.fresh();
    field.sql(`UPDATE bus SET device = '${field.sim.lines.pty3.path}' WHERE bus_id = 3`);
    await until('no trouble', () => field.one('SELECT trouble FROM bus_state WHERE bus_id = 3') === '', 5);
  });

  await t.test('a disabled bus is asked nothing, its alarms end, and it comes back', async () => {
    const [bus] = field.buses;
    await field.control(`fault ${bus.name} 1 dead`);
    await until('lost', () => field.number('SELECT COUNT(*) FROM alarm WHERE meter_id = 1001 AND ended_at IS NULL') === 1, 20);
    field.sql('UPDATE bus SET disabled_at = UTC_TIMESTAMP(3) WHERE bus_id = 1');
    await until('released', () => field.one('SELECT collector_id FROM bus_lease WHERE bus_id = 1') === null);
    await until('no alarm', () => field.number('SELECT COUNT(*) FROM alarm WHERE meter_id = 1001 AND ended_at IS NULL') === 0);
    const requests = await field.requests(bus);
    await sleep(2500);
    assert.equal(await field.requests(bus), requests);
    await field.control(`clear ${bus.name} 1`);
    field.sql('UPDATE bus SET disabled_at = NULL WHERE bus_id = 1');
    await field.fresh(undefined, undefined, 20);
  });

  await t.test('a meter deleted by hand spoils nobody else\'s values', async () => {
    field.sql(`SET foreign_key_checks = 0; DELETE FROM meter_state WHERE meter_id = ${meterId(2, 4)}; DELETE FROM meter_link WHERE meter_id = ${meterId(2, 4)}; DELETE FROM meter WHERE meter_id = ${meterId(2, 4)}`);
    await field.fresh(field.ids().filter((id) => id !== meterId(2, 4)));
    await sleep(3000);
    await field.fresh(field.ids().filter((id) => id !== meterId(2, 4)));
  });

  await t.test('SIGTERM ends it within a second, in the middle of transactions that get no answer', async () => {
    await field.control(`fault ${field.buses[3].name} * drop_rsp`);
    await sleep(1500);
    const began = Date.now();
    const { code } = await field.collector.stop();
    assert.equal(code, 0);
    assert.ok(Date.now() - began <= 1000 * PATIENCE, `${Date.now() - began} ms`);
    assert.equal(field.number('SELECT COUNT(*) FROM bus_lease WHERE collector_id IS NOT NULL'), 0);
  });

  await t.test('it waits for a database that is away at its start', async () => {
    await field.maria.stop();
    const collector = await startCollector(field.conf, { t, name: 'early' });
    await sleep(1500);
    assert.ok(!collector.gone);
    await field.maria.start();
    await field.control('clear');
    await field.fresh(field.ids().filter((id) => id !== meterId(2, 4)), undefined, 30);
    await collector.stop();
  });

  await t.test('SIGTERM ends it while it waits', async () => {
    await field.maria.stop();
    const collector = await startCollector(field.conf, { t, name: 'waiting' });
    await sleep(500);
    assert.equal((await collector.stop()).code, 0);
    await field.maria.start();
  });

  await t.test('another schema number ends it with a message', async () => {
    field.sql("INSERT INTO schema_version (number, name, checksum, applied_at) VALUES (9999, 'later', REPEAT('0', 64), UTC_TIMESTAMP(3))");
    const collector = await startCollector(field.conf, { t, name: 'schema', wait: false });
    assert.equal((await collector.exited).code, 1);
    assert.match(collector.log(), /schema has number 9999/);
    field.sql('DELETE FROM schema_version WHERE number = 9999');
    field.assertClean();
  });
});

test('an unsafe database ends it with a message that says which setting', async (t) => {
  const maria = await startMaria({ t, args: ['--innodb-flush-log-at-trx-commit=2'] });
  const conf = await writeConf(maria, {}, { t });
  const collector = await startCollector(conf, { t, wait: false });
  assert.equal((await collector.exited).code, 1);
  assert.match(collector.log(), /unsafe: innodb_flush_log_at_trx_commit/);
});

test('a name that is none ends it with a message', async (t) => {
  const maria = await startMaria({ t });
  const conf = await writeConf(maria, { 'collector.name': '../evil' }, { t });
  const collector = await startCollector(conf, { t, wait: false });
  assert.equal((await collector.exited).code, 1);
  assert.match(collector.log(), /its name may hold/);
  assert.ok(ctl(conf, ['--version']).startsWith('voltill'));
});
