// The second factor, the password again before something dangerous, and what a role asks for.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import { beforeEach, test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { unlimit } from './fastcgi.mjs';

const maria = await startMaria();
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
beforeEach(() => maria.sql('DELETE FROM login_attempt'));

// RFC 6238, written a second time.
function decode(text) {
  const bits = [...text.replaceAll(' ', '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}
// Waits when the code would soon be one step older than it was asked for.
function code(secret, offset = 0) {
  const left = 30000 - (Date.now() % 30000);
  if (offset < 0 && left < 5000) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, left);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + offset));
  const mac = createHmac('sha1', secret).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}
const wrong = (secret) => ['000000', '111111', '222222', '333333'].find((typed) => ![-2, -1, 0, 1, 2].some((n) => code(secret, n) === typed));

const PASSWORD = 'kestrel-lamp-9-oven';
let count = 0;
async function person(role = 'manager') {
  const username = `person${++count}`;
  await web.operator({ username, role, password: PASSWORD });
  const client = web.client();
  await client.signIn(username, PASSWORD);
  return Object.assign(client, { username });
}
const secretOf = (html) => decode(/class="totp-secret">([A-Z2-7 ]+)</.exec(html)[1]);
async function enrolled(role) {
  const client = await person(role);
  client.secret = secretOf((await client.get('/login/totp')).text);
  const shown = await client.get('/login/totp');
  const hidden = Object.fromEntries([...shown.text.matchAll(/name="(csrf|secret)" value="([0-9a-f]+)"/g)].map((match) => match.slice(1, 3)));
  client.secret = secretOf(shown.text);
  client.used = code(client.secret, -1);
  const answer = await client.post('/login/totp', { fields: { ...hidden, code: client.used } });
  assert.equal(answer.status, 200);
  client.codes = [...answer.text.matchAll(/<code>([a-z0-9]{5}-[a-z0-9]{5})<\/code>/g)].map((match) => match[1]);
  assert.equal(client.codes.length, 10);
  return client;
}
const audits = (action, outcome = 'done') => Number(maria.one(`SELECT COUNT(*) FROM audit WHERE action='${action}' AND outcome='${outcome}'`));
const stale = (client) => maria.sql(`UPDATE session s JOIN operator o USING (operator_id) SET s.confirmed_at = s.confirmed_at - INTERVAL 11 MINUTE WHERE o.username='${client.username}'`);

test('the secret is on the page as text and picture, encrypted in the database, and needs a code of it', async () => {
  const client = await person();
  const shown = await client.get('/login/totp');
  assert.match(shown.text, /<svg class="qr" viewBox="0 0 (\d+) \1"[^>]*><path d="M4 4h7v1h-7z/);
  assert.doesNotMatch(shown.text, /style=/);
  const secret = secretOf(shown.text);
  const refused = await client.submit('/login/totp', { code: '12345x' });
  assert.equal(refused.status, 422);
  assert.equal(maria.one(`SELECT totp_since IS NULL FROM operator WHERE username='${client.username}'`), '1');
  assert.notDeepEqual(secretOf((await client.get('/login/totp')).text), secret, 'every look makes another one');
  const other = await enrolled();
  const stored = Buffer.from(maria.one(`SELECT HEX(totp_secret) FROM operator WHERE username='${other.username}'`), 'hex');
  assert.equal(stored.length, 60);
  assert.ok(!stored.includes(other.secret));
  assert.equal(audits('totp.enrol'), 1);
});

test('signing in takes the code too: wrong, used and right ones, and no way around it', async () => {
  const { username, secret, used } = await enrolled();
  const client = web.client();
  const first = await client.submit('/login?next=/accounts/meters', { username, password: PASSWORD }, { action: '/login' });
  assert.equal(first.location, '/login/factor?next=%2Faccounts%2Fmeters');
  assert.equal(client.cookies.has('sid'), false);
  assert.equal((await client.get('/accounts/board')).location.startsWith('/login'), true);
  const page = first.location;
  assert.equal((await client.submit(page, { code: wrong(secret) })).status, 422);
  assert.equal((await client.submit(page, { code: used })).status, 422, 'it was used to turn it on');
  const typed = code(secret, 0);
  const answer = await client.submit(page, { code: typed });
  assert.equal(answer.status, 303);
  assert.equal(answer.location, '/accounts/meters');
  assert.equal((await client.get('/accounts/board')).status, 200);
  const again = web.client();
  await again.submit('/login', { username, password: PASSWORD });
  assert.equal((await again.submit('/login/factor', { code: typed })).status, 422, 'a code works once');
  assert.equal((await again.submit('/login/factor', { code: code(secret, 1) })).status, 303, 'a fast clock');
});

test('a recovery code works once, in any spelling, and is on record', async () => {
  const { username, codes } = await enrolled();
  for (const [typed, status] of [[codes[0].toUpperCase(), 303], [codes[0], 422], [codes[1].replace('-', ' '), 303]]) {
    const client = web.client();
    await client.submit('/login', { username, password: PASSWORD });
    assert.equal((await client.submit('/login/factor', { code: typed })).status, status, typed);
  }
  assert.equal(audits('totp.recovery'), 2);
  assert.equal(maria.one(`SELECT COUNT(*) FROM operator_recovery JOIN operator USING (operator_id) WHERE username='${username}' AND used_at IS NULL`), '8');
});

test('guessing codes is slowed down like guessing passwords, and a step does not last', async () => {
  const { username, secret } = await enrolled();
  const client = web.client();
  await client.submit('/login', { username, password: PASSWORD });
  let status;
  for (let n = 0; n < 6 && status !== 429; n++) status = (await client.submit('/login/factor', { code: wrong(secret) })).status;
  assert.equal(status, 429);
  assert.equal((await client.submit('/login/factor', { code: code(secret, 0) })).status, 429, 'the right one waits, too');
  maria.sql("DELETE FROM login_attempt; UPDATE sign_in_step SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND");
  const late = await client.submit('/login/factor', { code: code(secret, 0) });
  assert.equal(late.location, '/login');
  assert.equal((await web.client().get('/login/factor')).location, '/login');
});

test('a role that needs a second factor opens nothing but its page, then everything', async () => {
  maria.sql("UPDATE role SET needs_totp = 1 WHERE code = 'finance'");
  const client = await person('finance');
  for (const target of ['/accounts/board', '/accounts/meters?format=csv', '/login/password', '/settings']) {
    assert.equal((await client.get(target)).location, '/login/totp', target);
  }
  const shown = await client.get('/login/totp');
  assert.doesNotMatch(shown.text, /<nav class="side"/);
  const secret = secretOf(shown.text);
  const [, csrf] = /name="csrf" value="([0-9a-f]+)"/.exec(shown.text), [, sealed] = /name="secret" value="([0-9a-f]+)"/.exec(shown.text);
  assert.equal((await client.post('/login/totp', { fields: { csrf, secret: sealed.replace(/^../, '00'), code: code(secret) } })).status, 400, 'a secret of ones own');
  assert.equal((await client.post('/login/totp', { fields: { csrf, secret: sealed, code: code(secret) } })).status, 200);
  assert.equal((await client.get('/accounts/board')).status, 200);
  assert.equal((await client.post('/login/totp/off', { fields: { csrf } })).status, 303);
  assert.equal(maria.one(`SELECT totp_since IS NULL FROM operator WHERE username='${client.username}'`), '0', 'the role needs it');
  maria.sql("UPDATE role SET needs_totp = 0 WHERE code = 'finance'");
  assert.equal((await client.submit('/login/totp', {}, { action: '/login/totp/off' })).status, 303);
  assert.equal(maria.one(`SELECT CONCAT(totp_since IS NULL, totp_secret IS NULL) FROM operator WHERE username='${client.username}'`), '11');
});

test('without the key nobody gets past the password', async () => {
  const { username, secret } = await enrolled();
  const file = `${conf.dir}/credentials/totp_key`, key = fs.readFileSync(file);
  fs.writeFileSync(file, `${'ab'.repeat(32)}\n`);
  const client = web.client();
  await client.submit('/login', { username, password: PASSWORD });
  assert.equal((await client.submit('/login/factor', { code: code(secret) })).status, 503);
  fs.rmSync(file);
  assert.equal((await client.submit('/login/factor', { code: code(secret) })).status, 503);
  const other = await person();
  assert.match((await other.get('/login/totp')).text, /totp_key/);
  fs.writeFileSync(file, key);
  assert.equal((await client.submit('/login/factor', { code: code(secret) })).status, 303);
});

test('a page that is dangerous asks for the password again and leads back', async () => {
  const client = await person();
  stale(client);
  const asked = await client.get('/login/totp');
  assert.equal(asked.location, '/login/confirm?next=%2Flogin%2Ftotp');
  const refused = await client.submit(asked.location, { password: 'not the password' });
  assert.equal(refused.status, 422);
  assert.equal((await client.get('/login/totp')).status, 303, 'still not');
  const answer = await client.submit(asked.location, { password: PASSWORD });
  assert.equal(answer.location, '/login/totp');
  assert.equal((await client.get('/login/totp')).status, 200);
  assert.ok(audits('session.confirm') >= 1 && audits('session.confirm', 'refused') >= 1);
  for (const evil of ['//evil.example', 'https://evil.example/', '/\\evil', '/login/out']) {
    stale(client);
    const next = await client.submit(`/login/confirm?next=${encodeURIComponent(evil)}`, { password: PASSWORD });
    assert.equal(next.location, '/', evil);
  }
});

test('what was typed into a form that came too late is not lost', async () => {
  const client = await enrolled();
  const csrf = /name="csrf" value="([0-9a-f]+)"/.exec((await client.get('/login/totp')).text)[1];
  stale(client);
  const held = await client.post('/login/totp/codes', { fields: { csrf, name: '张三 <b>"', tick: 'x' } });
  assert.equal(held.status, 403);
  assert.match(held.text, /name="keep\.name" value="张三 &lt;b&gt;&quot;"/);
  assert.equal(audits('totp.codes'), 0, 'nothing was done');
  const fields = (html) => Object.fromEntries([...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) =>
    [name, value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')]));
  const form = fields(/<form method="post" action="\/login\/confirm"[\s\S]*?<\/form>/.exec(held.text)[0]);
  const half = await client.post('/login/confirm', { fields: { ...form, password: PASSWORD, code: wrong(client.secret) } });
  assert.equal(half.status, 422, 'the code is asked as well');
  assert.match(half.text, /name="keep\.name" value="张三/);
  const passed = await client.post('/login/confirm', { fields: { ...form, password: PASSWORD, code: code(client.secret, 0) } });
  assert.equal(passed.status, 200);
  const again = fields(/<form method="post" action="\/login\/totp\/codes"[\s\S]*?<\/form>/.exec(passed.text)[0]);
  assert.equal(again.name, '张三 <b>"');
  assert.equal((await client.post('/login/totp/codes', { fields: again })).status, 200);
  assert.equal(audits('totp.codes'), 1);
});

test('guessing at the confirmation is slowed down', async () => {
  const client = await person();
  stale(client);
  let answer;
  for (let n = 0; n < 7 && answer?.status !== 429; n++) answer = await client.submit('/login/confirm?next=/login/totp', { password: `guess ${n}` }, { action: '/login/confirm' });
  assert.equal(answer.status, 429);
});
