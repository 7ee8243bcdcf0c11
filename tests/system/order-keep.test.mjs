// What a meter cannot hold the server sends in time: the next step's price, a price that changes, a table of another day.
import { test } from 'node:test';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { waitOutMidnight } from '../harness/harness.mjs';
import { assert, config, confirmed, Field, held, meterId, order, tableBytes, TOU, until } from './order.mjs';

test('the server keeps meters right', async (t) => {
  waitOutMidnight();
  const field = await Field.start([{ kind: 'tcp', units: 2, status: 5 }], { t });
  const [tcp] = field.buses;
  const ring = () => execFileSync('logger', ['--socket', path.join(field.conf.dir, 'doorbell.sock'), '--udp', '--socket-errors=on', 'look'], { stdio: 'pipe' });
  const day = field.one(`SELECT DATE(CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', '+08:00'))`);
  const periods = { sharp: 1200000, peak: 1000000, flat: 700000, valley: 350000, deep: 200000 };
  // Peak all day, flat on days off; the second step costs 0.10 more.
  field.sql(`INSERT INTO tariff (tariff_id, name) VALUES (1, 'shops');
    INSERT INTO tariff_version (tariff_version_id, tariff_id, state, valid_from, tier_cycle, tier_kind, created_at)
      VALUES (1, 1, 'draft', NULL, 'month', 'addition', UTC_TIMESTAMP());
    INSERT INTO tariff_season (tariff_version_id, season, from_month, from_day) VALUES (1, 0, 1, 1);
    INSERT INTO tariff_slot (tariff_version_id, season, day_kind, start_min, period)
      VALUES (1, 0, 'workday', 0, 'peak'), (1, 0, 'weekend', 0, 'peak'), (1, 0, 'holiday', 0, 'flat');
    INSERT INTO tariff_price (tariff_version_id, component, name, period, price_uyuan)
      VALUES ${Object.entries(periods).map(([period, price]) => `(1, 0, 'energy', '${period}', ${price})`)};
    INSERT INTO tariff_tier (tariff_version_id, tier, from_wh, period, price_uyuan)
      VALUES ${Object.keys(periods).map((period) => `(1, 1, 500000, '${period}', 100000)`)};
    UPDATE tariff_version SET state = 'published', valid_from = '2020-01-01' WHERE tariff_version_id = 1;
    INSERT INTO meter_tariff (meter_id, valid_from, tariff_id) VALUES (${meterId(1, 1)}, '2020-01-01', 1), (${meterId(1, 2)}, '2020-01-01', 1)`);
  await field.collect();
  await field.fresh();
  const id = meterId(1, 1);
  const prices = (flat) => `sharp=${flat + 500000} peak=${flat + 300000} flat=${flat} valley=${flat - 350000} deep=-`;
  const ours = () => field.number('SELECT COUNT(*) FROM command c JOIN command_batch b USING (command_batch_id) WHERE b.created_by IS NULL AND b.reason = \'\' AND c.created_at > b.created_at - INTERVAL 1 SECOND');

  // A person had it written once: from then on it is the server's.
  await confirmed(field, order(field, [['write_prices', 1, id, prices(700000), 1],
    ['write_tou', 1, id, '1=0000p 2=0000p zones=0101:1,1201:1', 3]]));
  const manual = ours();

  await t.test('a step is crossed: the price of the next one is sent', async () => {
    field.sql(`INSERT INTO energy_day (meter_id, day, first_wh, last_wh, first_at, last_at, used_wh, readings) VALUES (${id}, '${day}', 0, 600000, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 600000, 1)
      ON DUPLICATE KEY UPDATE used_wh = 600000`);
    ring();
    await until('the second step', async () => (await held(field, tcp, 1, ['price_flat_uyuan'])).price_flat_uyuan === '800000', 20);
    await until('it is told', () => config(field, id, 'prices') === prices(800000), 5);
  });

  await t.test('a holiday: its table is sent, with the day it begins', async () => {
    field.sql(`INSERT INTO holiday (day, kind, name) VALUES ('${day}', 'holiday', 'today')`);
    ring();
    await until('the table of today', () => config(field, id, 'tou')?.includes('f'), 20);
    await until('it is confirmed', () => field.number(`SELECT COUNT(*) FROM command WHERE state IN ('queued', 'taken')`) === 0, 20);
    const zones = config(field, id, 'tou').split('zones=')[1];
    assert.match(zones, new RegExp(`${day.slice(5, 7)}${day.slice(8, 10)}:[12]`));
    const has = await held(field, tcp, 1, ['day_table1', 'day_table2']);
    assert.deepEqual([has.day_table1, has.day_table2].sort(), [tableBytes('0000f'), tableBytes('0000p')].sort());
  });

  await t.test('what nobody had written is left alone, and nothing is sent twice', async () => {
    assert.equal(field.number(`SELECT COUNT(*) FROM command WHERE meter_id = ${meterId(1, 2)}`), 0);
    assert.equal(ours() - manual, 2);
  });

  await t.test('the database goes away under an order: its result is stored when it is back', async () => {
    await field.control(`set ${tcp.name} 2 delay_ms=150`);
    const ids = order(field, [['write_tou', 1, meterId(1, 2), TOU]]);
    const written = async () => Number((await held(field, tcp, 2, ['writes'])).writes);
    await until('the first table', async () => await written() === 1, 15);
    await field.maria.kill9();
    await until('the others', async () => await written() === 3, 15);
    await field.maria.start();
    const [row] = await confirmed(field, ids, 20);
    assert.equal(Number(row.attempts), 1);
    assert.equal(config(field, meterId(1, 2), 'tou'), TOU);
    assert.equal(await written(), 3);
  });

  await field.collector.stop();
  field.assertClean();
});
