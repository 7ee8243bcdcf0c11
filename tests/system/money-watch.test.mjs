// What meters show against the ledger, at every answer (reliability.md M-22, M-23; I13).
import { test } from 'node:test';
import { alarms, assert, done, meterId, money, moneyField, openAccount, sleep, until } from './money.mjs';

const CHECKED = 7000; // epochs are read again so often

test('counts and credit that move as nothing explains', async (t) => {
  const field = await moneyField([{ kind: 'tcp', units: 8, status: 1 }], { t, overrides: { 'collector.gateway_delay_ms': '100' } });
  const [bus] = field.buses;
  field.sql('UPDATE meter SET rated_power_w = 0');
  await field.collect();
  await field.fresh();
  for (const meter of field.ids()) openAccount(field, meter);
  const set = (unit, text) => field.control(`set ${bus.name} ${unit} ${text}`);
  const kinds = (unit) => alarms(field, meterId(1, unit)).map((alarm) => alarm.kind);
  const shows = (unit, kind, detail, seconds = 30) => until(`${kind} of ${unit}`, () => alarms(field, meterId(1, unit)).some((alarm) => alarm.kind === kind && alarm.detail === detail), seconds)
    .catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(alarms(field, meterId(1, unit)))}`); });
  await sleep(CHECKED);

  await t.test('a purchase at the meter is a count and a credit too many; both are there until they fit', async () => {
    await field.control(`buy ${bus.name} 1 700`);
    await shows(1, 'count_mismatch', 'count 8 7');
    await set(1, 'count=7');
    await until('the count fits', () => !kinds(1).includes('count_mismatch'), 10);
    await shows(1, 'balance_drift', 'rise 57.00 50.00');
  });

  await t.test('a meter that was reset', async () => {
    await set(2, 'count=0');
    await shows(2, 'count_mismatch', 'count 0 7');
  });

  await t.test('credit that falls without use, and use that explains it', async () => {
    await set(3, 'credit_fen=4850');
    await shows(3, 'balance_drift', 'fall 1.50 1.11');
    // 200 kWh at 1 yuan.
    await set(4, 'credit_fen=100000');
    field.sql(`UPDATE meter_epoch SET last_credit_fen = 100000, changed_at = UTC_TIMESTAMP(3) WHERE active_meter = ${meterId(1, 4)};
      INSERT INTO meter_config (meter_id, part, value, read_at) VALUES (${meterId(1, 4)}, 'prices', 'sharp=1000000 peak=1000000 flat=1000000 valley=1000000 deep=-', UTC_TIMESTAMP(3))`);
    await sleep(CHECKED);
    const energy = Number((await field.sim.get(bus.name, 4)).energy_wh);
    await set(4, `energy_wh=${energy + 200000} credit_fen=80000`);
    await sleep(5000);
    assert.deepEqual(kinds(4), []);
    await set(4, 'credit_fen=79500');
    await shows(4, 'balance_drift', 'fall 5.00 1.02');
  });

  await t.test('orders are no alarm', async () => {
    const ids = [5, 5, 6, 6, 6].map((unit) => money(field, meterId(1, unit), 900));
    await done(field, ids, 40);
    await done(field, money(field, meterId(1, 5), 400, 'deduct'), 40);
    await sleep(CHECKED);
    assert.deepEqual([kinds(5), kinds(6)], [[], []]);
    // What was sold since is no reason to overlook a fall.
    await set(6, 'credit_fen=7000');
    await shows(6, 'balance_drift', 'fall 7.00 1.11');
  });

  await t.test('one wrong answer is no alarm, and what people explained is over', async () => {
    await field.control(`fault ${bus.name} 7 stale 1 on=read`);
    await field.control(`buy ${bus.name} 8 100`);
    await shows(8, 'count_mismatch', 'count 8 7');
    field.sql(`UPDATE meter_epoch SET last_count = 8, last_credit_fen = 5100, changed_at = UTC_TIMESTAMP(3) WHERE active_meter = ${meterId(1, 8)};
      UPDATE alarm SET ended_at = UTC_TIMESTAMP(3) WHERE meter_id = ${meterId(1, 8)} AND ended_at IS NULL`);
    await sleep(CHECKED);
    assert.deepEqual([kinds(7), kinds(8)], [[], []]);
    await set(8, 'count=9');
    await shows(8, 'count_mismatch', 'count 9 8');
  });
  field.assertClean();
});
