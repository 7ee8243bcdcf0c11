// Orders to a bus (scan, test), and orders when collectors die, stand still and take over.
import { test } from 'node:test';
import net from 'node:net';
import path from 'node:path';
import { assert, commands, confirmed, Field, held, meterId, order, settled, sleep, tableBytes, TOU, touParts, until } from './order.mjs';

const found = (field, id, outcome) => field.number(`SELECT COUNT(*) FROM bus_scan WHERE command_id = ${id}${outcome ? ` AND outcome = '${outcome}'` : ''}`);
const PRICES = (flat) => `sharp=900000 peak=800000 flat=${flat} valley=300000 deep=-`;

// A port that refuses.
async function closedPort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((done) => { server.once('listening', done); });
  const { port } = server.address();
  await new Promise((done) => { server.close(done); });
  return port;
}

test('orders to a bus, and collectors that die', async (t) => {
  const field = await Field.start([{ kind: 'tcp', units: 4, status: 2 }, { kind: 'rtt', units: 3, model: 'adf300', status: 5, shown: (unit) => `20240000000${unit}` },
    { kind: 'tcp', units: 0 }], { t, overrides: { 'collector.lease_s': '5' } });
  const [tcp, rtt, empty] = field.buses;
  // The last of the line is not defined: a scan finds it.
  field.sql(`UPDATE meter SET removed_at = UTC_TIMESTAMP(3) WHERE meter_id = ${meterId(2, 3)}`);
  await field.collect();
  await field.fresh([meterId(1, 1), meterId(2, 1)]);

  await t.test('a scan tells what is there, with progress', async () => {
    const [id] = order(field, [['scan_bus', 2, null, 'from=1 to=9', 9]]);
    await until('progress', () => found(field, id) >= 3, 15);
    const [row] = await confirmed(field, [id], 20);
    assert.equal(row.result, 'scanned 3 9');
    assert.equal(Number(row.step), 9);
    assert.equal(found(field, id, 'answered'), 3);
    assert.equal(found(field, id, 'silent'), 6);
    assert.match(field.one(`SELECT number FROM bus_scan WHERE command_id = ${id} AND unit = 3`), /^\d{10}$/);
    assert.equal(field.one(`SELECT model_code FROM bus_scan WHERE command_id = ${id} AND unit = 3`), 'adf300');
  });

  await t.test('a scan of all addresses can be stopped, and live meters stay fresh meanwhile', async () => {
    const [id] = order(field, [['scan_bus', 1, null, 'from=1 to=247', 247]]);
    await until('twelve addresses', () => found(field, id) >= 12, 20);
    await field.fresh([1, 2, 3, 4].map((unit) => meterId(1, unit)), field.now(), 8);
    // Others go first: they do not wait for the end of the scan.
    await confirmed(field, order(field, [['write_prices', 1, meterId(1, 1), PRICES(510000)]]), 8);
    field.sql(`UPDATE command SET cancel_at = UTC_TIMESTAMP(3) WHERE command_id = ${id}`);
    const [row] = await settled(field, [id], 8);
    assert.equal(row.state, 'cancelled');
    const done = found(field, id);
    assert.ok(done >= 12 && done < 200, `${done}`);
    await sleep(1000);
    assert.equal(found(field, id), done);
  });

  await t.test('the test of a connection says what works', async () => {
    assert.equal((await confirmed(field, order(field, [['test_bus', 1, null, '', 4]])))[0].result, 'test_ok 3 3');
    assert.equal((await confirmed(field, order(field, [['test_bus', empty.id, null, '', 4]])))[0].result, 'test_empty');
    await field.control(`fault ${rtt.name} * dead`);
    assert.equal((await settled(field, order(field, [['test_bus', 2, null, '', 4]])))[0].result, 'test_silent 0 2');
    await field.control(`clear ${rtt.name} *`);
    const port = field.one('SELECT port FROM bus WHERE bus_id = 3');
    field.sql(`UPDATE bus SET port = ${await closedPort()} WHERE bus_id = 3`);
    await until('the new port', () => /tcp3: new definition/.test(field.collector.log()), 8);
    assert.equal((await settled(field, order(field, [['test_bus', 3, null, '', 4]])))[0].result, 'open_refused');
    field.sql(`UPDATE bus SET host = 'gateway.local', port = ${port} WHERE bus_id = 3`);
    await until('the refusal', () => /definition_address|gateway.local/.test(field.collector.log()), 8);
    assert.equal((await settled(field, order(field, [['test_bus', 3, null, '', 4]])))[0].result, 'definition');
    field.sql(`UPDATE bus SET host = '127.0.0.1' WHERE bus_id = 3`);
  });

  await t.test('an order that nobody could deliver in time ends', async () => {
    await field.control(`fault ${tcp.name} 4 dead`);
    const ids = order(field, [['write_prices', 1, meterId(1, 4), PRICES(520000)]], { minutes: 0 });
    const [row] = await settled(field, ids, 10);
    assert.deepEqual([row.state, row.result], ['failed', 'expired']);
    await field.control(`clear ${tcp.name} 4`);
  });

  await t.test('killed between claim and result: carried out after the start, and written once', async () => {
    await field.fresh([meterId(1, 4)], field.now(), 30);
    // Slow answers, so that it dies in the middle of a table.
    await field.control(`set ${tcp.name} 2 delay_ms=150`);
    const before = Number((await held(field, tcp, 2, ['writes'])).writes);
    const ids = order(field, [['write_tou', 1, meterId(1, 2), TOU]]);
    await until('the first table', async () => Number((await held(field, tcp, 2, ['writes'])).writes) > before, 15);
    await field.collector.kill9();
    assert.equal(commands(field, ids)[0].state, 'taken');
    await field.control(`set ${tcp.name} 2 delay_ms=0`);
    await field.collect({ name: 'collector-2' });
    const [row] = await confirmed(field, ids, 20);
    assert.equal(Number(row.attempts), 2);
    const [one, two] = touParts(TOU);
    const has = await held(field, tcp, 2, ['day_table1', 'day_table2', 'writes']);
    assert.deepEqual([has.day_table1, has.day_table2], [tableBytes(one), tableBytes(two)]);
    assert.equal(Number(has.writes) - before, 3);
  });

  await t.test('two collectors: one that stood still neither speaks nor settles when it wakes', async () => {
    const other = field.setConf('other.conf', { 'collector.name': 'other', 'collector.spool': path.join(field.conf.dir, 'spool2'), 'collector.doorbell': path.join(field.conf.dir, 'doorbell2.sock') });
    const first = field.collector;
    await field.control(`set ${tcp.name} 3 delay_ms=150`);
    const before = Number((await held(field, tcp, 3, ['writes'])).writes);
    const ids = order(field, [['write_tou', 1, meterId(1, 3), TOU]]);
    await until('a write', async () => Number((await held(field, tcp, 3, ['writes'])).writes) > before, 15);
    first.signal_('SIGSTOP');
    await field.control(`set ${tcp.name} 3 delay_ms=0`);
    await field.collect({ name: 'other', conf: other });
    const [row] = await confirmed(field, ids, 40);
    const writes = Number((await held(field, tcp, 3, ['writes'])).writes);
    assert.equal(writes - before, 3);
    const epoch = field.one(`SELECT taken_epoch FROM command WHERE command_id = ${ids[0]}`);
    first.signal_('SIGCONT');
    await sleep(3000);
    assert.equal(field.one(`SELECT taken_epoch FROM command WHERE command_id = ${ids[0]}`), epoch);
    assert.equal(commands(field, ids)[0].ended_at, row.ended_at);
    assert.equal(Number((await held(field, tcp, 3, ['writes'])).writes), writes);
    await confirmed(field, order(field, [['write_prices', 1, meterId(1, 3), PRICES(530000)], ['write_prices', 2, meterId(2, 1), PRICES(530000)]]), 20);
    await first.stop();
  });

  await field.collector.stop();
  field.assertClean();
});
