// What people change in the settings reaches the running collector within seconds, by the doorbell and
// without a restart; what is wrong leaves it as it was; and a meter that moves is not counted twice.
import { test } from 'node:test';
import { startWeb } from '../harness/harness.mjs';
import { change, idOf } from '../web/form.mjs';
import { assert, Field, meterId, sleep, until } from './field.mjs';

// 3 s from the save to the effect; the dispatcher would look by itself every 2 s, so the doorbell is
// proved by a collector that looks rarely.
const SOON_S = 3;

test('changes in the settings reach the collector', async (t) => {
  const field = await Field.start([{ kind: 'tcp', units: 2, status: 1, extra: 'tenant=office scale=0 extra_w=10000000 prepay=0' },
    { kind: 'tcp', units: 0, status: 1 }], { t });
  const [line] = field.buses;
  const { host, port } = field.sim.lines[line.name];
  await field.collect();
  const web = await startWeb(field.maria, field.conf, { t });
  const admin = await web.signedIn('admin');
  await field.fresh([meterId(1, 1), meterId(1, 2)]);
  const readAfter = (id, since) => field.number(`SELECT COUNT(*) FROM meter_state WHERE meter_id = ${id} AND read_at > '${since}'`) === 1;

  await t.test('a meter taken off is read no more, and a new one appears', async () => {
    const taken = await change(admin, `/settings/meters/${meterId(1, 2)}/remove`, { reason: '更换' });
    assert.equal(taken.status, 303);
    const added = await change(admin, '/settings/meters/new?bus=1', { number: '2026000001', model: 2, unit: 2, phases: 1, credit_mode: 'meter' });
    assert.equal(added.status, 303, added.text);
    const id = idOf(added);
    await until('the first reading of the new meter', () => field.number(`SELECT COUNT(*) FROM meter_state WHERE meter_id = ${id}`) === 1, SOON_S);
    const since = field.now();
    await sleep(1500);
    assert.ok(!readAfter(meterId(1, 2), since));
  });

  await t.test('a bus is switched off and on', async () => {
    assert.equal((await change(admin, '/settings/buses/1', {}, '/settings/buses/1/disable')).status, 303);
    await until('the lease is given up', () => field.number('SELECT COUNT(*) FROM bus_lease WHERE bus_id = 1 AND collector_id IS NOT NULL') === 0, SOON_S);
    const off = field.now();
    await sleep(1500);
    assert.ok(!readAfter(meterId(1, 1), off));
    assert.equal((await change(admin, '/settings/buses/1', {}, '/settings/buses/1/enable')).status, 303);
    await until('it is read again', () => readAfter(meterId(1, 1), off), 5);
  });

  await t.test('another rhythm and name hold at once', async () => {
    assert.equal((await change(admin, '/settings/buses/1', { name: '弱电井', status_period_s: 3600, reading_period_s: 3600 })).status, 303);
    await until('the collector takes it', () => /弱电井: new definition/.test(field.collector.log()), SOON_S);
    await sleep(500);
    const since = field.now();
    await sleep(2500);
    assert.ok(!readAfter(meterId(1, 1), since), 'read once an hour');
    assert.equal((await change(admin, '/settings/buses/1', { status_period_s: 1, reading_period_s: 2 })).status, 303);
    await until('read every second again', () => readAfter(meterId(1, 1), since), SOON_S);
  });

  await t.test('a wrong definition is refused and told, and the bus goes on', async () => {
    const refused = await change(admin, '/settings/buses/1', { baud: 9601 });
    assert.equal(refused.status, 422);
    // By hand, past every form: the collector looks too.
    field.sql('UPDATE bus SET stop_bits = 3 WHERE bus_id = 1');
    await until('the collector says why', () => /definition_stop_bits 3/.test(field.one('SELECT trouble FROM bus_state WHERE bus_id = 1')), 5);
    await field.fresh([meterId(1, 1)], field.now(), 5);
    const page = await admin.get('/settings/buses/1');
    assert.match(page.text, /notice-danger[\s\S]*停止位无效：3/);
    field.sql('UPDATE bus SET stop_bits = 1 WHERE bus_id = 1');
    await until('the trouble is over', () => field.one('SELECT trouble FROM bus_state WHERE bus_id = 1') === '', 5);
  });

  await t.test('a meter that moves between buses under load is counted once', async () => {
    // Both buses lead to the same meter, every answer is a reading, and the energy climbs with each of them. An
    // answer takes 10 ms, so that the store keeps up: some 20 readings are on their way at any moment.
    await field.control(`fault ${line.name} * delay=10`);
    await field.control('speed 100');
    field.sql(`UPDATE bus SET status_period_s = 0, reading_period_s = 0, host = '${host}', port = ${port} WHERE bus_id IN (1, 2)`);
    field.sql(`UPDATE meter SET rated_power_w = 0 WHERE meter_id = ${meterId(1, 1)}`);
    const day = () => {
      const [sum] = field.sql(`SELECT SUM(readings) AS readings, SUM(used_wh) AS used, MAX(last_wh) AS last FROM energy_day WHERE meter_id = ${meterId(1, 1)}`);
      return { readings: Number(sum.readings), used: Number(sum.used), last: Number(sum.last) };
    };
    const quick = day().readings + 20;
    await until('readings of every answer', () => day().readings > quick, 10);
    const begin = day();
    for (const bus of [2, 1, 2, 1, 2, 1]) {
      const wanted = day().readings + 20;
      const moved = await change(admin, `/settings/meters/${meterId(1, 1)}`, { bus });
      assert.equal(moved.status, 303, moved.text);
      await until('the other bus reads it', () => day().readings > wanted, 10);
    }
    await field.collector.stop();
    const end = day();
    assert.ok(end.last > begin.last);
    assert.equal(end.used - begin.used, end.last - begin.last);
    assert.equal(field.number(`SELECT COUNT(*) FROM audit WHERE action = 'meter.edit' AND object_id = ${meterId(1, 1)}`), 6);
  });
  field.assertClean();
});
