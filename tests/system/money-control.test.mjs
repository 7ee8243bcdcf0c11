// Relays that are forced open and closed (reliability.md B-60), and the commissioning test of purchase counts (§3.1a).
import { test } from 'node:test';
import { assert, confirmed, held, order, settled } from './order.mjs';
import { meterId, meterOf, moneyField, openAccount, until } from './money.mjs';

const state = (field, meter) => field.sql(`SELECT relay_closed, force_state FROM meter_state WHERE meter_id = ${meter}`)[0];

test('forced relays', async (t) => {
  const field = await moneyField([{ kind: 'tcp', units: 4 }, { kind: 'rtt', units: 1, model: 'dtsy1352' }, { kind: 'pty', units: 1, model: 'adf300', number: (unit) => `202400000${unit}`, shown: (unit) => `20240000000${unit}` },
    { kind: 'tcp', units: 1, model: 'dtsy1946' }], { t });
  field.sql(`UPDATE meter SET phases = 3 WHERE meter_id = ${meterId(2, 1)}; UPDATE meter SET is_protected = 1 WHERE meter_id = ${meterId(1, 2)}`);
  await field.collect();
  await field.fresh([1, 2, 3].map((bus) => meterId(bus, 1)));
  const say = (bus, unit, kind) => order(field, [[kind, bus, meterId(bus, unit), '', 1]]);

  for (const [bus, mask] of [[1, 1], [2, 7], [3, 1]]) {
    await t.test(`${field.buses[bus - 1].model ?? 'ddsy1352'}: trip, keep on, back to prepaid`, async () => {
      const meter = meterId(bus, 1);
      const relay = async () => Number((await held(field, field.buses[bus - 1], 1, ['relay'])).relay);
      assert.equal((await confirmed(field, say(bus, 1, 'trip')))[0].result, '');
      assert.equal(await relay(), 0);
      await until('the board', () => state(field, meter).relay_closed === '0', 2);
      assert.equal((await confirmed(field, say(bus, 1, 'keep_on')))[0].result, '');
      assert.equal(await relay(), mask);
      assert.equal(Number((await held(field, field.buses[bus - 1], 1, ['forced'])).forced), 1);
      const { writes } = await meterOf(field, field.buses[bus - 1]);
      // What is so already is not written again.
      await confirmed(field, say(bus, 1, 'keep_on'));
      assert.equal((await meterOf(field, field.buses[bus - 1])).writes, writes);
      assert.equal((await confirmed(field, say(bus, 1, 'prepaid')))[0].result, '');
      assert.equal(Number((await held(field, field.buses[bus - 1], 1, ['forced'])).forced), 0);
      assert.equal(await relay(), mask);
    });
  }

  await t.test('a protected circuit is never tripped', async () => {
    const [row] = await settled(field, say(1, 2, 'trip'));
    assert.deepEqual([row.state, row.result], ['failed', 'protected']);
    assert.equal((await meterOf(field, field.buses[0], 2)).writes, 0);
    await confirmed(field, say(1, 2, 'keep_on'));
  });

  await t.test('a lost answer is read back, a refusal and a stuck relay are told', async () => {
    await field.control(`fault ${field.buses[0].name} 3 apply_no_ack 1 fc=0x10`);
    assert.equal((await confirmed(field, say(1, 3, 'trip')))[0].result, '');
    assert.equal((await meterOf(field, field.buses[0], 3)).writes, 1);
    await field.control(`fault ${field.buses[0].name} 3 drop_req 1 fc=0x10`);
    await confirmed(field, say(1, 3, 'prepaid'));
    await field.control(`set ${field.buses[0].name} 4 relay_stuck=closed`);
    assert.equal((await confirmed(field, say(1, 4, 'trip')))[0].result, 'relay_closed');
    await field.control(`set ${field.buses[0].name} 4 relay_stuck=no`);
    await field.control(`fault ${field.buses[0].name} 4 exc=2 1 fc=0x10`);
    const [row] = await settled(field, say(1, 4, 'prepaid'));
    assert.deepEqual([row.state, row.result], ['failed', 'refused force 2']);
    assert.equal((await settled(field, say(4, 1, 'trip')))[0].result, 'unsupported');
  });
  field.assertClean();
});

test('what a model does with a purchase count is found out', async (t) => {
  const field = await moneyField([{ kind: 'tcp', units: 4 }, { kind: 'rtt', units: 1, model: 'dtsy1352', guard: 'stores' }, { kind: 'tcp', units: 1, model: 'adf300', guard: 'adds', number: () => '2024000000', shown: () => '202400000000' }],
    { t, guard: null, overrides: { 'collector.gateway_delay_ms': '100' } });
  await field.control(`set ${field.buses[0].name} * guard=checks`);
  await field.collect();
  await field.fresh();
  const say = (bus, unit = 1) => order(field, [['guard_test', bus, meterId(bus, unit), '', 1]]);
  const guards = () => Object.fromEntries(field.sql('SELECT code, guard FROM model_guard JOIN meter_model USING (meter_model_id)').map((row) => [row.code, row.guard]));

  await t.test('checks, stores, adds; credit and count are as before', async () => {
    for (const [bus, guard] of [[1, 'checks'], [2, 'stores'], [3, 'adds']]) {
      const [row] = await confirmed(field, say(bus));
      assert.equal(row.result, `guard ${guard}`);
      const meter = await meterOf(field, field.buses[bus - 1]);
      assert.deepEqual([meter.credit_fen, meter.count], [5000, 7]);
    }
    assert.deepEqual(guards(), { ddsy1352: 'checks', dtsy1352: 'stores', adf300: 'adds' });
  });

  await t.test('a meter that serves an account, refuses or answers badly proves nothing', async () => {
    field.sql('DELETE FROM model_guard');
    openAccount(field, meterId(1, 2));
    assert.equal((await settled(field, say(1, 2)))[0].result, 'guard_in_use');
    assert.equal((await meterOf(field, field.buses[0], 2)).writes, 0);
    await field.control(`fault ${field.buses[0].name} 3 apply_no_ack 1 fc=0x20`);
    assert.equal((await settled(field, say(1, 3), 30))[0].result, 'guard_line');
    const third = await meterOf(field, field.buses[0], 3);
    assert.deepEqual([third.credit_fen, third.count], [5000, 7]);
    await field.control(`set ${field.buses[0].name} 4 hoard_fen=5000`);
    assert.equal((await settled(field, say(1, 4), 30))[0].result, 'guard_refused');
    assert.deepEqual(guards(), {});
  });

  await t.test('one that was interrupted is not repeated by itself', async () => {
    await field.control(`set ${field.buses[0].name} 4 hoard_fen=0`);
    await field.control(`fault ${field.buses[0].name} 4 delay=150`);
    const { writes } = await meterOf(field, field.buses[0], 4);
    const ids = say(1, 4);
    await until('it is under way', async () => (await meterOf(field, field.buses[0], 4)).writes > writes, 15);
    await field.collector.kill9();
    await field.collect();
    const [row] = await settled(field, ids, 30);
    assert.deepEqual([row.state, row.result], ['failed', 'interrupted']);
  });
  field.assertClean();
});
