// Lines that lose, delay, repeat and lie, and meters that are not what the books think (reliability.md M-13 … M-25).
import { test } from 'node:test';
import { alarms, assert, assertBooks, delivery, done, ended, meterId, meterOf, money, moneyField, openAccount, sleep, START, tested, until } from './money.mjs';

test('every fault leaves the money once in the meter, or makes people look', async (t) => {
  const field = await moneyField([{ kind: 'tcp', units: 16 }, { kind: 'rtt', units: 8, model: 'dtsy1352', guard: 'stores' }, { kind: 'tcp', units: 8, model: 'adf300', guard: 'adds',
    shown: (unit) => `2024000001${String(unit).padStart(2, '0')}`, number: (unit) => `2024000001${String(unit).padStart(2, '0')}` }], { t, overrides: { 'collector.gateway_delay_ms': '600' } });
  const [checks, stores, adds] = field.buses;
  tested(field, 'stores', 'dtsy1352');
  await field.collect();
  await field.fresh();
  for (const meter of field.ids()) openAccount(field, meter);

  // A write is function 0x20; reads are not hurt.
  const hurt = (bus, unit, what, count = 1, on = 'fc=0x20') => field.control(`fault ${bus.name} ${unit} ${what} ${count} ${on}`);
  const sell = (bus, unit, fen = 10000) => money(field, meterId(bus.id, unit), fen);
  const once = async (bus, unit, sends) => {
    const meter = await meterOf(field, bus, unit);
    assert.deepEqual({ recharges: meter.recharges, fen: meter.delivered_fen }, { recharges: 1, fen: 10000 });
    await assertBooks(field, bus, unit);
    const row = field.sql(`SELECT sends FROM delivery WHERE meter_id = ${meterId(bus.id, unit)}`)[0];
    if (sends) assert.equal(row.sends, String(sends));
  };
  const heldAs = async (bus, unit, id, outcome, seconds) => {
    const [row] = await ended(field, id, seconds);
    assert.deepEqual([row.state, row.command_state, row.sale_state, row.outcome], ['held', 'held', 'held', outcome]);
    assert.ok(alarms(field, meterId(bus.id, unit)).some((alarm) => alarm.kind === 'delivery_held'));
    return row;
  };

  await t.test('answers and requests that are lost, late, repeated or damaged', async () => {
    const cases = [['apply_no_ack', 1], ['drop_rsp', 1], ['drop_req', 2], ['dup_apply', 1], ['defer=700', 1], ['late=900', 1], ['crc', 1], ['trunc', 1], ['extra', 1], ['repeat', 1], ['wrong_unit', 1], ['noise', 1]];
    const ids = [];
    for (const [i, [what]] of cases.entries()) {
      await hurt(checks, i + 1, what);
      ids.push(sell(checks, i + 1));
    }
    await done(field, ids, 60);
    for (const [i, [, sends]] of cases.entries()) await once(checks, i + 1, sends);
  });

  await t.test('a meter that stores what it is told is written to twice at most, and never silently', async () => {
    await hurt(stores, 1, 'drop_req');
    await hurt(stores, 2, 'defer=700');
    await hurt(stores, 3, 'dup_apply');
    await hurt(stores, 4, 'drop_req', 2);
    const ids = [1, 2, 3, 4].map((unit) => sell(stores, unit));
    await done(field, ids.slice(0, 2), 60);
    await once(stores, 1, 2);
    await once(stores, 2, 1);
    await heldAs(stores, 3, ids[2], 'amount 25000 15000');
    await heldAs(stores, 4, ids[3], 'lost 2', 60);
    assert.equal((await meterOf(field, stores, 4)).recharges, 0);
  });

  await t.test('a model nobody tested is never written to twice', async () => {
    await hurt(adds, 1, 'drop_req');
    await hurt(adds, 2, 'apply_no_ack');
    await hurt(adds, 3, 'dup_apply');
    const ids = [1, 2, 3].map((unit) => sell(adds, unit));
    await heldAs(adds, 1, ids[0], 'unsure', 60);
    await done(field, ids[1], 60);
    await once(adds, 2, 1);
    await heldAs(adds, 3, ids[2], 'count_over 9 8', 60);
    assert.equal((await meterOf(field, adds, 1)).recharges, 0);
  });

  await t.test('a meter that refuses is asked once, and those behind wait', async () => {
    await hurt(checks, 13, 'exc=3');
    const id = sell(checks, 13);
    await heldAs(checks, 13, id, 'refused 3');
    const behind = sell(checks, 13);
    await sleep(2500);
    assert.equal(delivery(field, behind).command_state, 'queued');
    assert.equal((await meterOf(field, checks, 13)).writes, 0);
  });

  await t.test('another meter, or one whose figures moved, gets nothing', async () => {
    await field.control(`set ${checks.name} 14 number=999900000001`);
    const other = sell(checks, 14);
    await heldAs(checks, 14, other, 'other_meter');
    await field.control(`buy ${checks.name} 15 700`);
    const bought = sell(checks, 15);
    const row = await heldAs(checks, 15, bought, 'count 8 7');
    assert.deepEqual([row.found_count, row.found_fen], ['8', '5700']);
    await field.control(`set ${stores.name} 5 count=0`);
    const reset = sell(stores, 5);
    await heldAs(stores, 5, reset, 'count 0 7');
    await field.control(`set ${stores.name} 6 credit_fen=6000`);
    const risen = sell(stores, 6);
    await heldAs(stores, 6, risen, 'credit_rose 6000 5000');
    assert.equal((await meterOf(field, checks, 14)).writes, 0);
    assert.equal((await meterOf(field, checks, 15)).credit_fen, 5700);
    assert.equal((await meterOf(field, stores, 5)).credit_fen, START.credit);
    assert.equal((await meterOf(field, stores, 6)).credit_fen, 6000);
  });

  await t.test('old answers decide nothing', async () => {
    await field.control(`fault ${stores.name} 7 stale 6 on=read`);
    await field.control(`fault ${stores.name} 8 stale chance=0.3 on=read`);
    await hurt(stores, 8, 'apply_no_ack');
    await done(field, [sell(stores, 7), sell(stores, 8)], 120);
    await field.control(`clear ${stores.name} 7-8`);
    await once(stores, 7);
    await once(stores, 8);
  });

  await t.test('what cannot be booked makes people look', async () => {
    const unit = 6;
    await field.control(`clear ${adds.name} ${unit}`);
    const next = field.number('SELECT MAX(command_id) + 1 FROM command');
    field.sql(`INSERT INTO journal (kind, source_key, at, biz_day) VALUES ('delivery', 'delivery:${next}', UTC_TIMESTAMP(3), UTC_DATE())`);
    const id = sell(adds, unit);
    assert.equal(id, next);
    await heldAs(adds, unit, id, 'not_booked');
    assert.equal((await meterOf(field, adds, unit)).recharges, 1);
  });

  await t.test('a meter that is away gets it when it is back', async () => {
    await field.control(`fault ${checks.name} 16 dead`);
    const id = sell(checks, 16);
    await until('an attempt', () => Number(delivery(field, id).attempts) >= 1, 20);
    await until('it waits', () => delivery(field, id).command_state === 'queued' && delivery(field, id).result === 'timeout', 20);
    await field.control(`fault ${checks.name} 16 alive`);
    await done(field, id, 60);
    await once(checks, 16, 1);
  });
  field.assertClean();
});
