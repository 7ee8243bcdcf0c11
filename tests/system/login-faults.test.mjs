// What happens at the door when something behind it is broken: nobody gets in by accident.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, until, writeConf } from '../harness/harness.mjs';

const PASSWORD = 'kestrel-lamp-9-oven';
const maria = await startMaria();
const conf = await writeConf(maria);
const web = await startWeb(maria, conf, { programs: ['login'] });
await web.operator({ username: 'wang.fang', role: 'manager', password: PASSWORD });

const sessions = () => maria.one('SELECT COUNT(*) FROM session');
const refuse = (table, event) => maria.sql(`CREATE TRIGGER broken BEFORE ${event} ON ${table} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'disk full'`);
const mend = () => maria.sql('DROP TRIGGER broken');

test('no session begins when the audit cannot be written', async () => {
  refuse('audit', 'INSERT');
  const client = web.client();
  const answer = await client.submit('/login', { username: 'wang.fang', password: PASSWORD });
  mend();
  assert.ok(answer.status >= 500, String(answer.status));
  assert.equal(client.cookies.has('sid'), false);
  assert.equal(sessions(), '0');
  assert.doesNotMatch(answer.text, /disk full|INSERT|SQL/);
  await client.signIn('wang.fang', PASSWORD);
});

test('a password stays when the audit cannot be written', async () => {
  const client = web.client();
  await client.signIn('wang.fang', PASSWORD);
  const before = maria.one('SELECT password_hash FROM operator');
  refuse('audit', 'INSERT');
  const answer = await client.submit('/login/password', { old: PASSWORD, new: 'another-lamp-7-door', repeat: 'another-lamp-7-door' });
  mend();
  assert.ok(answer.status >= 500);
  assert.equal(maria.one('SELECT password_hash FROM operator'), before);
  assert.equal((await client.get('/login/sessions')).status, 200);
});

test('nobody gets in when attempts cannot be counted', async () => {
  refuse('login_attempt', 'INSERT');
  const client = web.client();
  const answer = await client.submit('/login', { username: 'wang.fang', password: PASSWORD });
  mend();
  assert.ok(answer.status >= 500);
  assert.equal(client.cookies.has('sid'), false);
});

test('W-93 without the database a session opens nothing, and works again afterwards', async () => {
  const client = web.client();
  await client.signIn('wang.fang', PASSWORD);
  const cookie = client.cookies.get('sid');
  await maria.stop();
  const refused = await client.get('/login/sessions');
  assert.equal(refused.status, 503);
  assert.doesNotMatch(refused.text, /<table|SELECT|mariadb\.sock/);
  assert.equal(client.cookies.get('sid'), cookie);
  await maria.start();
  await until('the sessions page', async () => (await client.get('/login/sessions')).status === 200, 20);
});

test('W-90 a forged line in a user name stays out of the log', async () => {
  await web.client().submit('/login', { username: 'x\n<6>2026-01-01T00:00:00.000Z login ok', password: PASSWORD });
  for (const line of web.programs.login.log().trim().split('\n')) {
    assert.match(line, /^<\d>\d{4}-\d\d-\d\dT[\d:.]+Z login\[\d+\] /);
    assert.doesNotMatch(line, /^<6>2026-01-01/);
  }
});

test('W-92 the log holds no password', () => {
  assert.ok(!web.programs.login.log().includes(PASSWORD));
});
