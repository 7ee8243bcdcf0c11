// System settings through the pages: what may be typed, what a save does everywhere, who is told, and
// that the rules for passwords are kept where people sign in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ctl, startMaria, startWeb, until, writeConf } from '../harness/harness.mjs';
import { unlimit } from './fastcgi.mjs';
import { change, fieldsOf } from './form.mjs';

const maria = await startMaria();
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const admin = await web.signedIn('admin');
const stored = (name) => maria.sql(`SELECT value FROM setting WHERE name='${name}'`)[0]?.value;
const audits = () => maria.sql("SELECT object_id, detail FROM audit WHERE action='setting.change' ORDER BY audit_id");

const fields = async (client, target) => fieldsOf((await client.get(target)).text, target.split('?')[0]);
const save = (target, changes, client = admin) => change(client, target, changes);

test('a name, a zone and a language count everywhere within seconds', async () => {
  assert.equal((await save('/settings/system', { site_name: '云谷大厦 <b>', site_time_zone: 'Asia/Tokyo', site_currency: 'EUR' })).status, 303);
  await until('the name on every page', async () => {
    const texts = [];
    for (const page of ['/settings', '/accounts/overview', '/login/password', '/settings/system/alarms']) texts.push((await admin.get(page)).text);
    return texts.every((text) => text.includes('云谷大厦 &lt;b&gt;')) && texts[3].includes('€');
  }, 10);
  const at = maria.one("SELECT DATE_FORMAT(changed_at + INTERVAL 9 HOUR, '%Y-%m-%d %H:%i:%s') FROM setting WHERE name='site.name'");
  await until('who set it last and when, in the new zone', async () => (await admin.get('/settings/system')).text.includes(at), 10);
  assert.match(audits().at(-1).detail, /^site_name: Voltill -> 云谷大厦 <b>\nsite_time_zone: Asia\/Shanghai -> Asia\/Tokyo\nsite_currency: CNY -> EUR$/);
  const before = audits().length;
  const answer = await save('/settings/system', {});
  assert.equal(answer.status, 303);
  assert.equal(audits().length, before, 'saving what is there already is no change');
});

for (const [page, field, values] of [
  ['', 'site_name', ['', ' ', 'x'.repeat(65), 'a\u0000b', '\u202ename']],
  ['', 'site_time_zone', ['', 'Mars/Olympus', '../../etc/passwd', '/etc/localtime', 'Asia/Shanghai\n']],
  ['', 'site_currency', ['', 'ABC', 'cny']],
  ['', 'site_language', ['', 'fr', 'zh-CN,en']],
  ['/alarms', 'alarm_credit1_fen', ['', '-1', '1e3', '0.001', '10,00', ' 5', '0x10', '9999999999']],
  ['/alarms', 'meter_overload_w', ['', '-5', '1.5', '1000001', '٣']],
  ['/alarms', 'hold_night_from', ['', '24:00', '22:60', '2200', '8:00', '22:00:00']],
  ['/password', 'password_min', ['', '0', '7', '65', 'ten']],
  ['/password', 'password_classes', ['', '1', '5']],
  ['/sessions', 'session_idle_min', ['', '0', '1441', '721']],
  ['/keep', 'keep_reading_months', ['', '0', '12', '601']],
  ['/receipt', 'receipt_title', ['x'.repeat(41)]],
  ['/receipt', 'receipt_footer', ['x'.repeat(301), 'a\u200bb']],
]) {
  test(`${field}: wrong values come back with what was typed and are not stored`, async () => {
    const target = `/settings/system${page}`, before = audits().length;
    for (const value of values) {
      const answer = await save(target, { [field]: value });
      assert.ok([400, 422].includes(answer.status), `${JSON.stringify(value)}: ${answer.status}`);
      if (answer.status === 422) assert.match(answer.text, new RegExp(`id="${field}-error"|#${field}"`), JSON.stringify(value));
    }
    assert.equal(audits().length, before);
  });
}

test('what does not fit together is told at the field that is to blame', async () => {
  for (const [changes, field] of [[{ alarm_credit1_fen: '19.99' }, 'alarm_credit2_fen'], [{ hold_night_from: '08:00' }, 'hold_night_to'], [{ hold_night_from: '' }, 'hold_night_from']]) {
    const answer = await save('/settings/system/alarms', changes);
    assert.equal(answer.status, 422);
    assert.match(answer.text, new RegExp(`id="${field}-error"`));
  }
  assert.equal((await save('/settings/system/alarms', { hold_night_from: '', hold_night_to: '' })).status, 303, 'no hold at night at all');
});

test('a group is saved as a whole or not at all', async () => {
  const answer = await save('/settings/system/alarms', { alarm_credit1_fen: '80', alarm_credit2_fen: '1e1' });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /name="alarm_credit1_fen"[^>]*value="80"/);
  assert.equal(stored('alarm.credit1_fen'), '5000');
  assert.equal((await save('/settings/system/alarms', { alarm_credit1_fen: '80', hold_weekend: '0' })).status, 303);
  assert.deepEqual([stored('alarm.credit1_fen'), stored('hold.weekend')], ['8000', '0']);
});

test('the second of two editors is told who changed what, keeps what was typed, and may insist', async () => {
  const other = await web.signedIn('admin');
  const mine = await fields(admin, '/settings/system/sessions');
  assert.equal((await save('/settings/system/sessions', { session_idle_min: '45' }, other)).status, 303);
  const answer = await admin.post('/settings/system/sessions', { fields: { ...mine, session_absolute_h: '10' } });
  assert.equal(answer.status, 409);
  assert.ok(answer.text.includes(other.username), 'who');
  assert.match(answer.text, /<del>60<\/del>[\s\S]*<ins>45<\/ins>/);
  assert.match(answer.text, /name="session_absolute_h"[^>]*value="10"/);
  assert.equal(stored('session.absolute_h'), '12');
  const revision = /name="revision" value="(\d+)"/.exec(answer.text)[1];
  assert.equal((await admin.post('/settings/system/sessions', { fields: { ...mine, session_absolute_h: '10', revision } })).status, 303);
  assert.deepEqual([stored('session.idle_min'), stored('session.absolute_h')], ['60', '10']);
});

test('16 saves at once of one form: one is stored', async () => {
  const form = await fields(admin, '/settings/system/keep');
  const answers = await Promise.all([...Array(16).keys()].map((n) => admin.post('/settings/system/keep', { fields: { ...form, keep_poll_days: String(100 + n) } })));
  assert.deepEqual(answers.map((answer) => answer.status).filter((status) => status !== 409), [303]);
});

test('defaults and presets are filled in and stored only when saved', async () => {
  const { text } = await admin.get('/settings/system/alarms?fill=default');
  assert.match(text, /name="alarm_credit1_fen"[^>]*value="50.00"/);
  assert.equal(stored('alarm.credit1_fen'), '8000');
  const preset = await fields(admin, '/settings/system/password?fill=mlps');
  assert.deepEqual([preset.password_min, preset.password_classes, preset.password_max_age_days, preset.password_history, preset.password_lock_failures], ['8', '3', '90', '5', '5']);
  assert.equal((await admin.get('/settings/system/password?fill=nonsense')).status, 200);
});

test('texts of messages: variables are checked, a preview says what it costs, nothing is stored by it', async () => {
  const target = '/settings/system/sms/1', before = stored('sms.credit1_zh');
  for (const value of ['{nobody}', '{tenant', 'tenant}', '{{tenant}}', '', 'x'.repeat(501)]) {
    assert.equal((await save(target, { sms_credit1_zh: value })).status, 422, value);
  }
  const shown = await save(target, { sms_credit1_zh: `{credit} ${'好'.repeat(66)}`, do: 'preview' });
  assert.equal(shown.status, 200);
  assert.match(shown.text, /18\.60 好+/);
  assert.match(shown.text, /72 个字符 · 2 条/);
  assert.equal(stored('sms.credit1_zh'), before);
  assert.equal((await save(target, { sms_credit1_zh: '余额 {credit} <b>', sms_credit1_on: '1' })).status, 303);
  assert.equal(stored('sms.credit1_zh'), '余额 {credit} <b>');
  assert.match((await admin.get('/settings/system/sms')).text, /余额 18\.60 &lt;b&gt;/);
  assert.equal((await admin.get('/settings/system/sms/9')).status, 404);
});

/* ---- the logo ---- */

const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082', 'hex');

async function upload(name, bytes, type = 'image/png') {
  const { csrf } = await fields(admin, '/settings/system/logo');
  const edge = 'edge7d9f', part = (head, body) => Buffer.concat([Buffer.from(`--${edge}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`), body, Buffer.from('\r\n')]);
  const body = Buffer.concat([part('name="csrf"', Buffer.from(csrf)), part(`name="file"; filename="${name}"\r\nContent-Type: ${type}`, bytes), Buffer.from(`--${edge}--\r\n`)]);
  return admin.request('POST', '/settings/system/logo', { body, headers: { 'content-type': `multipart/form-data; boundary=${edge}` } });
}

test('a logo is taken for what it is, shown everywhere, kept by browsers, and goes away', async () => {
  for (const [name, bytes] of [['a.png', Buffer.from('<svg onload=alert(1)>')], ['a.svg', Buffer.from('<?xml version="1.0"?><svg/>')], ['empty.png', Buffer.alloc(0)], ['a.png', PNG.subarray(0, 20)],
    ['big.png', Buffer.concat([PNG, Buffer.alloc(256 * 1024)])], ['wide.png', Buffer.concat([PNG.subarray(0, 16), Buffer.from('00002711', 'hex'), PNG.subarray(20)])], ['a.gif', Buffer.from('GIF89a0000')]]) {
    assert.equal((await upload(name, bytes)).status, 422, `${name} ${bytes.length}`);
  }
  assert.equal((await admin.get('/login/logo')).status, 404);
  assert.equal((await upload('../../x.svg', PNG, 'image/svg+xml')).status, 303, 'the bytes count, not the name');
  await until('the logo on every page', async () => /<img class="logo" src="\/login\/logo\?v=/.test((await admin.get('/accounts/overview')).text), 10);
  const shown = await web.client().get(/src="(\/login\/logo[^"]*)"/.exec((await web.client().get('/login')).text)?.[1] ?? '/login/logo');
  assert.deepEqual([shown.status, shown.headers.get('content-type'), shown.bytes.equals(PNG)], [200, 'image/png', true]);
  assert.match(shown.headers.get('cache-control'), /immutable/);
  assert.equal(shown.headers.get('x-content-type-options'), 'nosniff');
  assert.match(audits().at(-1).detail, /image\/png 1x1/);
  assert.equal((await admin.submit('/settings/system/logo', {}, { action: '/settings/system/logo/delete' })).status, 303);
  await until('no logo', async () => !/class="logo"/.test((await admin.get('/accounts/overview')).text), 10);
});

/* ---- the rules for passwords, where people sign in ---- */

const newPassword = (client, old, next) => client.submit('/login/password', { old, new: next, repeat: next });
const setPolicy = (values) => save('/settings/system/password', values);

test('recommended rules: length and easy guesses count, kinds of characters do not', async () => {
  const client = await web.signedIn('cashier');
  assert.match((await newPassword(client, client.password, 'kq7-Zt2!x')).text, /至少 10 个字符/);
  assert.equal((await newPassword(client, client.password, 'kestrel lamp oven')).status, 303);
});

test('MLPS rules: kinds, earlier passwords, expiry and locking are enforced', async () => {
  assert.equal((await setPolicy({ password_min: '8', password_classes: '3', password_max_age_days: '90', password_history: '3', password_lock_failures: '4', password_lock_min: '30' })).status, 303);
  const client = await web.signedIn('cashier');
  assert.match((await client.get('/login/password')).text, /至少包含 3 种/);
  assert.match((await newPassword(client, client.password, 'kestrel lamp oven')).text, /至少要有 3 种字符/);
  assert.equal((await newPassword(client, client.password, 'Kestrel lamp 1')).status, 303);
  assert.equal((await newPassword(client, 'Kestrel lamp 1', 'Kestrel lamp 2')).status, 303);
  assert.match((await newPassword(client, 'Kestrel lamp 2', 'Kestrel lamp 1')).text, /最近用过/);
  assert.match((await newPassword(client, 'Kestrel lamp 2', client.password)).status === 422 ? '422' : '', /422/, 'the first one, which voltillctl set, counts too');
  assert.equal((await newPassword(client, 'Kestrel lamp 2', 'Kestrel lamp 3')).status, 303);

  maria.sql(`UPDATE operator SET password_changed_at = UTC_TIMESTAMP(3) - INTERVAL 91 DAY WHERE username='${client.username}'`);
  const held = await client.get('/accounts/overview');
  assert.deepEqual([held.status, held.location], [303, '/login/password']);
  assert.match((await client.get('/login/password')).text, /密码已过期/);
  const again = web.client();
  await again.signIn(client.username, 'Kestrel lamp 3');
  assert.equal((await again.get('/accounts/overview')).location, '/login/password', 'at a sign-in long after it ran out too');
  const done = await newPassword(again, 'Kestrel lamp 3', 'Kestrel lamp 4');
  assert.deepEqual([done.status, done.location], [303, '/']);
  assert.equal((await again.get('/accounts/overview')).status, 200);

  const door = web.client();
  for (let n = 0; n < 4; n++) assert.equal((await door.submit('/login', { username: client.username, password: `wrong ${n}` })).status, 422);
  const locked = await door.submit('/login', { username: client.username, password: 'Kestrel lamp 4' });
  assert.equal(locked.status, 429);
  assert.match(locked.text, /30 分钟/);
});

test('voltillctl keeps the rules too', async () => {
  assert.throws(() => ctl(conf, ['operator', 'add', 'li.ming', '--role', 'cashier', '--password-stdin'], 'kestrellampoven\n'), /kinds of characters/);
  ctl(conf, ['operator', 'add', 'li.ming', '--role', 'cashier', '--password-stdin'], 'kestrel-Lamp-oven\n');
});

test('voltillctl lists, reads and sets by the same rules, and is on record', () => {
  assert.match(ctl(conf, ['setting', 'list']), /^alarm\.credit2_fen\t20\.00$/m);
  ctl(conf, ['setting', 'set', 'alarm.credit2_fen', '12.5']);
  assert.equal(ctl(conf, ['setting', 'get', 'alarm.credit2_fen']), '12.50\n');
  assert.match(audits().at(-1).detail, /^alarm_credit2_fen: 20\.00 -> 12\.50$/);
  for (const [name, value] of [['alarm.credit2_fen', '1e1'], ['alarm.credit2_fen', '999'], ['no.such', '1']]) {
    assert.throws(() => ctl(conf, ['setting', 'set', name, value]), { status: 2 });
  }
});

test('whoever has no right to settings changes none', async () => {
  const manager = await web.signedIn('manager');
  assert.equal((await manager.get('/settings/system')).status, 403);
});
