// Guessing is slowed down, nobody is locked out for ever, and time tells nothing (reliability.md W-11, W-12).
import assert from 'node:assert/strict';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { visitor } from './fastcgi.mjs';

const PASSWORD = 'kestrel-lamp-9-oven';
const WRONG = 'this is not the password';
const maria = await startMaria();
const conf = await writeConf(maria);
const web = await startWeb(maria, conf, { programs: ['login'] });
const socket = path.join(conf.dir, 'sock/login.sock');
maria.sql("UPDATE setting SET value = '1000' WHERE name = 'session.parallel_max'");

beforeEach(() => maria.sql('DELETE FROM login_attempt'));

let count = 0;
async function person() {
  const username = `person${++count}`;
  await web.operator({ username, role: 'manager', password: PASSWORD });
  return username;
}

// Lets the time of every delay pass.
const wait = () => maria.sql('UPDATE login_attempt SET blocked_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE blocked_until IS NOT NULL');
const main = (text) => /<main[\s\S]*<\/main>/.exec(text)[0].replace(/value="[0-9a-f]{64}"/g, '').replaceAll(/person\d+|ghost\d*/g, 'X');

test('five failures begin a delay, and the right password has to wait like a wrong one', async () => {
  const username = await person();
  const enter = await visitor(socket, '10.0.0.1');
  for (let n = 0; n < 5; n++) assert.equal((await enter(username, WRONG)).status, 422);
  const [wrong, right] = [await enter(username, WRONG), await enter(username, PASSWORD)];
  assert.equal(wrong.status, 429);
  assert.equal(right.status, 429);
  assert.match(right.text, /请在 [1-5] 秒后重试/);
  assert.match(right.head, /Retry-After: [1-5]\b/);
  assert.doesNotMatch(right.head, /sid=/);
  wait();
  assert.equal((await enter(username, PASSWORD)).status, 303);
});

test('a delay looks the same for a name that does not exist', async () => {
  const username = await person();
  const answers = [];
  for (const [name, address] of [[username, '10.0.1.1'], ['ghost', '10.0.1.2']]) {
    const enter = await visitor(socket, address);
    for (let n = 0; n < 5; n++) await enter(name, WRONG);
    const answer = await enter(name, WRONG);
    assert.equal(answer.status, 429);
    answers.push(main(answer.text).replace(/\d+ 秒/, 'N 秒'));
  }
  assert.equal(answers[0], answers[1]);
});

test('the delay grows to a quarter of an hour and the count is forgiven by a success', async () => {
  const username = await person();
  const enter = await visitor(socket, '10.0.2.1');
  const waits = [];
  for (let n = 0; n < 20; n++) {
    await enter(username, WRONG);
    waits.push(Number(maria.one(`SELECT COALESCE(MAX(TIMESTAMPDIFF(SECOND, last_at, blocked_until)), 0) FROM login_attempt WHERE kind = 'pair'`)));
    wait();
  }
  assert.deepEqual(waits.slice(0, 8), [0, 0, 0, 0, 5, 10, 20, 40]);
  assert.equal(waits[19], 900);
  assert.equal((await enter(username, PASSWORD)).status, 303);
  assert.equal(maria.one("SELECT COALESCE(SUM(failures), 0) FROM login_attempt"), '0');
});

test('many addresses guess one account: the account waits, its owner does not', async () => {
  const username = await person();
  const owner = await visitor(socket, '10.0.3.1');
  assert.equal((await owner(username, PASSWORD)).status, 303);
  for (let n = 0; n < 20; n++) {
    const guesser = await visitor(socket, `192.0.2.${n}`);
    assert.equal((await guesser(username, WRONG)).status, 422);
    wait();
  }
  maria.sql("UPDATE login_attempt SET blocked_until = UTC_TIMESTAMP(3) + INTERVAL 15 MINUTE WHERE kind = 'account'");
  const stranger = await visitor(socket, '192.0.2.200');
  assert.equal((await stranger(username, PASSWORD)).status, 429);
  assert.match((await stranger(username, WRONG)).text, /请在 15 分钟后重试/);
  assert.equal((await owner(username, PASSWORD)).status, 303);
});

test('one address guesses many accounts: the address waits, others do not', async () => {
  const username = await person();
  const spray = await visitor(socket, '10.0.4.1');
  for (let n = 0; n < 20; n++) assert.equal((await spray(`ghost${n}`, WRONG)).status, 422);
  assert.equal((await spray(username, PASSWORD)).status, 429);
  const other = await visitor(socket, '10.0.4.2');
  assert.equal((await other(username, PASSWORD)).status, 303);
});

test('an IPv6 network is one address', async () => {
  const username = await person();
  for (let n = 0; n < 5; n++) {
    const enter = await visitor(socket, `2001:db8:0:1::${n + 1}`);
    assert.equal((await enter(username, WRONG)).status, 422);
  }
  const enter = await visitor(socket, '2001:db8:0:1:ffff::9');
  assert.equal((await enter(username, PASSWORD)).status, 429);
});

test('attempts at the same time do not slip through between looking and counting', async () => {
  const username = await person();
  const enter = await visitor(socket, '10.0.5.1');
  const answers = await Promise.all(Array.from({ length: 30 }, () => enter(username, WRONG)));
  const count = (status) => answers.filter((answer) => answer.status === status).length;
  assert.equal(count(422) + count(429), 30);
  assert.equal(count(422), 5);
});

test('a day of quiet forgets, and a success sweeps up', async () => {
  const username = await person();
  const enter = await visitor(socket, '10.0.6.1');
  for (let n = 0; n < 5; n++) await enter(username, WRONG);
  maria.sql('UPDATE login_attempt SET last_at = UTC_TIMESTAMP(3) - INTERVAL 25 HOUR, blocked_until = last_at');
  maria.sql("INSERT INTO login_attempt VALUES ('account', 'ghost', 30, UTC_TIMESTAMP(3) - INTERVAL 25 HOUR, NULL)");
  assert.equal((await enter(username, WRONG)).status, 422);
  assert.equal(maria.one("SELECT failures FROM login_attempt WHERE kind = 'pair'"), '1');
  assert.equal((await enter(username, PASSWORD)).status, 303);
  assert.equal(maria.one("SELECT COUNT(*) FROM login_attempt WHERE subject = 'ghost'"), '0');
});

test('nginx lets no more than a burst through', async () => {
  const client = web.client();
  const csrf = /name="csrf" value="([0-9a-f]+)"/.exec((await client.get('/login')).text)[1];
  const answers = await Promise.all(Array.from({ length: 80 }, (_, n) =>
    client.post('/login', { fields: { csrf, next: '', username: `ghost${n}`, password: WRONG } })));
  const refused = answers.filter((answer) => answer.status === 429).length;
  assert.ok(refused >= 30, `${refused} of 80 refused`);
});

// A busy machine makes single answers slower, never faster: so the fastest of each kind are compared, and more
// are asked for while they differ. A bias of the program does not go away.
test('W-12 time does not tell whether a name exists', async () => {
  const username = await person();
  const fastest = { known: Infinity, unknown: Infinity };
  const difference = () => Math.abs(fastest.known - fastest.unknown);
  for (let round = 0; round < 8 && !(difference() < 3); round++) await race(fastest, username, round);
  const told = `known ${fastest.known} ms, unknown ${fastest.unknown} ms`;
  assert.ok(difference() < 5, told);
  assert.ok(Math.min(fastest.known, fastest.unknown) > 10, told); // both were hashed
});

async function race(fastest, username, round) {
  for (let n = 0; n < 20; n++) {
    for (const kind of n % 2 ? ['known', 'unknown'] : ['unknown', 'known']) {
      const enter = await visitor(socket, `10.1${round}.${n}.${kind.length}`);
      const began = process.hrtime.bigint();
      const answer = await enter(kind === 'known' ? username : `ghost${n}`, WRONG);
      fastest[kind] = Math.min(fastest[kind], Number(process.hrtime.bigint() - began) / 1e6);
      assert.equal(answer.status, 422);
    }
    maria.sql('DELETE FROM login_attempt');
  }
}
