// Money reaches a meter exactly once, whatever the line does (reliability.md §3, M-09 … M-26).
import { test } from 'node:test';
import { order } from './order.mjs';
import { assert, assertBooks, delivery, done, ended, meterId, meterOf, money, moneyField, openAccount, ring, sleep, tested, until } from './money.mjs';

test('credit, deductions and clearings', async (t) => {
  const field = await moneyField([{ kind: 'tcp', units: 4 }, { kind: 'rtt', units: 2, model: 'adf300', shown: (unit) => `20240000000${unit}`, number: (unit) => `20240000000${unit}` }, { kind: 'pty', units: 2 }], { t });
  tested(field, 'checks', 'adf300');
  await field.collect();
  await field.fresh();
  for (const meter of field.ids()) openAccount(field, meter);

  await t.test('a sale is in the meter, and the board shows it', async () => {
    const [bus] = field.buses;
    const meter = meterId(1, 1);
    const [row] = await done(field, money(field, meter, 10000));
    assert.deepEqual([row.command_state, row.sale_state, row.want_count, row.after_count, row.before_fen, row.after_fen, row.sends], ['confirmed', 'delivered', '8', '8', '5000', '15000', '1']);
    await assertBooks(field, bus);
    await until('the board', () => field.number(`SELECT credit_fen FROM meter_state WHERE meter_id = ${meter}`) === 15000, 2);
    assert.equal(field.number(`SELECT transit_fen FROM ledger_balance WHERE meter_id = ${meter}`), 0);
  });

  await t.test('on every transport, many in their order', async () => {
    const ids = [];
    for (const bus of field.buses) {
      for (const fen of [1, 20000, 333]) ids.push(money(field, meterId(bus.id, 2), fen));
    }
    await done(field, ids, 40);
    for (const bus of field.buses) {
      await assertBooks(field, bus, 2);
      assert.equal((await meterOf(field, bus, 2)).recharges, 3);
    }
  });

  await t.test('credit is taken out, as far as there is some', async () => {
    const bus = field.buses[2];
    const meter = meterId(3, 1);
    const [row] = await done(field, money(field, meter, 1200, 'deduct'));
    assert.deepEqual([row.sale_state, row.target_fen, row.after_fen], ['due', '3800', '3800']);
    await assertBooks(field, bus);
    const [failed] = await ended(field, money(field, meter, 3801, 'deduct'));
    assert.deepEqual([failed.state, failed.sale_state, failed.outcome, failed.command_state], ['failed', 'failed', 'balance 3800 3801', 'failed']);
    await assertBooks(field, bus);
    const [cleared] = await done(field, money(field, meter, 0, 'clear'), 30);
    assert.equal(cleared.amount_fen, '3800');
    assert.equal((await meterOf(field, bus)).credit_fen, 0);
  });

  await t.test('the count goes through its end', async () => {
    const bus = field.buses[0];
    await field.control(`set ${bus.name} 3 count=65535`);
    field.sql(`UPDATE meter_epoch SET last_count = 65535, base_count = 65535 WHERE active_meter = ${meterId(1, 3)}`);
    const [row] = await done(field, money(field, meterId(1, 3), 700));
    assert.equal(row.want_count, '0');
    assert.equal((await meterOf(field, bus, 3)).count, 0);
  });

  await t.test('from the ring to the confirmation it takes less than a second', async () => {
    const took = [];
    for (let i = 0; i < 10; i++) {
      const began = Date.now();
      const id = money(field, meterId(1, 4), 100);
      ring(field);
      while (delivery(field, id).state !== 'done') await sleep(20);
      took.push(Date.now() - began);
    }
    took.sort((a, b) => a - b);
    assert.ok(took[8] < 1500, `${took}`);
    await assertBooks(field, field.buses[0], 4);
  });

  await t.test('a sale goes before what else is queued', async () => {
    const meter = meterId(1, 4);
    await field.control(`fault ${field.buses[0].name} 4 delay=100`);
    const others = order(field, Array.from({ length: 12 }, (_, i) => ['write_prices', 1, meter, `sharp=900000 peak=800000 flat=${500000 + i * 1000} valley=300000 deep=-`, 1]));
    await done(field, money(field, meter, 250), 15);
    assert.ok(field.number(`SELECT COUNT(*) FROM command WHERE command_id IN (${others}) AND state = 'queued'`) > 4);
    await field.control(`clear ${field.buses[0].name} 4`);
    await assertBooks(field, field.buses[0], 4);
  });
  field.assertClean();
});
