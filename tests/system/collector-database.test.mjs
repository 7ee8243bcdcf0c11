// The database is killed and the collector is killed, under load: no half hour is lost and none counts twice.
import { test } from 'node:test';
import fs from 'node:fs';
import path from 'node:path';
import { assert, Field, sleep, until } from './field.mjs';

// Meters that use power, so that what is counted twice shows in the days.
const USING = 'tenant=office scale=0 extra_w=12000';
test('the database and the collector die', async (t) => {
  const field = await Field.start([
    { kind: 'tcp', units: 12, extra: USING }, { kind: 'tcp', units: 12, extra: USING },
    { kind: 'rtt', units: 8, extra: USING }, { kind: 'pty', units: 4, extra: USING },
  ], { t });
  const { maria } = field;
  await field.collect();
  await field.fresh();

  const spool = path.join(field.conf.dir, 'spool', 'test.spool');
  const spoolSize = () => fs.statSync(spool).size;
  const stored = () => until('the spool is stored', () => spoolSize() === 16, 30);

  async function assertWhole() {
    await sleep(2500); // the half hour that is being read
    field.assertNoGap();
    field.assertDays();
  }

  await t.test('database killed and started again under load: no half hour is lost', async () => {
    for (const downMs of [300, 3000, 5000]) {
      await maria.kill9();
      await sleep(downMs);
      await maria.start();
      await field.fresh(undefined, undefined, 30);
    }
    await stored();
    await assertWhole();
    assert.match(field.collector.log(), /database is away/);
    assert.match(field.collector.log(), /the spool is stored/);
  });

  await t.test('database stopped in good order and started again: the same', async () => {
    await maria.stop();
    await sleep(3000);
    assert.ok(spoolSize() > 16, 'half hours wait on disk');
    await maria.start();
    await field.fresh(undefined, undefined, 30);
    await stored();
    await assertWhole();
  });

  await t.test('a meter is lost and back while the database is away: both are known afterwards', async () => {
    await maria.stop();
    await field.control('fault tcp1 5 dead');
    await sleep(6000);
    await maria.start();
    await until('lost', () => field.one('SELECT lost_since FROM meter_link WHERE meter_id = 1005') !== null, 20);
    assert.ok(field.number('SELECT TIMESTAMPDIFF(SECOND, began_at, UTC_TIMESTAMP()) FROM alarm WHERE meter_id = 1005') >= 2, 'it began when it was lost');
    await field.control('clear tcp1 5');
    await until('back', () => field.one('SELECT lost_since FROM meter_link WHERE meter_id = 1005') === null, 45);
    await stored();
  });

  await t.test('collector killed with half hours in the spool: the next one stores them', async () => {
    await maria.stop();
    await sleep(5000);
    await field.midSlot(); // what was read since the last batch is read again only in the same half hour
    await field.collector.kill9();
    const size = spoolSize();
    assert.ok(size > 16 + 192 * field.count(), 'half hours wait on disk');
    // What a crash of the machine may leave behind the last whole record.
    fs.appendFileSync(spool, Buffer.alloc(100, 7));
    const killedAt = new Date().toISOString().replace('T', ' ').slice(0, 23);
    await maria.start();
    await field.collect({ name: 'collector-2' });
    await field.fresh(undefined, undefined, 30);
    await stored();
    assert.match(field.collector.log(), /last record was not finished/);
    assert.doesNotMatch(field.collector.log(), /dropped\b.*owns|owns are dropped/);
    // Nobody read while no collector ran; everything before that is there.
    assert.deepEqual(field.sql(`SELECT meter_id, COUNT(*) AS stored, TIMESTAMPDIFF(SECOND, MIN(taken_at), MAX(taken_at)) DIV 2 + 1 AS wanted
      FROM reading WHERE taken_at < '${killedAt}' AND meter_id <> 1005 GROUP BY meter_id HAVING stored <> wanted`), []);
    assert.equal(field.number(`SELECT COUNT(*) FROM (SELECT meter_id FROM reading WHERE taken_at BETWEEN '${killedAt}' - INTERVAL 4 SECOND AND '${killedAt}'
      GROUP BY meter_id) m`), field.count());
    field.assertDays();
  });

  await t.test('collector killed and started at once: the half hour it held is read again', async () => {
    await field.collector.stop();
    field.sql('DELETE FROM reading; DELETE FROM energy_day');
    await field.collect({ name: 'collector-3' });
    await field.fresh();
    for (let i = 0; i < 4; i++) {
      await sleep(700 + 350 * i);
      await field.collector.kill9();
      await field.collect({ name: `collector-${4 + i}` });
    }
    await field.fresh();
    await assertWhole();
  });

  await t.test('the same spool stored twice changes nothing', async () => {
    await maria.stop();
    await sleep(3000);
    const copy = fs.readFileSync(spool);
    await maria.start();
    await field.fresh(undefined, undefined, 30);
    await stored();
    await field.collector.kill9();
    const before = field.sql('SELECT meter_id, day, used_wh, readings, last_at FROM energy_day ORDER BY meter_id, day');
    fs.writeFileSync(spool, copy);
    const other = maria.sql("UPDATE bus SET disabled_at = UTC_TIMESTAMP(3); SELECT COUNT(*) AS n FROM reading");
    await field.collect({ name: 'collector-9' });
    await stored();
    assert.deepEqual(field.sql('SELECT meter_id, day, used_wh, readings, last_at FROM energy_day ORDER BY meter_id, day'), before);
    assert.equal(field.one('SELECT COUNT(*) FROM reading'), other[0].n);
  });
  await field.collector.stop();
  field.assertClean();
});
