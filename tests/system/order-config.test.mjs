// Tables that are sent are the tables that are held: on every transport, for both orders of the bytes of a
// season zone, and when the link dies in the middle.
import { test } from 'node:test';
import { TOU, assert, config, confirmed, Field, held, meterId, order, settled, tableBytes, touParts, until, zoneBytes } from './order.mjs';

const PRICES = 'sharp=1320000 peak=1050000 flat=720000 valley=380000 deep=-';
const ALARMS = 'alarm1=8000 alarm2=2500 overdraft=1500';

// What a meter must hold after TOU was sent.
function expected(order_) {
  const [one, two, zones] = touParts(TOU);
  return { day_table1: tableBytes(one), day_table2: tableBytes(two), zones: zoneBytes(zones, order_) };
}

test('what is sent is what is held', async (t) => {
  const field = await Field.start([{ kind: 'tcp', units: 4, status: 2 }, { kind: 'rtt', units: 2, model: 'dtsy1352' },
    { kind: 'pty', units: 2, model: 'adf300' }], { t });
  const [tcp, rtt, pty] = field.buses;
  field.sql(`UPDATE meter SET phases = 3 WHERE bus_id = ${rtt.id}`);
  await field.control(`set ${rtt.name} * phases=3`);
  await field.collect();
  await field.fresh();

  for (const bus of [tcp, rtt, pty]) {
    await t.test(`all parts of a meter on ${bus.kind} (${bus.model ?? 'ddsy1352'})`, async () => {
      const id = meterId(bus.id, 1);
      await confirmed(field, order(field, [['write_prices', bus.id, id, PRICES, 1], ['write_tou', bus.id, id, TOU, 3],
        ['write_alarms', bus.id, id, ALARMS, 1], ['write_overload', bus.id, id, 'limit=9000', 1], ['write_clock', bus.id, id, '', 1]]));
      const keys = ['price_sharp_uyuan', 'price_peak_uyuan', 'price_flat_uyuan', 'price_valley_uyuan', 'alarm1_fen', 'alarm2_fen', 'load_on'];
      assert.deepEqual(await held(field, bus, 1, keys), { price_sharp_uyuan: '1320000', price_peak_uyuan: '1050000',
        price_flat_uyuan: '720000', price_valley_uyuan: '380000', alarm1_fen: '8000', alarm2_fen: '2500', load_on: '1' });
      assert.deepEqual(await held(field, bus, 1, ['day_table1', 'day_table2', 'zones']), expected('tdm'));
      const load = await held(field, bus, 1, ['load_max_w', 'load_a_w', 'load_b_w', 'load_c_w']);
      if (bus === rtt) assert.deepEqual([load.load_a_w, load.load_b_w, load.load_c_w], ['3000', '3000', '3000']);
      else assert.equal(load.load_max_w, '9000');
      assert.equal(config(field, id, 'tou'), TOU);
      assert.equal(config(field, id, 'prices'), PRICES);
      assert.equal(config(field, id, 'overload'), 'limit=9000');
      assert.equal(config(field, id, 'alarms'), bus === pty ? ALARMS.replace('overdraft=1500', 'overdraft=-') : ALARMS);
      assert.match(config(field, id, 'clock'), /^offset=-?[01]$/);
      assert.equal(field.number(`SELECT COUNT(*) FROM meter_config WHERE meter_id = ${id} AND sent_at IS NULL`), 0);
    });
  }

  await t.test('what is right already is not written again, and what was not meant stays', async () => {
    const id = meterId(1, 1);
    await field.control(`set ${tcp.name} 1 load_step_w=700 load_pf=850`);
    const { writes } = await held(field, tcp, 1, ['writes']);
    await confirmed(field, order(field, [['write_prices', 1, id, PRICES], ['write_tou', 1, id, TOU], ['write_overload', 1, id, 'limit=9000']]));
    assert.equal((await held(field, tcp, 1, ['writes'])).writes, writes);
    await confirmed(field, order(field, [['write_overload', 1, id, 'limit=4500']]));
    assert.deepEqual(await held(field, tcp, 1, ['load_max_w', 'load_step_w', 'load_pf', 'alarm1_fen']),
      { load_max_w: '4500', load_step_w: '700', load_pf: '850', alarm1_fen: '8000' });
    await confirmed(field, order(field, [['write_overload', 1, id, 'limit=0']]));
    assert.equal((await held(field, tcp, 1, ['load_on'])).load_on, '0');
  });

  await t.test('reading tells every part, and writes nothing', async () => {
    await field.control(`set ${tcp.name} 2 price_uyuan=610000 alarm1_fen=3000`);
    await confirmed(field, order(field, [['read_config', 1, meterId(1, 2), '', 5]]));
    assert.equal(config(field, meterId(1, 2), 'prices'), 'sharp=610000 peak=610000 flat=610000 valley=610000 deep=-');
    assert.equal(config(field, meterId(1, 2), 'alarms').split(' ')[0], 'alarm1=3000');
    assert.equal(field.number(`SELECT COUNT(*) FROM meter_config WHERE meter_id = ${meterId(1, 2)} AND sent_at IS NULL`), 5);
    assert.equal((await held(field, tcp, 2, ['writes'])).writes, '0');
  });

  await t.test('a meter that wants the month first gets the right table', async () => {
    const id = meterId(1, 3);
    await field.control(`set ${tcp.name} 3 season=mdt zones=${zoneBytes('0101:1,0701:2,0901:1,1201:2', 'mdt')}`);
    await confirmed(field, order(field, [['write_tou', 1, id, TOU]]));
    assert.deepEqual(await held(field, tcp, 3, ['day_table1', 'day_table2', 'zones']), expected('mdt'));
    assert.equal(config(field, id, 'tou'), TOU);
    // One that was never set up shows nothing: it refuses the wrong order, and the other one is tried.
    await field.control(`set ${tcp.name} 4 season=mdt zones_check=1 zones=${'00'.repeat(12)}`);
    await confirmed(field, order(field, [['write_tou', 1, meterId(1, 4), TOU]]));
    assert.deepEqual(await held(field, tcp, 4, ['day_table1', 'day_table2', 'zones']), expected('mdt'));
  });

  await t.test('the link dies in the middle: it goes on where it stopped', async () => {
    const cases = [[tcp, 2, 'rst 1 fc=0x10'], [rtt, 2, 'drop_req 1 fc=0x10'], [pty, 2, 'apply_no_ack 1 fc=0x10']];
    const before = [];
    for (const [bus, unit, fault] of cases) {
      before.push(Number((await held(field, bus, unit, ['writes'])).writes));
      await field.control(`set ${bus.name} ${unit} day_table2=${tableBytes('0000f')}`);
      await field.control(`fault ${bus.name} ${unit} ${fault}`);
    }
    const rows = await confirmed(field, order(field, cases.map(([bus, unit]) => ['write_tou', bus.id, meterId(bus.id, unit), TOU])), 30);
    assert.deepEqual(rows.map((row) => Number(row.step)), [3, 3, 3]);
    for (const [i, [bus, unit]] of cases.entries()) {
      assert.deepEqual(await held(field, bus, unit, ['day_table1', 'day_table2', 'zones']), expected('tdm'), bus.kind);
      // Three frames, each carried out once; what was reset under way had been carried out, too.
      assert.equal(Number((await held(field, bus, unit, ['writes'])).writes) - before[i], 3, bus.kind);
    }
  });

  await t.test('a silent meter: the order waits in the queue and is carried out when it is back', async () => {
    const id = meterId(1, 2);
    await field.control(`fault ${tcp.name} 2 dead`);
    const ids = order(field, [['write_alarms', 1, id, 'alarm1=100 alarm2=50 overdraft=-'], ['write_prices', 1, id, PRICES]]);
    await until('an attempt in vain', () => field.number(`SELECT COUNT(*) FROM command WHERE command_id = ${ids[0]} AND state = 'queued' AND attempts > 0`) === 1, 20);
    assert.equal(field.one(`SELECT outcome FROM command_attempt WHERE command_id = ${ids[0]} LIMIT 1`), 'timeout');
    // Of one meter one at a time, in order.
    assert.equal(field.number(`SELECT attempts FROM command WHERE command_id = ${ids[1]}`), 0);
    await field.control(`clear ${tcp.name} 2`);
    await confirmed(field, ids, 40);
    assert.equal((await held(field, tcp, 2, ['alarm1_fen'])).alarm1_fen, '100');
  });

  await t.test('what a meter refuses, does not keep or cannot hold fails, and says so', async () => {
    const id = meterId(1, 2);
    await field.control(`fault ${tcp.name} 2 exc=3 1 fc=0x20`);
    await field.control(`fault ${tcp.name} 3 drop_req on=write`);
    const alarms = 'alarm1=200 alarm2=50 overdraft=-';
    const rows = await settled(field, order(field, [['write_alarms', 1, id, alarms], ['write_alarms', 1, meterId(1, 3), alarms],
      ['write_overload', 1, meterId(1, 4), 'limit=70000'], ['write_alarms', 1, meterId(1, 1), 'alarm1=0x1'], ['write_prices', 1, meterId(2, 1), PRICES]]), 30);
    assert.deepEqual(rows.map((row) => [row.state, row.result]), [['failed', 'refused alarms 3'], ['failed', 'differs alarms'],
      ['failed', 'does_not_fit load'], ['failed', 'unknown'], ['failed', 'gone']]);
    assert.match(config(field, meterId(1, 3), 'alarms'), /^alarm1=(?!200 )/); // what it holds instead is told
    await field.control(`clear ${tcp.name} 3`);
    field.sql(`UPDATE meter SET meter_model_id = 4 WHERE meter_id = ${id}`);
    await until('the new model', () => /definition, 4 meters/.test(field.collector.log()), 10);
    const [row] = await settled(field, order(field, [['write_prices', 1, id, PRICES]]));
    assert.deepEqual([row.state, row.result], ['failed', 'unsupported']);
  });

  await field.collector.stop();
  field.assertClean();
});
