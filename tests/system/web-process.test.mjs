// The life of a web program: renewal without loss, a clean stop, workers that die, settings that are
// wrong, a database that goes away.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test, { after } from 'node:test';
import { PATIENCE, bin, sleep, startMaria, startProgram, startWeb, until, writeConf } from '../harness/harness.mjs';
import { fastcgi, unlimit } from '../web/fastcgi.mjs';

// What a test starts again stays for the tests after it, so everything belongs to the file.
const endings = [];
after(async () => {
  for (const end of endings.reverse()) await end();
});
const t = { after: (end) => endings.push(end) };
const maria = await startMaria({ t });
const conf = await writeConf(maria, {}, { t });
const web = await startWeb(maria, conf, { t, programs: ['login'] });
await unlimit(web);
const socket = path.join(conf.dir, 'sock', 'login.sock');
const program = () => web.programs.login;

async function startAgain({ status = 200, target = '/login', client = web.client() } = {}) {
  startProgram(web, 'login', { t });
  await until('the program', async () => (await client.get(target)).status === status, 5);
}

function workers(pid = program().pid) {
  return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
}

// Requests from several clients until stop() is called; it tells what they were answered, counted.
function load(clients = 6) {
  const seen = new Map();
  let on = true;
  const one = async () => {
    const client = web.client();
    while (on) {
      let what;
      try {
        const page = await client.get('/login');
        const csrf = /name="csrf" value="([0-9a-f]+)"/.exec(page.text)?.[1];
        const posted = await client.post('/login/preferences', { fields: { csrf, next: '/login', theme: 'dark' } });
        what = `${page.status} ${posted.status}`;
      } catch (error) {
        what = String(error.cause ?? error);
      }
      seen.set(what, (seen.get(what) ?? 0) + 1);
    }
  };
  const running = Promise.all(Array.from({ length: clients }, one));
  return {
    count: () => [...seen.values()].reduce((sum, n) => sum + n, 0),
    async stop() {
      on = false;
      await running;
      return Object.fromEntries(seen);
    },
  };
}

// Holds a table so that a request that needs it has to wait; release() lets it go.
async function hold(table) {
  const child = spawn('mariadb', ['--no-defaults', '-uroot', '-S', maria.socket, '--batch', '--unbuffered', 'voltill'], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.write(`LOCK TABLES ${table} WRITE; SELECT 'held';\n`);
  await once(child.stdout, 'data');
  return () => new Promise((resolve) => {
    child.once('exit', resolve);
    child.stdin.end('UNLOCK TABLES;\n');
  });
}

// A request has come to the held table and waits.
const held = () => until('a request that waits', () => maria.one("SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table%'") > 0);

test('only owner and group may open the socket', () => {
  assert.equal(fs.statSync(socket).mode & 0o777, 0o660);
});

test('SIGHUP renews every worker and loses no request', async () => {
  const requests = load();
  const more = async (n, from = requests.count()) => until('requests', () => requests.count() >= from + n, 30);
  await more(6);
  for (let round = 0; round < 4; round++) {
    const old = workers();
    program().signal_('SIGHUP');
    await until('new workers', () => {
      const now = workers();
      return now.length === 2 && !now.some((pid) => old.includes(pid));
    });
    await more(6);
  }
  const seen = await requests.stop();
  assert.deepEqual(Object.keys(seen), ['200 303'], JSON.stringify(seen));
});

test('a renewal with a wrong setting leaves the old workers at work', async () => {
  const good = fs.readFileSync(conf.path, 'utf8');
  const old = workers();
  fs.writeFileSync(conf.path, good.replace('[web]', '[web]\nnonsense = 1'));
  try {
    program().signal_('SIGHUP');
    await until('the refusal', () => /old ones stay/.test(program().log()), 5);
    await sleep(300);
    assert.deepEqual(workers().filter((pid) => old.includes(pid)), old);
    assert.equal((await web.client().get('/login')).status, 200);
  } finally {
    fs.writeFileSync(conf.path, good);
  }
  program().signal_('SIGHUP');
  await until('new workers', () => workers().length === 2 && !workers().some((pid) => old.includes(pid)), 5);
});

test('a worker that is killed is back within two seconds', async () => {
  const [victim] = workers();
  process.kill(victim, 'SIGKILL');
  await until('the new worker', () => workers().length === 2 && !workers().includes(victim), 2);
  assert.equal((await web.client().get('/login')).status, 200);
  assert.match(program().log(), new RegExp(`worker ${victim} died of signal 9`));
});

test('workers that die at once are started at most once a second each', async () => {
  await sleep(1100);
  const seen = new Set();
  const end = Date.now() + 3000;
  while (Date.now() < end) {
    for (const pid of workers()) {
      seen.add(pid);
      try {
        process.kill(pid, 'SIGKILL');
      } catch { // it is gone already
      }
    }
    await sleep(20);
  }
  assert.ok(seen.size >= 3 && seen.size <= 12, `${seen.size} workers in 3 s`);
  await until('both again', () => workers().length === 2, 3);
});

test('SIGTERM lets the running request finish and takes the socket away', async () => {
  const client = web.client();
  await web.operator({ username: 'last', password: 'kestrel-lamp-9-oven' });
  await client.signIn('last', 'kestrel-lamp-9-oven');
  const release = await hold('session');
  const waiting = client.get('/login/sessions');
  await held();
  const began = Date.now();
  program().signal_('SIGTERM');
  await sleep(600);
  assert.ok(!program().gone, 'it waits for the request');
  await release();
  assert.equal((await waiting).status, 200);
  const { code, signal } = await program().exited;
  assert.deepEqual([code, signal], [0, null]);
  assert.ok(Date.now() - began < 5000 * PATIENCE);
  assert.ok(!fs.existsSync(socket));
  assert.equal((await web.client().get('/login')).status, 502);
  await startAgain();
});

test('a request that hangs is given up after ten seconds of waiting to stop', { skip: !process.env.VOLTILL_LONG }, async () => {
  const client = await web.signedIn('admin');
  const release = await hold('session');
  const waiting = client.get('/login/sessions').catch(() => null);
  await held();
  const began = Date.now();
  program().signal_('SIGTERM');
  await program().exited;
  assert.ok(Date.now() - began > 9000 && Date.now() - began < 12000 * PATIENCE);
  await release();
  await waiting;
  await startAgain();
});

test('callers that say nothing do not hold the workers', { skip: !process.env.VOLTILL_LONG }, async () => {
  const silent = [1, 2].map(() => net.connect(socket).on('error', () => {}));
  await until('an answer', async () => (await web.client().get('/login')).status === 200, 15);
  for (const connection of silent) connection.destroy();
});

test('an idle program stops at once', async () => {
  const began = Date.now();
  await program().stop();
  assert.ok(Date.now() - began < 1000 * PATIENCE, `${Date.now() - began} ms`);
  await startAgain();
});

test('no worker outlives a manager that was killed', async () => {
  const children = workers();
  await program().kill9();
  await until('the workers to end', () => children.every((pid) => !fs.existsSync(`/proc/${pid}`)), 3);
  await startAgain();
});

test('the socket comes as descriptor 0 too', async () => {
  const file = path.join(conf.dir, 'sock', 'zero.sock');
  const script = `use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0) or die; bind(S, sockaddr_un($ARGV[0])) or die; listen(S, 16) or die;
    open(STDIN, '<&', S) or die; exec($ARGV[1], '--config', $ARGV[2], '--workers', '1')`;
  const child = spawn('perl', ['-e', script, file, bin('login.fcgi'), conf.path], { stdio: 'ignore' });
  try {
    await until('an answer', async () => fs.existsSync(file) && (await fastcgi(file, { path: '/login' })).status === 200, 5);
  } finally {
    child.kill('SIGTERM');
  }
  assert.equal((await new Promise((resolve) => child.once('exit', resolve))), 0);
});

test('wrong use is told', () => {
  const run = (...args) => {
    try {
      return { status: 0, text: execFileSync(bin('login.fcgi'), ['--config', conf.path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }).toString() };
    } catch (error) {
      return { status: error.status, text: error.stderr.toString() };
    }
  };
  assert.equal(run('--nonsense').status, 2);
  assert.equal(run('--workers', '0').status, 2);
  assert.equal(run('--workers', '65').status, 2);
  const idle = run();
  assert.equal(idle.status, 2);
  assert.match(idle.text, /no listening socket/);
  assert.equal(run('--socket', `/${'x'.repeat(200)}`).status, 1);
});

test('a program refuses to start on another schema and says which', async () => {
  maria.sql('INSERT INTO schema_version (number, name, checksum, applied_at) SELECT number + 1, name, checksum, applied_at FROM schema_version ORDER BY number DESC LIMIT 1');
  const file = path.join(conf.dir, 'sock', 'refused.sock');
  try {
    assert.throws(() => execFileSync(bin('login.fcgi'), ['--config', conf.path, '--socket', file], { stdio: 'pipe', timeout: 8000 }), (error) => {
      assert.equal(error.status, 1);
      assert.match(error.stderr.toString(), /schema/);
      assert.match(error.stderr.toString(), /refuse to start/);
      return true;
    });
  } finally {
    maria.sql('DELETE FROM schema_version ORDER BY number DESC LIMIT 1');
  }
});

test('without the database every page that needs it is 503, and the program recovers by itself', async () => {
  const client = await web.signedIn('admin');
  for (const how of ['stop', 'kill9']) {
    await maria[how]();
    for (const language of ['zh-CN', 'en']) {
      const began = Date.now();
      const away = await client.get('/login/sessions', { 'accept-language': language });
      assert.equal(away.status, 503);
      assert.ok(Date.now() - began < 3000 * PATIENCE, `${Date.now() - began} ms`);
      assert.match(away.text, new RegExp(`<html lang="${language}"`));
      assert.equal(away.headers.get('x-content-type-options'), 'nosniff');
      assert.match(away.headers.get('cache-control'), /no-store/);
      const [id] = /\b[0-9a-f]{8}\b/.exec(away.text.replace(/\?v=[0-9a-f]{8}/g, '').replace(/[0-9a-f]{64}/g, ''));
      assert.match(program().log(), new RegExp(`error id ${id}`));
      assert.ok(!/mariadb|SQL|socket/i.test(away.text));
    }
    await maria.start();
    await until('the page', async () => (await client.get('/login/sessions')).status === 200, 5);
  }
});

test('a program that starts without its database waits for it', async () => {
  const client = await web.signedIn('admin');
  await program().stop();
  await maria.stop();
  await startAgain({ status: 503, target: '/login/sessions', client });
  await maria.start();
  await until('the page', async () => (await client.get('/login/sessions')).status === 200, 5);
});

test('the log holds no secret of the requests', async () => {
  const client = await web.signedIn('admin');
  await client.get('/login/sessions');
  const log = program().log();
  for (const secret of [client.cookies.get('sid'), client.password]) assert.ok(!log.includes(secret));
});

test('a broken template is 500 with an id, and is taken up when it is mended', async (here) => {
  const folder = path.join(conf.dir, 'templates');
  const text = fs.readFileSync(conf.path, 'utf8');
  fs.cpSync(/templates = (.*)/.exec(text)[1], folder, { recursive: true });
  fs.writeFileSync(conf.path, text.replace(/templates = .*/, `templates = ${folder}`));
  here.after(() => fs.writeFileSync(conf.path, text));
  const old = workers();
  program().signal_('SIGHUP');
  await until('new workers', () => workers().length === 2 && !workers().some((pid) => old.includes(pid)));
  const file = path.join(folder, 'login/signin.cs');
  const good = fs.readFileSync(file, 'utf8');
  for (const bad of ['<?cs if:x ?>', '<?cs include!"none.cs" ?>', '<?cs alt:Csrf ?>x<?cs /alt ?>', '<?cs uvar:Csrf ?>', '<?cs include!"../../../etc/passwd" ?>']) {
    fs.writeFileSync(file, bad);
    await until('the mistake to be seen', async () => (await web.client().get('/login')).status === 500, 5);
    const answer = await web.client().get('/login');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.ok(!/root:x|cs_parse|csparse/.test(answer.text));
    fs.writeFileSync(file, good);
    await until('the mended page', async () => (await web.client().get('/login')).status === 200, 5);
  }
  // Words are taken up as well.
  const words = path.join(folder, 'lang/en.hdf');
  fs.writeFileSync(words, fs.readFileSync(words, 'utf8').replace('Product = Remote prepaid', 'Product = Very remote prepaid'));
  await until('the new word', async () => (await web.client().get('/login', { 'accept-language': 'en' })).text.includes('Very remote'), 5);
  // Without any layout the answer is plain, and still an answer.
  fs.rmSync(path.join(folder, 'layout.cs'));
  let plain;
  await until('plain text', async () => {
    plain = await web.client().get('/login');
    return plain.headers.get('content-type').startsWith('text/plain');
  }, 5);
  assert.equal(plain.status, 500);
  assert.match(plain.text, /^500 [0-9a-f]{8}\n$/);
});

test('no program complained of itself', () => {
  assert.ok(!/Sanitizer|runtime error|Assertion failed/.test(program().log()), program().log());
});
