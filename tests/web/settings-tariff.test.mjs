// Tariffs as people work with them: a draft by a plain form and by the bar, publishing, who pays what, the
// trial bill of real readings, the calendar; what is refused, and two people at one draft.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { follow, openPage } from './browser.mjs';
import { A, B, estate } from './estate.mjs';
import { unlimit } from './fastcgi.mjs';
import { change, fieldsOf, idOf } from './form.mjs';

const PASSWORD = 'kestrel-lamp-9-oven';
const maria = await startMaria();
estate(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
async function operator(name, role) {
  await web.operator({ username: name, role, password: PASSWORD });
  maria.sql(`UPDATE operator SET language='en' WHERE username='${name}'`);
  const client = web.client();
  await client.signIn(name, PASSWORD);
  return client;
}
const [admin, second, viewer] = [await operator('ada', 'admin'), await operator('bob', 'manager'), await operator('vic', 'cashier')];
const value = (sql) => String(maria.one(sql));
const day = (offset) => value(`SELECT DATE_FORMAT(CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', '+08:00') + INTERVAL ${offset} DAY, '%Y-%m-%d')`);

// A new tariff and its draft: [tariff, version].
async function draft(name, changes = {}) {
  const made = await change(admin, '/settings/tariffs/new', { name, start: 'tou' });
  const version = Number(/versions\/(\d+)\/edit/.exec(made.location)[1]);
  const saved = await change(admin, `/settings/tariffs/versions/${version}/edit`, { c0_name: 'Grid', c0_p1: '1.05', c0_p2: '0.7', c0_p3: '0.3', do: 'save', ...changes });
  assert.equal(saved.status, 303, saved.text.match(/notice-danger[\s\S]{0,600}/)?.[0]);
  return [Number(value(`SELECT tariff_id FROM tariff_version WHERE tariff_version_id=${version}`)), version];
}
const publish = (version, from) => change(admin, `/settings/tariffs/versions/${version}/publish`, { valid_from: from });

test('a draft is made and filled in by plain forms', async () => {
  const [, version] = await draft('Shops', { c1_name: 'Service', c1_p1: '0.05', c1_p2: '0.05', c1_p3: '0.05', s0_k1_same: undefined, s0_k1_t0: '0:00', s0_k1_p0: 'flat',
    s0_k1_t1: '', s0_k1_t2: '', s0_k1_t3: '', s0_k1_t4: '', s0_k1_t5: '', tier_cycle: 'month', g0_from: '200', g0_p0: '0.1' });
  const page = (await admin.get(`/settings/tariffs/versions/${version}`)).text;
  for (const price of ['1.1000', '0.7500', '0.3500', '1.2000']) assert.match(page, new RegExp(`>${price.replace('.', '\\.')}<`), price);
  assert.equal(value(`SELECT GROUP_CONCAT(CONCAT(day_kind, start_min, period) ORDER BY day_kind, start_min) FROM tariff_slot WHERE tariff_version_id=${version} AND day_kind <> 'workday'`), 'weekend0flat');
  assert.match(page, /Meters cannot do all of this/);
  assert.equal(value(`SELECT COUNT(*) FROM audit WHERE object_kind='tariff_version' AND object_id=${version} AND detail LIKE '%component_2:  -> Service%'`), '1');
});

test('what is not whole is refused where it stands, and the input stays', async () => {
  const [, version] = await draft('Wrong');
  const before = value(`SELECT revision FROM tariff_version WHERE tariff_version_id=${version}`);
  for (const [changes, message] of [
    [{ s0_k0_t0: '1:00' }, /The day begins at 00:00/], [{ s0_k0_t1: '25:00' }, /Not a time: 25:00/], [{ s0_k0_t1: '8:00' }, /Two periods begin at 08:00/],
    [{ c0_p1: '-1' }, /Not a price between 0 and 100: -1/], [{ c0_p1: '100.01' }, /Not a price/], [{ c0_name: '' }, /please fill|required|Fill/i],
    [{ c1_name: 'Grid', c1_p1: '1' }, /This name stands there twice/], [{ s0_month: '2', s0_day: '30' }, /This date does not exist/],
    [{ tier_cycle: 'year' }, /Fill in at least one step/], [{ g0_from: '200', g0_p0: '0.1' }, /per month or per year/],
    [{ tier_cycle: 'month', g0_from: '200', g0_p0: '0.1', g1_from: '200', g1_p0: '0.2' }, /above the one before/],
  ]) {
    const answer = await change(admin, `/settings/tariffs/versions/${version}/edit`, { ...changes, do: 'save' });
    assert.equal(answer.status, 422, JSON.stringify(changes));
    assert.match(answer.text, message, JSON.stringify(changes));
    const [[name, typed]] = Object.entries(changes);
    assert.equal(fieldsOf(answer.text, `/settings/tariffs/versions/${version}/edit`)[name], typed);
  }
  assert.equal(value(`SELECT revision FROM tariff_version WHERE tariff_version_id=${version}`), before);
});

test('seasons are added and removed without script', async () => {
  const [, version] = await draft('Seasons');
  const edit = `/settings/tariffs/versions/${version}/edit`;
  await change(admin, edit, { do: 'add_season', s0_name: 'Winter', s0_month: '10', s0_day: '1' });
  await change(admin, edit, { s1_name: 'Summer', s1_month: '7', s1_day: '1', do: 'save' });
  assert.equal(value(`SELECT GROUP_CONCAT(CONCAT(name, from_month) ORDER BY season) FROM tariff_season WHERE tariff_version_id=${version}`), 'Summer7,Winter10');
  assert.match((await admin.get(`/settings/tariffs/versions/${version}`)).text, /Winter · 10\/1 – 6\/30/);
  await change(admin, edit, { do: 'drop_0' });
  assert.equal(value(`SELECT GROUP_CONCAT(name) FROM tariff_season WHERE tariff_version_id=${version}`), 'Winter');
});

test('the second of two who save is told who was first, and loses nothing', async () => {
  const [, version] = await draft('Both');
  const edit = `/settings/tariffs/versions/${version}/edit`;
  const theirs = fieldsOf((await second.get(edit)).text, edit);
  assert.equal((await change(admin, edit, { c0_p1: '1.5', do: 'save' })).status, 303);
  const late = await second.post(edit, { fields: { ...theirs, c0_p2: '0.8', do: 'save' } });
  assert.equal(late.status, 409);
  assert.match(late.text, /ada/);
  assert.match(late.text, /1\.5000/);
  const again = { ...fieldsOf(late.text, edit), do: 'save' };
  assert.equal(again.c0_p2, '0.8');
  assert.equal((await second.post(edit, { fields: again })).status, 303);
  assert.equal(value(`SELECT price_uyuan FROM tariff_price WHERE tariff_version_id=${version} AND period='flat'`), '800000');
});

test('a published version is never changed, by the pages or by SQL', async () => {
  const [tariff, version] = await draft('Fixed');
  assert.equal((await publish(version, day(-1))).status, 422);
  assert.equal((await publish(version, day(0))).status, 303);
  assert.equal((await admin.get(`/settings/tariffs/versions/${version}/edit`)).status, 303);
  for (const sql of [`UPDATE tariff_price SET price_uyuan=1 WHERE tariff_version_id=${version}`, `DELETE FROM tariff_slot WHERE tariff_version_id=${version}`,
    `UPDATE tariff_version SET valid_from='2020-01-01' WHERE tariff_version_id=${version}`, `DELETE FROM tariff_version WHERE tariff_version_id=${version}`,
    `INSERT INTO tariff_tier VALUES(${version},1,5,'flat',1)`]) assert.throws(() => maria.sql(sql), /tariff: /, sql);
  const copied = await change(admin, `/settings/tariffs/${tariff}`, {}, `/settings/tariffs/versions/${version}/copy`);
  const next = Number(/versions\/(\d+)/.exec(copied.location)[1]);
  assert.equal((await publish(next, day(0))).status, 422, 'the day is taken');
  assert.equal((await publish(next, day(5))).status, 303);
  const withdrawn = await change(admin, `/settings/tariffs/versions/${next}/withdraw`, { reason: 'too early' });
  assert.equal(withdrawn.status, 303);
  assert.equal(value(`SELECT state FROM tariff_version WHERE tariff_version_id=${next}`), 'withdrawn');
  assert.equal(value(`SELECT reason FROM audit WHERE action='tariff_version.withdraw' AND object_id=${next}`), 'too early');
});

test('meters get a tariff from a day on, one or many, and a plan is taken back', async () => {
  const [tariff, version] = await draft('Given');
  const give = (client, changes, meters = [A]) => change(client, `/settings/tariffs/assign?${meters.map((id) => `meter=${id}`).join('&')}`, changes, '/settings/tariffs/assign');
  await publish(version, day(0));
  assert.equal((await give(admin, { tariff_id: tariff, valid_from: day(-1) })).status, 422);
  assert.equal((await give(admin, { tariff_id: tariff, valid_from: day(3) })).status, 303);
  assert.equal((await give(admin, { tariff_id: 0, price: '0.85', valid_from: day(4) })).status, 303);
  assert.equal((await give(admin, { tariff_id: 0, price: 'x', valid_from: day(4) })).status, 422);
  assert.equal(value(`SELECT GROUP_CONCAT(CONCAT(COALESCE(tariff_id, ''), ':', COALESCE(price_uyuan, '')) ORDER BY valid_from) FROM meter_tariff WHERE meter_id=${A}`), `1:,${tariff}:,:850000`);
  const taken = await admin.post(`/settings/tariffs/meters/${A}/take`, { fields: { ...fieldsOf((await admin.get(`/settings/tariffs/meters/${A}`)).text, `/settings/tariffs/meters/${A}/take`), valid_from: day(4) } });
  assert.equal(taken.status, 303);
  assert.equal(value(`SELECT COUNT(*) FROM meter_tariff WHERE meter_id=${A}`), '2');
  assert.equal((await give(admin, { tariff_id: tariff, valid_from: day(3) }, [A, 99999])).status, 404);
  assert.match((await admin.get(`/settings/tariffs/meters?tariff=${tariff}`)).text, /There are no|Nothing matches/);
  assert.equal((await viewer.get('/settings/tariffs/meters')).status, 200);
  assert.equal((await viewer.get('/settings/tariffs/assign?meter=1')).status, 403);
  const csv = async (target) => (await admin.get(target)).text;
  assert.match(await csv('/settings/tariffs?format=csv&q=商铺'), /商铺分时,一般工商业,2026-01-01,1\.200000,1\.050000,0\.750000,0\.350000,0\.200000,/);
  assert.doesNotMatch(await csv('/settings/tariffs?format=csv&q=商铺'), /Given/);
  assert.match(await csv('/settings/tariffs/meters?format=csv&tariff=1'), /1号楼,1层,101,.*商铺分时,,2026-01-01,Given/);
});

// Readings of last month: 100 Wh each half hour, so that the bill is known by hand.
test('the trial bill prices last month under the draft and under the present price', async () => {
  const month = value("SELECT DATE_FORMAT(CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', '+08:00') - INTERVAL 1 MONTH, '%Y-%m-01')");
  const days = Number(value(`SELECT DAY(LAST_DAY('${month}'))`));
  maria.sql(`INSERT INTO reading(meter_id,taken_at,read_at,energy_wh) SELECT ${B},t,t,seq*100 FROM (SELECT seq, '${month}' - INTERVAL 8 HOUR + INTERVAL seq*30 MINUTE t FROM seq_0_to_${days * 48}) s`);
  const [, version] = await draft('Trial');
  const page = (await admin.get(`/settings/tariffs/versions/${version}/trial?meter=${B}&month=${month.slice(0, 7)}`)).text;
  // 8 h valley, 9 h flat, 7 h peak a day at 200 Wh: the template's day table.
  const wh = (hours) => hours * 200 * days;
  const fen = (wh(8) * 30 + wh(9) * 70 + wh(7) * 105) / 1000;
  // The present one: 8 h valley 0.35, 4 h peak 1.05, 10 h flat 0.75, 2 h valley.
  const present = (wh(10) * 35 + wh(4) * 105 + wh(10) * 75) / 1000;
  const yuan = (amount) => (Math.round(amount) / 100).toFixed(2);
  assert.match(page, new RegExp(`<strong>¥${yuan(fen)}</strong>`));
  assert.match(page, new RegExp(`¥${yuan(present)}`));
  assert.match(page, new RegExp(`<strong>[+−-]?${yuan(Math.abs(Math.round(fen) - Math.round(present)))}</strong>`));
  assert.match((await admin.get(`/settings/tariffs/versions/${version}/trial?account=${B}&month=${month.slice(0, 7)}`)).text, new RegExp(`<strong>¥${yuan(fen)}</strong>`));
  assert.equal((await admin.get(`/settings/tariffs/versions/${version}/trial?meter=99999`)).status, 404);
});

test('the calendar takes a day, a list and nothing of the past', async () => {
  const [year] = day(0).split('-').map(Number);
  const add = (fields, action = '/settings/holidays') => change(admin, `/settings/holidays?year=${year}`, fields, action);
  assert.equal((await add({ day: `${year + 1}-10-01`, kind: 'holiday', name: 'National Day' })).status, 303);
  assert.equal((await add({ list: `${year + 1}-02-05..${year + 1}-02-07 Spring\n${year + 1}-02-13 班\n` }, '/settings/holidays/paste')).status, 303);
  assert.equal(value(`SELECT GROUP_CONCAT(CONCAT(kind, name) ORDER BY day) FROM holiday WHERE YEAR(day)=${year + 1}`), 'holidaySpring,holidaySpring,holidaySpring,workday,holidayNational Day');
  const wrong = await add({ list: `${year + 1}-02-30 x` }, '/settings/holidays/paste');
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /Line 1 cannot be read/);
  assert.match((await add({ day: `${year - 1}-10-02`, kind: 'holiday', name: '' })).text, /are billed/);
  assert.equal((await change(admin, `/settings/holidays?year=${year + 1}`, { day: `${year + 1}-10-01` }, '/settings/holidays/delete')).status, 303);
  assert.equal(value(`SELECT COUNT(*) FROM holiday WHERE day='${year + 1}-10-01'`), '0');
  assert.equal((await viewer.post('/settings/holidays', { fields: {} })).status, 403);
});

test('the bar is painted by mouse and by keys, and the rows of the form follow', async (t) => {
  const [, version] = await draft('Bar');
  const page = await openPage(t, { language: 'en', url: web.url, cookies: admin.cookies });
  await page.goto(new URL(`/settings/tariffs/versions/${version}/edit`, web.url).href);
  const bar = page.locator('#table_0_0 .paint'), box = await bar.boundingBox();
  const rows = () => page.$$eval('#table_0_0 [data-row]', (all) => all.map((row) => `${row.querySelector('input').value} ${row.querySelector('select').value}`).filter((text) => /^\d/.test(text)));
  assert.deepEqual(await rows(), ['00:00 valley', '06:00 flat', '08:00 peak', '11:00 flat', '18:00 peak', '22:00 valley']);
  const x = (hour) => box.x + box.width * hour / 24 + 2;
  await page.locator('#table_0_0 [data-brush=sharp]').click();
  await page.mouse.move(x(19), box.y + 10);
  await page.mouse.down();
  await page.mouse.move(x(20.5), box.y + 10, { steps: 4 });
  await page.mouse.up();
  assert.deepEqual(await rows(), ['00:00 valley', '06:00 flat', '08:00 peak', '11:00 flat', '18:00 peak', '19:00 sharp', '21:00 peak', '22:00 valley']);
  await bar.focus();
  for (const key of ['Home', 'ArrowRight', 'Digit5', 'Digit5']) await page.keyboard.press(key);
  assert.deepEqual((await rows()).slice(0, 3), ['00:00 valley', '00:30 deep', '01:30 valley']);
  assert.equal(await bar.getAttribute('aria-valuetext'), '01:30: Valley');
  await page.locator('[name=c0_p4]').fill('0.2');
  await page.locator('[name=c1_p4]').fill('0.0551');
  assert.equal(await page.locator('[data-sum=deep]').textContent(), '0.2551');
  await page.locator('[name=c1_name]').fill('Fund');
  await follow(page, /versions\/\d+$/, () => page.locator('button[value=save]').click());
  assert.equal(value(`SELECT period FROM tariff_slot WHERE tariff_version_id=${version} AND start_min=30`), 'deep');
  assert.equal(value(`SELECT COUNT(*) FROM tariff_slot WHERE tariff_version_id=${version}`), '10');
});
