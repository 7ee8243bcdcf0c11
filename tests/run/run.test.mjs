// What a person sees who types `make run`: the demonstration building, live, within a minute; every
// value younger than three minutes; a second start that goes on; nothing left behind.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { Client, PATIENCE, ROOT, freePort, sleep, tempDir, until } from '../harness/harness.mjs';

const run = path.join(tempDir(), 'run');
let port = 0;
let child;
let output = '';

// Four ports in a row: the site and the three of the simulator.
async function freePorts() {
  for (;;) {
    const first = await freePort();
    const others = [];
    for (let i = 0; i < 8; i++) others.push(await freePort());
    if (first < 60000 && !others.some((other) => other > first && other <= first + 3)) return first;
  }
}

function start(variables = {}) {
  output = '';
  child = spawn(path.join(ROOT, 'tools/run'), [], { env: { ...process.env, PORT: String(port), RUN_DIR: run, DEMO_PASSWORD: 'demo-building-1', ...variables } });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += chunk; });
  child.gone = new Promise((resolve) => child.once('exit', resolve));
}

async function ready() {
  await until('ready', () => {
    if (child.exitCode !== null) throw new Error(output);
    return new RegExp(`^ready http://127.0.0.1:${port}/$`, 'm').test(output);
  }, 60);
}

async function stop() {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await child.gone;
}

after(stop);
const sql = (text) => execFileSync('mariadb', ['--no-defaults', '-uroot', '-N', '-B', '-S', path.join(run, 'mariadb.sock'), 'voltill'], { input: text }).toString().trim();
const signIn = async (username, password = 'demo-building-1') => {
  const client = new Client(`http://127.0.0.1:${port}/`);
  await client.signIn(username, password);
  return client;
};

test('the demonstration is ready within a minute', async () => {
  port = await freePorts();
  const from = Date.now();
  start();
  await ready();
  assert.ok(Date.now() - from < 60000 * PATIENCE);
});

test('every role signs in and sees the board of 252 meters', async () => {
  for (const role of ['admin', 'manager', 'cashier', 'finance', 'installer', 'auditor']) {
    const client = await signIn(role);
    const board = await client.get('/accounts/board');
    assert.equal(board.status, 200, role);
    assert.equal(board.text.match(/<input\b[^>]*name="meter"/g).length, 252, role);
  }
});

test('every meter but the silent one is younger than three minutes', async () => {
  const old = () => Number(sql('SELECT COUNT(*) FROM meter_state WHERE read_at < UTC_TIMESTAMP(3) - INTERVAL 3 MINUTE'));
  await until('fresh values', () => old() === 1, 90);
  const lost = sql('SELECT m.number FROM meter_state s JOIN meter m USING (meter_id) WHERE read_at < UTC_TIMESTAMP(3) - INTERVAL 3 MINUTE');
  const client = await signIn('manager');
  const list = await client.get('/accounts/meters?st=lost&format=csv');
  assert.equal(list.status, 200);
  assert.match(list.text, new RegExp(lost));
});

test('90 days of history lead up to now', () => {
  assert.ok(Number(sql('SELECT DATEDIFF(MAX(taken_at), MIN(taken_at)) FROM reading')) >= 89);
  assert.ok(Number(sql('SELECT COUNT(*) FROM reading')) > 1000000);
  // No interval of the history jumps or falls where it meets what the collector reads.
  assert.equal(sql('SELECT COUNT(*) FROM meter_state WHERE quality & 6 <> 0'), '0');
});

test('the business behind the history is the meters\' own, to the fen', () => {
  const out = execFileSync(path.join(ROOT, 'build/bin/voltillctl'), ['check'], { env: { ...process.env, RUN_DIR: run } }).toString();
  assert.match(out, /^OK$/m);
  assert.ok(Number(sql("SELECT COUNT(*) FROM sale WHERE kind = 'purchase' AND state = 'delivered'")) > 500);
  assert.ok(Number(sql('SELECT COUNT(DISTINCT biz_day) FROM shift WHERE closed_at IS NOT NULL')) >= 80);
  // The meters hold the prices of their tariffs: what they count is what is charged, but for the steps they do not know.
  assert.ok(Number(sql('SELECT AVG(ABS(difference_fen)) FROM charge_day')) < 10);
  assert.equal(sql("SELECT COUNT(*) FROM alarm WHERE kind IN ('count_mismatch', 'balance_drift', 'check_failed')"), '0');
  for (const state of ['booked', 'held', 'asked', 'cancelled']) assert.notEqual(sql(`SELECT COUNT(*) FROM sale WHERE state = '${state}'`), '0', state);
});

test('it stops at a signal, leaving nothing behind', async () => {
  const from = Date.now();
  await stop();
  assert.equal(child.exitCode, 0, output);
  assert.ok(Date.now() - from < 20000 * PATIENCE);
  const left = execFileSync('ps', ['-eo', 'args']).toString().split('\n').filter((line) => line.includes(run));
  assert.deepEqual(left, []);
});

test('a second start goes on where the first stopped', async () => {
  fs.writeFileSync(path.join(run, 'marker'), '');
  start();
  await ready();
  await until('a new value of every meter but one', () => Number(sql('SELECT COUNT(*) FROM meter_state WHERE read_at > UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE')) >= 251, 90);
  assert.equal(sql('SELECT COUNT(*) FROM meter_state WHERE quality & 6 <> 0'), '0');
  assert.equal(sql('SELECT COUNT(*) FROM operator'), '6');
  await stop();
});

test('DEMO=0 gives an empty system with one operator, and says what to do next', async () => {
  fs.rmSync(run, { recursive: true, force: true });
  start({ DEMO: '0' });
  await ready();
  const client = await signIn('admin');
  const board = await client.get('/accounts/board');
  assert.equal(board.status, 200);
  assert.equal(sql('SELECT COUNT(*) FROM meter'), '0');
  assert.equal(sql('SELECT GROUP_CONCAT(username) FROM operator'), 'admin');
  await sleep(500);
  await stop();
  assert.equal(child.exitCode, 0, output);
});
