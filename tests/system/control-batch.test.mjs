// Batches from the page to the relays: half of the meters away, answers lost, a relay that is stuck, a collector that is
// killed in the middle, a keep-on that ends by itself, and everything back to what it was.
import { test } from 'node:test';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { startWeb } from '../harness/harness.mjs';
import { unlimit } from '../web/fastcgi.mjs';
import { assert, held, until } from './order.mjs';
import { done, meterId, money, moneyField, openAccount } from './money.mjs';

const UNITS = 20;
const units = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const minute = (hours) => new Date(Date.now() + hours * 3600e3 + 8 * 3600e3).toISOString().slice(0, 16);

test('batches of remote control', async (t) => {
  const field = await moneyField([{ kind: 'tcp', units: UNITS }, { kind: 'rtt', units: UNITS }], { t });
  const web = await startWeb(field.maria, field.conf, { t });
  await unlimit(web);
  const admin = await web.signedIn('admin');
  await field.collect();
  await field.fresh();
  for (const id of field.ids()) openAccount(field, id);

  const ring = () => execFileSync('logger', ['--socket', path.join(field.conf.dir, 'doorbell.sock'), '--udp', '--socket-errors=on', 'look'], { stdio: 'pipe' });
  const states = (batch) => Object.fromEntries(field.sql(`SELECT state, COUNT(*) AS n FROM command WHERE command_batch_id = ${batch} GROUP BY state`).map((row) => [row.state, Number(row.n)]));
  const waitFor = (what, batch, wanted, seconds = 60) => until(what, () => { const now = states(batch); return Object.entries(wanted).every(([state, n]) => (now[state] ?? 0) === n); }, seconds)
    .catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(states(batch))} ${JSON.stringify(field.sql(`SELECT meter_id, state, attempts, result FROM command WHERE command_batch_id = ${batch} AND state <> 'confirmed'`))}`); });
  const at = async (bus, unit, key) => Number((await held(field, field.buses[bus - 1], unit, [key]))[key]);
  async function send(query, typed) {
    const shown = await admin.get(`/accounts/control?${query}`);
    assert.equal(shown.status, 200, query);
    const form = /<form method="post" action="\/accounts\/control"[\s\S]*?<\/form>/.exec(shown.text)[0];
    const fields = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
    const answer = await admin.request('POST', '/accounts/control', { fields: [...fields, ...Object.entries({ when: 'now', ...typed })] });
    assert.equal(answer.status, 303, answer.text);
    return Number(/orders\/(\d+)$/.exec(answer.location)[1]);
  }
  const ticks = (ids) => ids.map((id) => `meter=${id}`).join('&');

  let trip;
  await t.test('40 meters on two lines: half of them away, one stuck, answers lost, the collector killed', async () => {
    // While nobody asks, nobody knows who is away.
    await field.collector.stop();
    for (const bus of field.buses) for (const unit of units(11, UNITS)) await field.control(`set ${bus.name} ${unit} silent=1`);
    await field.control(`set ${field.buses[0].name} 3 relay_stuck=closed`);
    await field.control(`fault ${field.buses[0].name} 4 apply_no_ack 1 fc=0x10`);
    await field.control(`fault ${field.buses[1].name} 4 drop_req 1 fc=0x10`);
    for (const bus of field.buses) await field.control(`set ${bus.name} * delay_ms=60`);
    trip = await send(`op=trip&${ticks(field.ids())}`, { cause: 'safety', reason: '消防演练', count: '40' });
    await field.collect({ name: 'second' });
    await until('the first ones', () => (states(trip).confirmed ?? 0) >= 4, 40);
    await field.collector.kill9();
    const early = states(trip);
    assert.ok((early.confirmed ?? 0) < 20, JSON.stringify(early));
    await field.collect({ name: 'third' });
    await waitFor('those that answer', trip, { confirmed: 20 }, 90);
    for (const bus of [1, 2]) {
      for (const unit of units(1, 10)) {
        assert.equal(await at(bus, unit, 'writes'), 1, `meter ${bus}/${unit} is written to once`);
        assert.equal(await at(bus, unit, 'relay'), bus === 1 && unit === 3 ? 1 : 0);
      }
    }
    assert.deepEqual(field.sql(`SELECT meter_id, result FROM command WHERE command_batch_id = ${trip} AND result <> '' AND state = 'confirmed'`), [{ meter_id: String(meterId(1, 3)), result: 'relay_closed' }]);
    await until('the others were tried', () => field.number(`SELECT COUNT(*) FROM command WHERE command_batch_id = ${trip} AND state = 'queued' AND attempts > 0`) === 20, 60);
    const page = await admin.get(`/settings/orders/${trip}`);
    assert.match(page.text, /等待电表恢复<\/dt><dd>20</);
    assert.match(page.text, /已执行，但继电器仍闭合/);
    assert.match(page.text, /表计已确认：已断开/);
  });

  await t.test('five come back and are tripped; the rest is cancelled and stays as it is', async () => {
    for (const unit of units(11, 15)) await field.control(`set ${field.buses[0].name} ${unit} silent=0`);
    await waitFor('the five', trip, { confirmed: 25 }, 90);
    assert.equal((await admin.submit(`/settings/orders/${trip}`, {}, { action: `/settings/orders/${trip}/cancel` })).status, 303);
    await waitFor('the rest is cancelled', trip, { confirmed: 25, cancelled: 15 });
    for (const bus of field.buses) await field.control(`set ${bus.name} * silent=0 delay_ms=1`);
    await field.control(`set ${field.buses[0].name} 3 relay_stuck=no`);
    await field.fresh(field.ids(), field.now(), 60);
    assert.equal(await at(2, 20, 'writes'), 0);
  });

  await t.test('everything back to what it was before', async () => {
    const restored = await send(`op=restore&restore=${trip}`, { cause: 'other', reason: '演练结束', count: '25' });
    await waitFor('restored', restored, { confirmed: 25 }, 60);
    for (const id of [[1, 1], [1, 3], [1, 15], [2, 10]]) assert.deepEqual([await at(...id, 'forced'), await at(...id, 'relay')], [0, 1], `${id}`);
  });

  const meters = units(1, 3).map((unit) => meterId(1, unit));
  await t.test('a keep-on ends by itself, but not one that a person ended or another order took the place of', async () => {
    const keep = await send(`op=keep_on&${ticks(meters)}`, { cause: 'holiday', until: minute(1) });
    await waitFor('kept', keep, { confirmed: 3 });
    assert.equal(await at(1, 1, 'forced'), 1);
    await waitFor('ended by hand', await send(`op=prepaid&${ticks([meters[1]])}`, {}), { confirmed: 1 });
    await waitFor('for longer', await send(`op=keep_on&${ticks([meters[2]])}`, { cause: 'tenant', until: minute(5) }), { confirmed: 1 });
    const before = field.number('SELECT COUNT(*) FROM command');
    field.sql(`UPDATE meter_keep SET ends_at = UTC_TIMESTAMP(3) + INTERVAL 2 SECOND WHERE command_id IN (SELECT command_id FROM command WHERE command_batch_id = ${keep})`);
    ring();
    await until('it went back', async () => await at(1, 1, 'forced') === 0, 30);
    await until('it is told', () => field.number(`SELECT COUNT(*) FROM command WHERE state IN ('queued', 'taken')`) === 0, 20);
    assert.deepEqual(field.sql(`SELECT c.meter_id, c.kind, b.created_by IS NULL AS by_system FROM command c JOIN command_batch b USING (command_batch_id) ORDER BY command_id DESC LIMIT 1`), [{ meter_id: String(meters[0]), kind: 'prepaid', by_system: '1' }]);
    assert.equal(field.number('SELECT COUNT(*) FROM command') - before, 1);
    assert.equal(await at(1, 3, 'forced'), 1);
    await until('no promise is left but one', () => { ring(); return field.number('SELECT COUNT(*) FROM meter_keep WHERE ended_at IS NULL') === 1; }, 30);
  });

  await t.test('a keep-on that did not reach its meter in time is not sent any more', async () => {
    await field.collector.stop();
    const keep = await send(`op=keep_on&${ticks([meterId(2, 1)])}`, { cause: 'holiday', until: minute(1) });
    field.sql(`UPDATE command SET expires_at = UTC_TIMESTAMP(3), until_at = UTC_TIMESTAMP(3) WHERE command_batch_id = ${keep}; UPDATE meter_keep SET ends_at = UTC_TIMESTAMP(3) WHERE meter_id = ${meterId(2, 1)}`);
    await field.collect({ name: 'fourth' });
    await waitFor('it expired', keep, { failed: 1 });
    assert.equal(await at(2, 1, 'forced'), 0);
    const retried = await admin.submit(`/settings/orders/${keep}`, {}, { action: `/settings/orders/${keep}/retry` });
    assert.equal(retried.status, 404);
  });

  await t.test('two batches on one meter: in their order, and the later one says so', async () => {
    await field.control(`set ${field.buses[1].name} 5 delay_ms=400`);
    const first = await send(`op=trip&${ticks([meterId(2, 5)])}`, { cause: 'works' });
    const page = await admin.get(`/accounts/control?op=prepaid&${ticks([meterId(2, 5)])}`);
    assert.match(page.text, new RegExp(`批次 #${first}（拉闸）未完成，本批随后执行`));
    const second = await send(`op=prepaid&${ticks([meterId(2, 5)])}`, {});
    await waitFor('both', second, { confirmed: 1 });
    assert.deepEqual(states(first), { confirmed: 1 });
    assert.deepEqual([await at(2, 5, 'forced'), await at(2, 5, 'relay')], [0, 1]);
    assert.ok(field.number(`SELECT a.ended_at <= b.taken_at FROM command a, command b WHERE a.command_batch_id = ${first} AND b.command_batch_id = ${second}`));
    await field.control(`set ${field.buses[1].name} 5 delay_ms=1`);
  });

  await t.test('an order for a time to come keeps nothing back, and read now reads', async () => {
    const later = await send(`op=trip&${ticks([meterId(2, 6)])}`, { cause: 'works', when: 'later', at: minute(2) });
    await done(field, money(field, meterId(2, 6), 1000), 20);
    const since = field.now();
    await waitFor('read', await send(`op=read&${ticks([meterId(2, 6)])}`, {}), { confirmed: 1 });
    await field.fresh([meterId(2, 6)], since);
    assert.deepEqual(states(later), { queued: 1 });
    field.sql(`UPDATE command SET not_before = UTC_TIMESTAMP(3) WHERE command_batch_id = ${later}`);
    await waitFor('its time has come', later, { confirmed: 1 });
    assert.equal(await at(2, 6, 'relay'), 0);
    await waitFor('the clock', await send(`op=clock&${ticks([meterId(2, 7)])}`, {}), { confirmed: 1 });
  });
  field.assertClean();
});
