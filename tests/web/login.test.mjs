// Sign in and out, sessions, password, language and theme, as a plain HTTP client sees them. The numbers
// are those of reference/reliability.md §5.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import { ctl, startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { unlimit } from './fastcgi.mjs';

const PASSWORD = 'kestrel-lamp-9-oven';
const WRONG = 'this is not the password';
const secrets = [PASSWORD];

const maria = await startMaria();
const conf = await writeConf(maria);
const web = await startWeb(maria, conf, { programs: ['login'] });
await unlimit(web); // the limits of nginx have tests of their own

beforeEach(() => maria.sql('DELETE FROM login_attempt'));

let count = 0;
async function person(role = 'manager', password = PASSWORD) {
  const username = `person${++count}`;
  await web.operator({ username, role, password, name: `人物${count}` });
  return username;
}

async function signedIn(role) {
  const username = await person(role);
  const client = web.client();
  await client.signIn(username, PASSWORD);
  secrets.push(client.cookies.get('sid'));
  return Object.assign(client, { username });
}

const operatorId = (username) => maria.one(`SELECT operator_id FROM operator WHERE username = '${username}'`);
const liveSessions = (username) => Number(maria.one(`SELECT COUNT(*) FROM session WHERE operator_id = ${operatorId(username)} AND ended_at IS NULL`));
const errors = (text) => [...text.matchAll(/<div class="field-error"[^>]*>[\s\S]*?<\/svg>\s*([^<]*)<\/div>/g)].map((m) => m[1].trim());
const main = (text) => /<main[\s\S]*<\/main>/.exec(text)[0];
const token = (text) => /name="csrf" value="([0-9a-f]+)"/.exec(text)[1];
const signIn = (client, username, password, options) => client.submit('/login', { username, password }, options);

test('W-16 a fresh system has no operator and no default password', async () => {
  assert.equal(maria.one('SELECT COUNT(*) FROM operator'), '0');
  for (const [username, password] of [['admin', 'admin'], ['admin', 'password'], ['root', '']]) {
    assert.equal((await signIn(web.client(), username, password)).status, 422);
  }
});

test('the start page leads to the door, and a person who is in to the overview', async () => {
  assert.equal((await web.client().get('/')).location, '/login');
  const client = await signedIn();
  assert.equal((await client.get('/')).location, '/accounts');
  assert.equal((await client.get('/login')).location, '/');
});

test('W-05 the cookie is a secret of 256 bits that the database does not hold', async () => {
  const username = await person();
  const client = web.client();
  const answer = await signIn(client, username, PASSWORD);
  assert.equal(answer.status, 303);
  assert.equal(answer.location, '/');
  const cookie = answer.setCookies.find((line) => line.startsWith('sid='));
  assert.match(cookie, /^sid=[0-9a-f]{64}; /);
  for (const flag of ['Path=/', 'HttpOnly', 'SameSite=Lax']) assert.ok(cookie.includes(flag), flag);
  const value = client.cookies.get('sid');
  const digest = createHash('sha256').update(Buffer.from(value, 'hex')).digest('hex');
  assert.equal(maria.one(`SELECT COUNT(*) FROM session WHERE session_id = UNHEX('${digest}')`), '1');
  assert.equal(maria.one(`SELECT COUNT(*) FROM session WHERE session_id = UNHEX('${value}')`), '0');
});

test('a sign-in and a failed one are on record', async () => {
  const username = await person();
  const client = web.client();
  await signIn(client, username, WRONG);
  await client.signIn(username, PASSWORD);
  const rows = maria.sql(`SELECT outcome, reason, address, operator_id FROM audit WHERE actor = '${username}' ORDER BY audit_id`);
  const id = operatorId(username);
  assert.deepEqual(rows, [
    { outcome: 'refused', reason: 'wrong password', address: '127.0.0.1', operator_id: id },
    { outcome: 'done', reason: null, address: '127.0.0.1', operator_id: id },
  ]);
});

test('the page after a sign-in tells when and from where the last one was', async () => {
  const client = await signedIn();
  const first = await client.get('/login/sessions');
  assert.doesNotMatch(first.text, /上次登录/);
  const again = web.client();
  await again.signIn(client.username, PASSWORD);
  assert.match((await again.get('/login/sessions')).text, /上次登录 \d{4}-\d\d-\d\d \d\d:\d\d，来自 127\.0\.0\.1/);
});

test('W-12 an unknown name, a wrong password and a disabled account look the same', async () => {
  const [known, disabled] = [await person(), await person()];
  ctl(conf, ['operator', 'disable', disabled]);
  const answers = [];
  for (const [username, password] of [['nobody.here', WRONG], [known, WRONG], [disabled, PASSWORD]]) {
    const answer = await signIn(web.client(), username, password);
    answers.push(main(answer.text).replace(/value="[0-9a-f]{64}"/, '').replaceAll(username, 'X'));
    assert.equal(answer.status, 422);
    assert.equal(answer.setCookies.filter((line) => line.startsWith('sid=')).length, 0);
  }
  assert.match(answers[0], /用户名或密码错误/);
  assert.equal(answers[0], answers[1]);
  assert.equal(answers[0], answers[2]);
});

test('what was typed is there again, but never the password', async () => {
  const answer = await signIn(web.client(), 'nobody.here', 'a secret nobody else types');
  assert.match(answer.text, /<input[^>]* name="username"[^>]* value="nobody\.here"/);
  assert.doesNotMatch(answer.text, /a secret nobody else types/);
  const empty = await signIn(web.client(), '', '');
  assert.equal(empty.status, 422);
  assert.equal(errors(empty.text).length, 2);
});

test('W-13 a user name has one spelling', async () => {
  const username = await person();
  for (const typed of [username.toUpperCase(), `${username} `, ` ${username}`, username.replace('e', 'е'), 'ａｄｍｉｎ', 'a', 'x'.repeat(65),
    `${username}\n`, `${username}' OR 1=1-- `]) {
    const answer = await signIn(web.client(), typed, PASSWORD);
    assert.equal(answer.status, 422, JSON.stringify(typed));
    assert.equal(errors(answer.text).length, 1, JSON.stringify(typed));
  }
  assert.equal(maria.one('SELECT COUNT(*) FROM login_attempt'), '0');
});

test('W-10 a password too long is refused before anything is hashed, a NUL is malformed', async () => {
  const username = await person();
  const long = await signIn(web.client(), username, 'x'.repeat(4096));
  assert.equal(long.status, 422);
  assert.equal(maria.one('SELECT COUNT(*) FROM login_attempt'), '0');
  const client = web.client();
  const csrf = token((await client.get('/login')).text);
  const nul = await client.post('/login', { body: `csrf=${csrf}&username=${username}&password=a%00b`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  assert.equal(nul.status, 400);
});

test('W-15 an oversized body is refused at once', async () => {
  const client = web.client();
  const csrf = token((await client.get('/login')).text);
  const big = await client.post('/login', { fields: { csrf, username: 'x', password: 'x'.repeat(1 << 20) } });
  assert.equal(big.status, 413);
  const many = await client.post('/login', { body: `csrf=${csrf}&${'a=1&'.repeat(10000)}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  assert.equal(many.status, 400);
});

test('W-36 a field that stands twice is refused', async () => {
  const username = await person();
  const client = web.client();
  const csrf = token((await client.get('/login')).text);
  const answer = await client.post('/login', { body: `csrf=${csrf}&username=${username}&password=${WRONG}&password=${PASSWORD}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  assert.ok([400, 422].includes(answer.status), String(answer.status));
  assert.equal(client.cookies.has('sid'), false);
});

test('W-01 a form without its token, with a wrong one or with that of another session is refused', async () => {
  const client = await signedIn();
  const other = await signedIn();
  const foreign = token((await other.get('/login/sessions')).text);
  const before = maria.sql('SELECT * FROM session ORDER BY public_id');
  for (const csrf of [undefined, '', 'x', '0'.repeat(64), foreign]) {
    for (const action of ['/login/out', '/login/sessions/others', '/login/preferences']) {
      const answer = await client.post(action, { fields: csrf === undefined ? {} : { csrf } });
      assert.equal(answer.status, 403, `${action} ${csrf}`);
      assert.match(answer.text, /页面已失效|页面已过期/);
    }
  }
  assert.deepEqual(maria.sql('SELECT * FROM session ORDER BY public_id'), before);
  const fresh = web.client();
  assert.equal((await fresh.post('/login', { fields: { username: client.username, password: PASSWORD } })).status, 403);
});

test('W-02 a form that another site sends is refused', async () => {
  const username = await person();
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    const client = web.client();
    const answer = await signIn(client, username, PASSWORD, { headers });
    assert.equal(answer.status, 403, JSON.stringify(headers));
    assert.equal(client.cookies.has('sid'), false);
  }
});

test('W-03 nothing changes by GET', async () => {
  const client = await signedIn();
  const before = maria.sql('SELECT * FROM session ORDER BY public_id');
  for (const action of ['/login/out', '/login/sessions/end', '/login/sessions/others', '/login/preferences']) {
    for (const method of ['GET', 'HEAD']) {
      const answer = await client.request(method, `${action}?session=1&language=en`);
      assert.equal(answer.status, 405, action);
    }
  }
  assert.deepEqual(maria.sql('SELECT * FROM session ORDER BY public_id'), before);
});

test('W-04 a cookie that was set before does not survive the sign-in', async () => {
  const username = await person();
  const preset = 'ab'.repeat(32);
  const client = web.client();
  client.cookies.set('sid', preset);
  await client.signIn(username, PASSWORD);
  assert.notEqual(client.cookies.get('sid'), preset);
  const thief = web.client();
  thief.cookies.set('sid', preset);
  assert.equal((await thief.get('/login/sessions')).location, '/login');
});

test('W-04 signing in again ends the session that was there', async () => {
  const client = await signedIn();
  const old = client.cookies.get('sid');
  const csrf = token((await client.get('/login/sessions')).text);
  const answer = await client.post('/login', { fields: { csrf, username: client.username, password: PASSWORD } });
  assert.equal(answer.status, 303);
  assert.notEqual(client.cookies.get('sid'), old);
  assert.equal(liveSessions(client.username), 1);
});

test('W-06 an idle session and one that is too old end, and the page says so', async () => {
  for (const change of ['seen_at = UTC_TIMESTAMP(3) - INTERVAL 61 MINUTE', 'expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND']) {
    const client = await signedIn();
    maria.sql(`UPDATE session SET ${change} WHERE operator_id = ${operatorId(client.username)}`);
    const answer = await client.get('/login/sessions');
    assert.equal(answer.status, 303, change);
    assert.match(answer.location, /^\/login/);
    assert.match((await client.get('/login')).text, /长时间未操作，请重新登录/);
    assert.equal(maria.one(`SELECT end_reason FROM session WHERE operator_id = ${operatorId(client.username)}`), 'expired');
  }
});

test('a session that is used stays, and is noted at most once a minute', async () => {
  const client = await signedIn();
  const id = operatorId(client.username);
  const seen = () => maria.one(`SELECT seen_at FROM session WHERE operator_id = ${id}`);
  const first = seen();
  await client.get('/login/sessions');
  assert.equal(seen(), first);
  maria.sql(`UPDATE session SET seen_at = UTC_TIMESTAMP(3) - INTERVAL 59 MINUTE WHERE operator_id = ${id}`);
  assert.equal((await client.get('/login/sessions')).status, 200);
  assert.ok(Number(maria.one(`SELECT TIMESTAMPDIFF(SECOND, seen_at, UTC_TIMESTAMP(3)) FROM session WHERE operator_id = ${id}`)) < 30);
});

test('W-07 after signing out the old cookie opens nothing', async () => {
  const client = await signedIn();
  const cookie = client.cookies.get('sid');
  const shown = await client.get('/login/sessions');
  assert.equal(shown.headers.get('cache-control'), 'no-store');
  const answer = await client.submit('/login/sessions', {}, { action: '/login/out' });
  assert.equal(answer.location, '/login');
  assert.equal(client.cookies.has('sid'), false);
  assert.match((await client.get('/login')).text, /您已退出|已退出登录|已退出/);
  const back = web.client();
  back.cookies.set('sid', cookie);
  assert.equal((await back.get('/login/sessions')).status, 303);
  assert.equal(maria.one(`SELECT COUNT(*) FROM audit WHERE actor = '${client.username}' AND action = 'session.end' AND outcome = 'done'`), '1');
});

test('W-08 a disabled operator is out at the next request', async () => {
  const client = await signedIn();
  ctl(conf, ['operator', 'disable', client.username]);
  assert.equal((await client.get('/login/sessions')).status, 303);
  assert.match((await client.get('/login')).text, /该账号已停用/);
  assert.equal((await signIn(web.client(), client.username, PASSWORD)).status, 422);
  ctl(conf, ['operator', 'enable', client.username]);
  await web.client().signIn(client.username, PASSWORD);
});

test('W-08 an account that is disabled in the database is out even while its session lives', async () => {
  const client = await signedIn();
  maria.sql(`UPDATE operator SET disabled_at = UTC_TIMESTAMP(3) WHERE username = '${client.username}'`);
  assert.equal((await client.get('/login/sessions')).status, 303);
  assert.match((await client.get('/login')).text, /该账号已停用/);
});

test('W-08 a changed role counts at the next request', async () => {
  const client = await signedIn('manager');
  assert.match((await client.get('/login/sessions')).text, /href="\/accounts\/gateways"/);
  ctl(conf, ['operator', 'role', client.username, '--role', 'cashier']);
  assert.doesNotMatch((await client.get('/login/sessions')).text, /href="\/accounts\/gateways"/);
});

test('W-08 a password changed by an administrator ends the sessions', async () => {
  const client = await signedIn();
  ctl(conf, ['operator', 'passwd', client.username, '--password-stdin'], 'another-lamp-7-door\n');
  assert.equal((await client.get('/login/sessions')).status, 303);
  assert.match((await client.get('/login')).text, /密码已在其他设备上修改/);
});

test('W-09 a fourth session ends the oldest, and its user is told', async () => {
  const first = await signedIn();
  const others = [];
  for (let n = 0; n < 3; n++) {
    const client = web.client();
    await client.signIn(first.username, PASSWORD);
    others.push(client);
  }
  assert.equal(liveSessions(first.username), 3);
  assert.equal((await first.get('/login/sessions')).status, 303);
  assert.match((await first.get('/login')).text, /最早的这次登录已被结束/);
  for (const client of others) assert.equal((await client.get('/login/sessions')).status, 200);
});

test('the list of devices shows each session and ends one, or all others', async () => {
  const client = await signedIn();
  const [phone, tablet] = [web.client(), web.client()];
  await signIn(phone, client.username, PASSWORD, { headers: { 'user-agent': 'Mozilla/5.0 (iPhone) MicroMessenger/8.0' } });
  await signIn(tablet, client.username, PASSWORD, { headers: { 'user-agent': '<script>alert(1)</script>' } });
  const shown = main((await client.get('/login/sessions')).text);
  assert.equal([...shown.matchAll(/name="session" value="\d+"/g)].length, 2);
  assert.match(shown, /iPhone 上的 WeChat/);
  assert.match(shown, /本设备/);
  assert.doesNotMatch(shown, /<script>/);
  const row = /<tr>(?:(?!<\/tr>)[\s\S])*WeChat[\s\S]*?name="session" value="(\d+)"/.exec(shown);
  const answer = await client.submit('/login/sessions', { session: row[1] }, { action: '/login/sessions/end' });
  assert.equal(answer.location, '/login/sessions');
  assert.equal((await phone.get('/login/sessions')).status, 303);
  assert.match((await phone.get('/login')).text, /已被其他设备结束/);
  assert.equal((await tablet.get('/login/sessions')).status, 200);
  await client.submit('/login/sessions', {}, { action: '/login/sessions/others' });
  assert.equal((await tablet.get('/login/sessions')).status, 303);
  assert.equal((await client.get('/login/sessions')).status, 200);
});

test("W-21 another operator's session cannot be ended", async () => {
  const [client, other] = [await signedIn(), await signedIn()];
  const id = maria.one(`SELECT public_id FROM session WHERE operator_id = ${operatorId(other.username)} AND ended_at IS NULL`);
  const third = web.client();
  await third.signIn(client.username, PASSWORD);
  await client.submit('/login/sessions', { session: id }, { action: '/login/sessions/end' });
  assert.equal((await other.get('/login/sessions')).status, 200);
  for (const bad of ['0', '-1', '01', '1e3', '', 'x', '9'.repeat(400)]) {
    const answer = await client.submit('/login/sessions', { session: bad }, { action: '/login/sessions/end' });
    assert.equal(answer.status, 400, bad);
  }
});

test('changing the password ends the other sessions and keeps this one', async () => {
  const client = await signedIn();
  const other = web.client();
  await other.signIn(client.username, PASSWORD);
  const fresh = '窗台上的第七盆薄荷开花了';
  secrets.push(fresh);
  const answer = await client.submit('/login/password', { old: PASSWORD, new: fresh, repeat: fresh });
  assert.equal(answer.status, 303);
  assert.match((await client.get('/login/password')).text, /密码已修改/);
  assert.equal((await other.get('/login/sessions')).status, 303);
  assert.equal((await signIn(web.client(), client.username, PASSWORD)).status, 422);
  await web.client().signIn(client.username, fresh);
  assert.equal(maria.one(`SELECT COUNT(*) FROM audit WHERE actor = '${client.username}' AND action = 'password.change' AND outcome = 'done'`), '1');
});

test('W-10 W-14 the new password must be a good one', async () => {
  const client = await signedIn();
  const before = maria.one(`SELECT password_hash FROM operator WHERE username = '${client.username}'`);
  const table = [['short', '至少 10 个字符'], ['Dianbiao123', '最容易被猜到'], ['acrel12345', '最容易被猜到'], ['woaini1314', '最容易被猜到'],
    ['aaaaaaaaaaaa', '连续或重复'], [`${client.username}2026`, '姓名或用户名'], [PASSWORD, '与旧密码相同'], ['x'.repeat(4096), '128']];
  for (const [typed, expected] of table) {
    const answer = await client.submit('/login/password', { old: PASSWORD, new: typed, repeat: typed });
    assert.equal(answer.status, 422, typed);
    assert.ok(errors(answer.text).some((text) => text.includes(expected)), `${typed}: ${errors(answer.text)}`);
    assert.ok(!answer.text.includes(typed) || typed === 'short');
  }
  const differ = await client.submit('/login/password', { old: PASSWORD, new: 'another-lamp-7', repeat: 'another-lamp-8' });
  assert.match(differ.text, /两次输入的新密码不一致/);
  assert.equal(maria.one(`SELECT password_hash FROM operator WHERE username = '${client.username}'`), before);
});

test('a wrong old password changes nothing and is slowed down like a sign-in', async () => {
  const client = await signedIn();
  const fields = (old) => ({ old, new: 'another-lamp-7-door', repeat: 'another-lamp-7-door' });
  for (let n = 0; n < 5; n++) {
    const answer = await client.submit('/login/password', fields(WRONG));
    assert.equal(answer.status, 422);
    assert.deepEqual(errors(answer.text), ['密码错误']);
  }
  assert.equal((await client.submit('/login/password', fields(PASSWORD))).status, 429);
});

test('W-17 a one-time password leads to the password page and nowhere else', async () => {
  const out = ctl(conf, ['operator', 'add', 'new.one', '--role', 'cashier', '--name', '新来的']);
  const once = /: (\S+)$/m.exec(out)[1];
  secrets.push(once);
  assert.match(once, /^\w{5}-\w{5}-\w{5}-\w{5}$/);
  const client = web.client();
  assert.equal((await signIn(client, 'new.one', once)).location, '/login/password');
  assert.equal((await client.get('/login/sessions')).location, '/login/password');
  assert.equal((await client.get('/')).status, 303);
  const shown = await client.get('/login/password');
  assert.match(shown.text, /一次性密码/);
  const answer = await client.submit('/login/password', { old: once, new: 'another-lamp-7-door', repeat: 'another-lamp-7-door' });
  assert.equal(answer.location, '/');
  assert.equal((await client.get('/login/sessions')).status, 200);
  assert.equal((await signIn(web.client(), 'new.one', once)).status, 422);
});

test('W-17 a one-time password is good for 24 hours', async () => {
  const once = /: (\S+)$/m.exec(ctl(conf, ['operator', 'add', 'late.one', '--role', 'cashier']))[1];
  maria.sql("UPDATE operator SET password_changed_at = UTC_TIMESTAMP(3) - INTERVAL 25 HOUR WHERE username = 'late.one'");
  const answer = await signIn(web.client(), 'late.one', once);
  assert.equal(answer.status, 422);
  assert.match(answer.text, /一次性密码已超过 24 小时/);
});

test('W-66 a sign-in leads only to a page of ours', async () => {
  const username = await person();
  maria.sql("UPDATE setting SET value = '1000' WHERE name = 'session.parallel_max'");
  const table = [['/accounts/board?f=3', '/accounts/board?f=3'], ['//evil.example', '/'], ['https://evil.example', '/'],
    ['/\\evil.example', '/'], ['%2f%2fevil.example', '/'], ['javascript:alert(1)', '/'], ['/login?next=/login', '/'],
    ['/x\r\nSet-Cookie: a=b', '/']];
  for (const [next, expected] of table) {
    const client = web.client();
    const answer = await client.submit(`/login?next=${encodeURIComponent(next)}`, { username, password: PASSWORD });
    assert.equal(answer.status, 303);
    assert.equal(answer.location, expected, next);
    const typed = await web.client().submit('/login', { username, password: PASSWORD, next });
    assert.equal(typed.location, expected, next);
  }
  maria.sql("UPDATE setting SET value = '3' WHERE name = 'session.parallel_max'");
});

test('a page that needs a sign-in is shown after it', async () => {
  const username = await person();
  const client = web.client();
  const refused = await client.get('/login/password');
  assert.equal(refused.status, 303);
  assert.match(refused.location, /^\/login/);
  assert.equal((await client.submit(refused.location, { username, password: PASSWORD }, { action: '/login' })).status, 303);
});

test('language and theme: by cookie when signed out, in the account when signed in', async () => {
  const visitor = web.client();
  const english = await visitor.submit('/login?next=/accounts/board', { language: 'en' }, { action: '/login/preferences' });
  assert.equal(english.location, '/login?next=/accounts/board');
  const shown = await visitor.get(english.location);
  assert.match(shown.text, /<html lang="en"/);
  assert.match(shown.text, /Sign in/);
  assert.match(shown.text, /name="next" value="\/accounts\/board"/);

  const client = await signedIn();
  await client.submit('/login/sessions', { language: 'en' }, { action: '/login/preferences' });
  await client.submit('/login/sessions', { theme: 'dark' }, { action: '/login/preferences' });
  assert.match((await client.get('/login/sessions')).text, /<html lang="en" data-bs-theme="dark">/);
  const elsewhere = web.client();
  await elsewhere.signIn(client.username, PASSWORD);
  assert.match((await elsewhere.get('/login/sessions')).text, /<html lang="en" data-bs-theme="dark">/);
  for (const fields of [{ language: 'xx' }, { theme: '"><script>' }, { next: '//evil.example' }, { next: 'https://evil.example' }]) {
    const answer = await client.submit('/login/sessions', fields, { action: '/login/preferences' });
    assert.equal(answer.status, 303);
    assert.match(answer.location, /^\/(?!\/)/);
  }
  assert.match((await client.get('/login/sessions')).text, /<html lang="en" data-bs-theme="dark">/);
});

test('the browser decides the language of a stranger', async () => {
  for (const [header, lang] of [['en-GB,en;q=0.9', 'en'], ['zh-CN,zh;q=0.9', 'zh-CN'], ['fr', 'zh-CN']]) {
    const answer = await web.client().get('/login', { 'accept-language': header });
    assert.match(answer.text, new RegExp(`<html lang="${lang}"`), header);
  }
});

test('W-62 every answer carries the headers', async () => {
  const client = await signedIn();
  for (const target of ['/login', '/login/sessions', '/login/nothing', '/']) {
    const { headers } = await client.get(target);
    assert.match(headers.get('content-security-policy'), /default-src 'none'/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('cache-control'), 'no-store', target);
  }
});

test('W-90 W-92 the log holds no secret and no forged line', () => {
  const log = web.programs.login.log();
  assert.ok(secrets.length > 10);
  for (const secret of secrets) assert.ok(!log.includes(secret), 'the log holds a secret');
  for (const line of log.trim().split('\n')) assert.match(line, /^<\d>\d{4}-\d\d-\d\dT/);
});
