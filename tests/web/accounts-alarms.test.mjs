// The pages of alarms: what is listed is what runs, every filter finds the same in page, file and SQL, and what
// people do with an alarm is done once, is told and is on record.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { alarmRows, CRITICAL, KINDS } from './alarm.mjs';
import { building, main, table, unescape } from './building.mjs';
import { unlimit } from './fastcgi.mjs';
import { change, fieldsOf, messages } from './form.mjs';
import { csvRows, sheetRows, unzip } from './zip.mjs';

const maria = await startMaria();
building(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const client = await web.signedIn('manager');
const finance = await web.signedIn('finance'); // sees, and answers nothing
const me = maria.one(`SELECT operator_id FROM operator WHERE username = '${client.username}'`);
alarmRows(maria, me);
maria.sql("UPDATE operator SET language = 'en'");

const idsOf = (html) => [...html.matchAll(/<tr id="alarm-(\d+)">/g)].map((match) => Number(match[1]));
const total = (html) => Number(/(?:of|共) (\d+)(?: 条)?</.exec(html)?.[1] ?? 0);
const ROOTS = 'active_key IS NOT NULL AND parent_id IS NULL';
const count = (where) => Number(maria.one(`SELECT COUNT(*) FROM alarm WHERE ${where}`));
const list = async (query = '') => {
  const page = await client.get(`/accounts/alarms${query}`);
  assert.equal(page.status, 200, query);
  return page.text;
};
const audits = (action) => Number(maria.one(`SELECT COUNT(*) FROM audit WHERE action = '${action}'`));

test('what runs is listed, the newest first, and what is folded stands under its alarm', async () => {
  const html = await list();
  assert.equal(total(html), count(ROOTS));
  assert.equal(idsOf(html).length, count(ROOTS));
  assert.deepEqual(idsOf(html), maria.sql(`SELECT alarm_id FROM alarm WHERE ${ROOTS} ORDER BY began_at DESC, alarm_id DESC`).map((row) => Number(row.alarm_id)));
  for (const id of [1002, 1003, 1100, 1130]) assert.ok(!idsOf(html).includes(id), `${id} is folded`);
  assert.match(html, /1001#folded">[^<]*30</);
  const gateway = await client.get('/accounts/alarms/1001');
  assert.equal((gateway.text.match(/>Meter lost</g) ?? []).length, 30);
  assert.equal((gateway.text.match(/>Bus lost</g) ?? []).length, 2);
  assert.match((await client.get('/accounts/alarms/1101')).text, /href="\/accounts\/alarms\/1001"/);
});

test('every kind says in words what was found; no code is left, no name becomes markup', async () => {
  const html = main(await list());
  for (const words of ['Credit 40.00, warning at 50.00', 'Credit -12.40', '7.350 kW, limit 6.000 kW · switched off by the meter', '-412 s off, 300 s allowed', '8.3 % free, limit 10.0 %',
    '1234 readings wait', 'does not do what it was told', 'jumped to 9,999.99 kWh', 'purchase count 6']) assert.ok(html.includes(words), words);
  assert.doesNotMatch(html, /\b(Against|tripped 2|count_over|other_meter|jump 9|fall 30)\b|\bT\.[A-Z]|<i>/);
  assert.match(html, /&lt;i&gt;/);
  for (const kind of KINDS.filter((name) => name !== 'bus_lost')) assert.match(html, new RegExp(maria.one(`SELECT alarm_id FROM alarm WHERE ${ROOTS} AND kind = '${kind}' LIMIT 1`)), kind);
});

test('filters and sorts find in page, file and SQL the same', async () => {
  const cases = [
    ['?kind=meter_lost', "kind = 'meter_lost'"], ['?severity=critical', `kind IN (${CRITICAL.map((kind) => `'${kind}'`)})`],
    ['?severity=critical&kind=arrears', '0'], ['?b=3', 'meter_id BETWEEN 181 AND 252'], ['?state=acknowledged', 'acknowledged_at IS NOT NULL'],
    ['?state=muted', 'muted_until > UTC_TIMESTAMP(3)'], ['?state=planned', 'maintenance_id IS NOT NULL'],
    ['?state=open', 'acknowledged_at IS NULL AND maintenance_id IS NULL AND COALESCE(muted_until <= UTC_TIMESTAMP(3), 1)'],
    ['?kind=nonsense&severity=x&state=y&b=z', '1'], ['?meter=29', 'meter_id = 29'],
  ];
  for (const [query, where] of cases) {
    const html = await list(query);
    assert.equal(idsOf(html).length, count(`${ROOTS} AND ${where}`), query);
    const csv = csvRows((await client.get(`/accounts/alarms${query}&format=csv`)).text);
    assert.equal(csv.length - 1, idsOf(html).length, `${query} as CSV`);
  }
  assert.equal(idsOf(await list('?q=GW-01')).length, count('active_key IS NOT NULL AND (gateway_id = 1 OR bus_id IN (1, 2))'), 'who looks finds also what is folded');
  assert.deepEqual(idsOf(await list('?meter=101')), [1101]);
  for (const sort of ['severity', '-severity', 'kind', '-kind', 'subject', '-subject', 'began']) assert.equal(idsOf(await list(`?sort=${sort}`)).length, count(ROOTS), sort);
  const rank = (id) => (CRITICAL.includes(maria.one(`SELECT kind FROM alarm WHERE alarm_id = ${id}`)) ? 0 : 1);
  const ranks = idsOf(await list('?sort=severity')).map(rank);
  assert.deepEqual(ranks, [...ranks].sort());
});

test('the history is that of the last days, by pages, and as a workbook', async () => {
  const html = await list('?tab=history&n=25');
  assert.equal(total(html), 120);
  assert.equal(idsOf(html).length, 25);
  assert.equal(idsOf(html)[0], 2001);
  assert.equal(idsOf(await list('?tab=history&n=25&p=5')).length, 20);
  const day = maria.one('SELECT DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR - INTERVAL 1 DAY)');
  assert.equal(total(await list(`?tab=history&from=${day}&to=${day}`)), count(`ended_at IS NOT NULL AND DATE(began_at + INTERVAL 8 HOUR) = '${day}'`));
  const wrong = await client.get('/accounts/alarms?tab=history&from=2026-02-30');
  assert.equal(wrong.status, 422);
  assert.equal((await client.get('/accounts/alarms?tab=history&from=2026-02-02&to=2026-01-01')).status, 422);
  const book = unzip((await client.get('/accounts/alarms?tab=history&format=xlsx')).bytes);
  assert.equal(sheetRows(book['xl/worksheets/sheet1.xml'].toString()).length, 121);
});

test('ticked alarms are acknowledged with a note, once', async () => {
  const csrf = fieldsOf(await list(), '/accounts/alarms').csrf;
  const post = (who, body) => who.post('/accounts/alarms', { fields: [['csrf', csrf], ...body] });
  const answer = await post(client, [['deed', 'acknowledge'], ['note', '已知 <b>'], ['alarm', '1010'], ['alarm', '1011'], ['alarm', '1040'], ['alarm', '999999'], ['alarm', 'x']]);
  assert.equal(answer.status, 303);
  assert.match((await client.get('/accounts/alarms')).text, /2 alarms acknowledged/);
  assert.deepEqual(maria.sql('SELECT acknowledged_by, note FROM alarm WHERE alarm_id IN (1010, 1011)').map((row) => `${row.acknowledged_by} ${row.note}`), [`${me} 已知 <b>`, `${me} 已知 <b>`]);
  assert.equal(maria.one('SELECT note FROM alarm WHERE alarm_id = 1040'), '已派人到现场 <i>', 'the first answer stays');
  assert.equal(audits('alarm.acknowledge'), 2);
  const muted = await post(client, [['deed', 'mute'], ['hours', '4'], ['note', ''], ['alarm', '1012']]);
  assert.equal(muted.status, 303);
  assert.equal(maria.one("SELECT ROUND(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), muted_until) / 3600) FROM alarm WHERE alarm_id = 1012"), '4');
  for (const body of [[['deed', 'delete'], ['alarm', '1013']], [['alarm', '1013']], [['deed', 'mute'], ['hours', '9999'], ['alarm', '1013']], [['deed', 'acknowledge'], ['note', 'x'.repeat(201)], ['alarm', '1013']]]) {
    assert.equal((await post(client, body)).status, 422, String(body));
  }
  assert.equal(count('alarm_id = 1013 AND acknowledged_at IS NULL AND muted_until IS NULL'), 1);
});

test('one alarm: acknowledge, comment, mute, end the mute, with its story', async () => {
  const post = (deed, fields) => change(client, '/accounts/alarms/1015', fields, `/accounts/alarms/1015/${deed}`);
  assert.equal((await post('acknowledge', { note: '去看看' })).status, 303);
  assert.equal((await post('comment', { note: '' })).status, 422, 'a comment says something');
  assert.equal((await post('comment', { note: '继电器粘连' })).status, 303);
  assert.equal((await post('mute', { hours: '24' })).status, 303);
  assert.equal((await post('unmute', {})).status, 303);
  maria.sql('UPDATE alarm SET ended_at = UTC_TIMESTAMP(3) WHERE alarm_id = 1015');
  const html = main((await client.get('/accounts/alarms/1015')).text);
  const story = [...html.slice(html.indexOf('id="story"')).matchAll(/<strong>([^<]*)<\/strong>/g)].map((match) => match[1]);
  assert.deepEqual(story.slice(0, 6), ['Began', 'Acknowledged', 'Comment', 'Muted', 'Mute ended', 'Ended']);
  assert.deepEqual(maria.sql('SELECT deed FROM alarm_note WHERE alarm_id = 1015 ORDER BY alarm_note_id').map((row) => row.deed), ['acknowledge', 'comment', 'mute', 'unmute']);
  for (const action of ['alarm.comment', 'alarm.mute', 'alarm.unmute']) assert.ok(audits(action) > 0, action);
});

test('work is planned, changes nothing about money, and is cancelled', async () => {
  const at = (hours) => maria.one(`SELECT DATE_FORMAT(UTC_TIMESTAMP() + INTERVAL ${8 + hours} HOUR, '%Y-%m-%d %H:%i')`).split(' ');
  const [fromDay, fromTime] = at(-1), [toDay, toTime] = at(2);
  const plan = (fields) => change(client, '/accounts/maintenance', { place: '2', from_day: fromDay, from_time: fromTime, to_day: toDay, to_time: toTime, reason: '更换电缆', ...fields });
  for (const [fields, field] of [[{ to_day: '2020-01-01' }, 'to_day'], [{ from_day: '2020-01-01', to_day: '2020-01-02' }, 'to_day'], [{ to_day: maria.one('SELECT DATE(UTC_TIMESTAMP() + INTERVAL 60 DAY)') }, 'to_day'],
    [{ from_time: '25:00' }, 'from_time'], [{ to_time: 'x' }, 'to_time'], [{ reason: '' }, 'reason'], [{ place: '99999' }, 'place']]) {
    const answer = await plan(fields);
    assert.equal(answer.status, 422, JSON.stringify(fields));
    assert.ok(messages(answer.text).some((message) => message.startsWith(`${field}:`)), `${field} in ${messages(answer.text)}`);
  }
  const before = Number(maria.one('SELECT COUNT(*) FROM maintenance'));
  const form = { ...fieldsOf((await client.get('/accounts/maintenance')).text, '/accounts/maintenance'), place: '2', from_day: fromDay, from_time: fromTime, to_day: toDay, to_time: toTime, reason: '更换电缆' };
  for (let twice = 0; twice < 2; twice++) assert.equal((await client.post('/accounts/maintenance', { fields: form })).status, 303);
  assert.equal(Number(maria.one('SELECT COUNT(*) FROM maintenance')), before + 1, 'pressing twice is one plan');
  const id = maria.one('SELECT MAX(maintenance_id) FROM maintenance');
  assert.match((await client.get('/accounts/maintenance')).text, /更换电缆/);
  const stop = await change(client, '/accounts/maintenance', {}, `/accounts/maintenance/${id}/cancel`);
  assert.equal(stop.status, 303);
  assert.ok(maria.one(`SELECT cancelled_at FROM maintenance WHERE maintenance_id = ${id}`));
  assert.deepEqual([audits('maintenance.plan'), audits('maintenance.cancel')], [1, 1]);
  assert.equal(csvRows((await client.get('/accounts/maintenance?format=csv')).text).length, before + 2);
});

test('rules: every kind with when it begins, and what is off', async () => {
  maria.sql("INSERT INTO setting (name, value) VALUES ('alarm.clock_on', '0'), ('alarm.clock_min', '9') ON DUPLICATE KEY UPDATE value = VALUES(value)");
  const rows = table((await client.get('/accounts/alarms/rules')).text);
  assert.equal(rows.length, KINDS.length);
  assert.ok(rows.every((row) => row[2].length > 5), JSON.stringify(rows));
  const clock = rows.find((row) => row[1] === 'Meter clock is off');
  assert.match(clock[2], /more than 9 min/);
  assert.equal(clock[3], 'No');
  assert.equal(rows.find((row) => row[1] === 'Low credit 1')[2], 'Credit at or below ¥50.00, or the amount of the meter');
  maria.sql("UPDATE setting SET value = 'percent' WHERE name = 'alarm.credit_basis'");
  assert.match((await client.get('/accounts/alarms/rules')).text, /20 % of the last purchase/);
});

test('rights: who may only see answers nothing; who sees one building sees its alarms', async () => {
  const page = await finance.get('/accounts/alarms');
  assert.equal(page.status, 200);
  assert.doesNotMatch(page.text, /name="deed"|name="alarm"/);
  assert.doesNotMatch((await finance.get('/accounts/alarms/1016')).text, /\/acknowledge"/);
  const csrf = /name="csrf" value="([0-9a-f]{64})"/.exec(page.text)[1];
  for (const target of ['/accounts/alarms', '/accounts/alarms/1016/acknowledge', '/accounts/maintenance']) assert.equal((await finance.post(target, { fields: { csrf, deed: 'acknowledge', alarm: '1016', note: '' } })).status, 403, target);
  const narrow = await web.signedIn('manager');
  maria.sql(`INSERT INTO operator_scope SELECT operator_id, 3 FROM operator WHERE username = '${narrow.username}'; UPDATE operator SET language = 'en'`);
  assert.deepEqual(idsOf((await narrow.get('/accounts/alarms')).text), [1042]);
  for (const id of [1001, 1010, 1031, 1033]) assert.equal((await narrow.get(`/accounts/alarms/${id}`)).status, 404, String(id));
  const token = /name="csrf" value="([0-9a-f]{64})"/.exec((await narrow.get('/accounts/alarms')).text)[1];
  assert.equal((await narrow.post('/accounts/alarms', { fields: { csrf: token, deed: 'acknowledge', alarm: '1016', note: '' } })).status, 303);
  assert.equal(count('alarm_id = 1016 AND acknowledged_at IS NULL'), 1, 'an alarm of another building stays as it is');
  assert.deepEqual(table((await narrow.get('/accounts/maintenance')).text).map((row) => row[4]), ['2号楼配电房检修 <b>']);
});

test('overview and meter lead to the alarms; what is planned is not counted', async () => {
  const overview = main((await client.get('/accounts/overview')).text);
  assert.match(overview, /href="\/accounts\/alarms"/);
  assert.equal(Number(/id="running">[^<]*<b>(\d+)/.exec(overview)[1]), count(`${ROOTS} AND maintenance_id IS NULL`));
  const open = count(`${ROOTS} AND acknowledged_at IS NULL AND maintenance_id IS NULL AND COALESCE(muted_until <= UTC_TIMESTAMP(3), 1)`);
  for (const target of ['/accounts/overview', '/accounts/board', '/accounts/alarms', '/accounts/meters/29']) assert.equal(Number(/class="btn btn-quiet d-none d-md-inline-flex"[\s\S]*?<b>(\d+)</.exec((await client.get(target)).text)[1]), open, target);
  assert.match((await client.get('/accounts/meters/29?tab=link')).text, /href="\/accounts\/alarms\/1012"/);
  const why = unescape(/id="m58">([\s\S]*?)<\/li>/.exec((await client.get('/accounts/board')).text)[1]);
  assert.match(why, /Off: no credit/, 'the tile says why it is off');
});
