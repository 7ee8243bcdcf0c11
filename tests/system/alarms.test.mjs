// Alarms that begin and end by themselves: a tenant sinks and pays, a clock drifts, a load is too high, a relay
// does not obey, a whole gateway falls silent, readings pile up. Nobody but the meters says so.
import { test } from 'node:test';
import { assert, Field, meterId, sleep, until } from './field.mjs';
import { done, money, moneyField, openAccount } from './money.mjs';

const PERIODS = 1; // seconds between two questions

const running = (field, meter) => field.sql(`SELECT kind FROM alarm WHERE meter_id = ${meter} AND active_key IS NOT NULL ORDER BY kind`).map((row) => row.kind);
const history = (field, meter) => field.sql(`SELECT kind, value, threshold FROM alarm WHERE meter_id = ${meter} ORDER BY alarm_id`);

async function becomes(field, meter, kinds, seconds = 20) {
  await until(`${meter} has ${kinds}`, () => running(field, meter).join() === [kinds].flat().join(), seconds)
    .catch((error) => { throw new Error(`${error.message}: it has ${running(field, meter)}`); });
}

// Rules are read again every two seconds in a small building.
const rulesAreRead = () => sleep(2600);

test('a tenant sinks through both warnings into arrears, pays, and is well again', async (t) => {
  const field = await moneyField([{ kind: 'tcp', status: PERIODS }], { t }), meter = meterId(1, 1), line = field.buses[0].name;
  field.sql("INSERT INTO setting (name, value) VALUES ('ledger.drift_fen', '9999999') ON DUPLICATE KEY UPDATE value = VALUES(value)"); // nobody used what is taken away here
  await field.collect();
  await field.fresh();
  await rulesAreRead();
  await field.fresh();
  assert.deepEqual(running(field, meter), [], 'a meter without account is left in peace');
  openAccount(field, meter);
  await becomes(field, meter, 'low_credit1'); // 50.00, and warnings begin at 50.00
  const sink = async (fen, kind) => {
    await field.control(`set ${line} 1 credit_fen=${fen}`);
    await becomes(field, meter, kind);
  };
  await sink(2001, 'low_credit1');
  await sink(2000, 'low_credit2');
  await sink(-100, 'arrears');
  assert.deepEqual(history(field, meter), [{ kind: 'low_credit1', value: '5000', threshold: '5000' }, { kind: 'low_credit2', value: '2000', threshold: '2000' },
    { kind: 'arrears', value: '-100', threshold: '0' }]);
  assert.equal(field.number(`SELECT COUNT(*) FROM alarm a JOIN alarm b ON b.meter_id = a.meter_id AND b.alarm_id > a.alarm_id
    WHERE a.meter_id = ${meter} AND COALESCE(a.ended_at, UTC_TIMESTAMP(3)) > b.began_at`), 0, 'one warning stands for a meter');
  await until('power is off', () => field.number(`SELECT relay_closed FROM meter_state WHERE meter_id = ${meter}`) === 0, 30);

  await done(field, money(field, meter, 10000));
  await becomes(field, meter, []);
  await until('power is back', () => field.number(`SELECT relay_closed FROM meter_state WHERE meter_id = ${meter}`) === 1, 30);
  assert.deepEqual([...new Set(history(field, meter).map((row) => row.kind))], ['low_credit1', 'low_credit2', 'arrears']);

  await t.test('warnings may follow the last purchase', async () => {
    field.sql(`UPDATE setting SET value = 'percent' WHERE name = 'alarm.credit_basis'; UPDATE setting SET value = '99' WHERE name = 'alarm.credit1_percent'`);
    await field.collector.stop();
    await field.collect({ name: 'again' });
    await until('noted', () => field.one(`SELECT last_purchase_fen FROM account_meter WHERE active_meter = ${meter}`) === '10000', 15);
    await becomes(field, meter, 'low_credit1');
    assert.equal(field.one(`SELECT alarm1_fen FROM v_meter_now WHERE meter_id = ${meter}`), '9900', 'the board follows');
    assert.equal(field.one(`SELECT threshold FROM alarm WHERE meter_id = ${meter} ORDER BY alarm_id DESC LIMIT 1`), '9900');
    field.sql(`UPDATE setting SET value = 'amount' WHERE name = 'alarm.credit_basis'`);
    await becomes(field, meter, []);
  });

  await t.test('an account that is closed has no warnings', async () => {
    field.sql(`UPDATE meter SET alarm1_fen = 9000000 WHERE meter_id = ${meter}`);
    await becomes(field, meter, 'low_credit1');
    field.sql(`UPDATE meter_epoch SET ended_at = UTC_TIMESTAMP(3) WHERE active_meter = ${meter}; UPDATE account_meter SET ended_at = UTC_TIMESTAMP(3) WHERE active_meter = ${meter}`);
    await becomes(field, meter, []);
  });
  field.assertClean();
});

test('clock, load and relay', async (t) => {
  const field = await moneyField([{ kind: 'tcp', status: PERIODS, units: 3 }], { t }), line = field.buses[0].name;
  const [clock, load, relay] = [1, 2, 3].map((unit) => meterId(1, unit));
  field.sql("UPDATE setting SET value = '0' WHERE name IN ('alarm.credit1_fen', 'alarm.credit2_fen')");
  await field.collect();
  await field.fresh();
  for (const meter of [clock, load, relay]) openAccount(field, meter);
  await rulesAreRead();

  await t.test('a clock that is five minutes off', async () => {
    await field.control(`set ${line} 1 clock_offset_s=-400`);
    await becomes(field, clock, 'clock_drift');
    const [alarm] = history(field, clock);
    assert.ok(Math.abs(Number(alarm.value) + 400) < 5, `${alarm.value} s`);
    assert.equal(alarm.threshold, '300');
    await field.control(`set ${line} 1 clock_offset_s=-270`);
    await field.fresh([clock]);
    await field.fresh([clock]);
    assert.deepEqual(running(field, clock), ['clock_drift'], 'it is not right yet');
    await field.control(`set ${line} 1 clock_offset_s=0`);
    await becomes(field, clock, []);
    assert.equal(history(field, clock).length, 1);
  });

  await t.test('a load over the limit, tripped, and closed again', async () => {
    await field.control(`set ${line} 2 max_power_w=2000 load_recover_s=2 over_allowed=9 extra_w=5000`);
    await becomes(field, load, 'overload', 40);
    await field.control(`set ${line} 2 extra_w=0`);
    await becomes(field, load, [], 90);
  });

  await t.test('a relay that is stuck', async () => {
    await field.control(`set ${line} 3 relay_stuck=closed force_on_a=1 force_trip_a=1`);
    await becomes(field, relay, 'relay_disorder');
    assert.equal(field.one(`SELECT detail FROM alarm WHERE meter_id = ${relay}`), 'Against');
    await field.control(`set ${line} 3 relay_stuck=no`);
    await becomes(field, relay, []);
  });

  await t.test('what is switched off begins no more, and ends', async () => {
    await field.control(`set ${line} 1 clock_offset_s=900`);
    await becomes(field, clock, 'clock_drift');
    field.sql("INSERT INTO setting (name, value) VALUES ('alarm.clock_on', '0')");
    await becomes(field, clock, []);
  });
  field.assertClean();
});

test('thirty meters of one gateway are lost: one alarm, and what stays lost after it stands by itself', async (t) => {
  const field = await Field.start([{ kind: 'tcp', units: 15 }, { kind: 'rtt', units: 15 }, { kind: 'tcp', units: 2 }], { t });
  field.sql(`INSERT INTO gateway (gateway_id, name) VALUES (2, 'other'); UPDATE bus SET gateway_id = 2 WHERE bus_id = 3`);
  const [one, two] = field.buses, roots = () => field.sql('SELECT kind, gateway_id, bus_id FROM alarm WHERE active_key IS NOT NULL AND parent_id IS NULL');
  await field.collect();
  await field.fresh();
  await field.control(`fault ${one.name} * stall`);
  await until('the first bus is lost', () => roots().some((alarm) => alarm.kind === 'bus_lost'), 60);
  await until('and stands for its meters', () => roots().length === 1, 30);
  await field.control(`fault ${two.name} * stall`);
  await until('the gateway is lost', () => roots().length === 1 && roots()[0].kind === 'gateway_lost', 60);
  assert.equal(roots()[0].gateway_id, '1');
  await until('all is folded', () => field.number(`SELECT COUNT(*) FROM alarm c JOIN alarm g ON g.alarm_id = c.parent_id
    WHERE g.kind = 'gateway_lost' AND c.active_key IS NOT NULL AND c.kind = 'meter_lost'`) === 30, 30);
  await field.fresh([meterId(3, 1), meterId(3, 2)]);

  await field.control(`fault ${two.name} 15 dead`);
  await field.control(`clear ${two.name} * stall`);
  await until('the second bus is back', () => roots().every((alarm) => alarm.kind !== 'gateway_lost'), 60);
  await until('the first stands by itself, and the dead meter', () => roots().map((alarm) => alarm.kind).sort().join() === 'bus_lost,meter_lost', 60);
  await field.control(`clear ${one.name} *`);
  await field.control(`clear ${two.name} *`);
  await until('nothing runs', () => field.number('SELECT COUNT(*) FROM alarm WHERE active_key IS NOT NULL') === 0, 90);
  assert.equal(field.number("SELECT COUNT(*) FROM alarm WHERE kind = 'gateway_lost'"), 1);
  field.assertClean();
});

test('faults within planned work are expected; what outlasts it is an alarm', async (t) => {
  const field = await Field.start([{ kind: 'tcp', units: 2 }], { t }), [bus] = field.buses, meter = meterId(1, 1);
  field.sql(`INSERT INTO place (place_id, kind, name) VALUES (1, 'site', 'S'); INSERT INTO place (place_id, parent_id, kind, name) VALUES (2, 1, 'building', 'B');
    UPDATE meter SET place_id = 2; INSERT INTO operator (operator_id, username, display_name, role_id) SELECT 1, 'p', 'P', role_id FROM role WHERE code = 'manager';
    INSERT INTO maintenance (maintenance_id, request_key, place_id, begins_at, ends_at, reason, created_at, created_by)
      VALUES (1, REPEAT('k', 16), 1, UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE, UTC_TIMESTAMP(3) + INTERVAL 1 HOUR, 'works', UTC_TIMESTAMP(3), 1)`);
  await field.collect();
  await field.fresh();
  await field.control(`fault ${bus.name} 1 dead`);
  await becomes(field, meter, 'meter_lost', 40);
  const plan = () => field.one(`SELECT maintenance_id FROM alarm WHERE meter_id = ${meter}`);
  assert.equal(plan(), '1');
  field.sql('UPDATE maintenance SET ends_at = UTC_TIMESTAMP(3)');
  await until('it is an alarm like others', () => plan() === null, 75);
  field.assertClean();
});

test('half hours that wait on the disk, and a disk that fills', async (t) => {
  const field = await Field.start([{ kind: 'tcp', units: 2 }], { t });
  const own = (kind) => field.sql(`SELECT began_at, ended_at, value, threshold FROM alarm WHERE kind = '${kind}' AND collector_id IS NOT NULL`);
  field.sql("INSERT INTO setting (name, value) VALUES ('alarm.disk_percent', '100'), ('alarm.spool_min', '0')"); // no disk is that empty
  await field.collect();
  await field.fresh();
  await until('the disk is low', () => own('disk_low').length === 1, 20);
  assert.equal(own('disk_low')[0].threshold, '1000');
  assert.ok(Number(own('disk_low')[0].value) < 1000);
  field.sql("UPDATE setting SET value = '0' WHERE name = 'alarm.disk_percent'");
  if (Number(own('disk_low')[0].value) >= 20) await until('there is room again', () => own('disk_low')[0].ended_at !== null, 30);

  await field.maria.stop();
  await until('half hours go to the spool', () => /half hours go to the spool/.test(field.collector.log()), 20);
  await sleep(11000); // it looks every ten seconds
  await field.maria.start();
  await until('it was told and is over', () => own('spool_growing').length === 1 && own('spool_growing')[0].ended_at !== null, 30);
  assert.ok(Number(own('spool_growing')[0].value) > 0);
  field.assertClean();
});
