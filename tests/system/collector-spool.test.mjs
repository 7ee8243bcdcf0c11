// The disk of the spool is full, or the spool has reached its limit: the collector says so, goes on, and nothing that
// fitted is lost. What an earlier run left in it is stored before anything is read.
import { test } from 'node:test';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assert, Field, sleep, until } from './field.mjs';

const RECORD = 192;

// The half hours in a spool, each named once: words 2 (meter) and 4 (slot) of a record, see collector/spool.c.
function halfHours(spool) {
  const bytes = fs.readFileSync(spool).subarray(16);
  const names = new Set();
  for (let at = 0; at + RECORD <= bytes.length; at += RECORD) names.add(`${bytes.readUInt32LE(at + 16)} ${bytes.readBigInt64LE(at + 32)}`);
  return names.size;
}

// Fills the spool while the database is away; what fitted must be there afterwards.
async function overflow(t, field, spool, room) {
  await field.collect();
  await field.fresh();
  const before = field.number('SELECT COUNT(*) FROM reading');
  await field.maria.stop();
  await until('full', () => /readings are lost/.test(field.collector.log()), 30);
  await sleep(2500);
  assert.equal(field.collector.log().match(/readings are lost/g).length, 1, 'said once, not for every reading');
  assert.ok(fs.statSync(spool).size <= room);
  const kept = halfHours(spool);
  assert.ok(kept > 30, `${kept} records`);
  await field.maria.start();
  await field.fresh(undefined, undefined, 30);
  await until('the spool is stored', () => fs.statSync(spool).size === 16, 20);
  assert.match(field.collector.log(), /[1-9][0-9]* half hours or losses were lost meanwhile/);
  const stored = field.number('SELECT COUNT(*) FROM reading');
  // Without pause a meter may be read twice in one millisecond, which is one row: once around each end of the spool.
  assert.ok(stored >= before + kept - field.count(), `${stored} stored, ${before} + ${kept} kept`);
  field.assertTruth();
  assert.equal((await field.collector.stop()).code, 0);
}

test('the disk is full', async (t) => {
  const disk = fs.mkdtempSync(path.join(os.tmpdir(), 'vt-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk], { stdio: 'pipe' });
  } catch {
    fs.rmdirSync(disk);
    t.skip('a small tmpfs can be mounted by root only');
    return;
  }
  t.after(() => {
    execFileSync('umount', ['-l', disk]);
    fs.rmdirSync(disk);
  });
  const field = await Field.start([{ kind: 'tcp', units: 20 }, { kind: 'rtt', units: 10 }], { t, overrides: { 'collector.spool': disk } });
  await overflow(t, field, path.join(disk, 'test.spool'), 16384);
});

test('the limit is reached', async (t) => {
  const field = await Field.start([{ kind: 'tcp', units: 20, status: 0, reading: 0 }], { t, overrides: { 'collector.spool_mb': 1 } });
  await overflow(t, field, path.join(field.conf.dir, 'spool', 'test.spool'), 1000000);
});

// A bus begins with the last half hour that the database knows of its meters. Here the spool cannot be stored for a
// while, so that a bus that did not wait would begin with an older one and count what was used since then twice.
test('no bus is read before the spool of an earlier run is stored', async (t) => {
  const field = await Field.start([
    { kind: 'tcp', units: 6, extra: 'tenant=office scale=0 extra_w=12000' },
    { kind: 'rtt', units: 4, extra: 'tenant=office scale=0 extra_w=12000' },
  ], { t });
  const spool = path.join(field.conf.dir, 'spool', 'test.spool');
  await field.collect();
  await field.fresh();
  await field.maria.stop();
  await sleep(5000);
  await field.midSlot();
  await field.collector.kill9();
  assert.ok(fs.statSync(spool).size > 16 + RECORD * field.count(), 'half hours wait on disk');
  await sleep(2000); // its first half hour is a new one: the same would be told from the one in the spool

  await field.maria.start();
  const lock = spawn('mariadb', ['--no-defaults', '-uroot', '-S', field.maria.socket, '--batch', 'voltill',
    '-e', "BEGIN; SELECT COUNT(*) FROM energy_day FOR UPDATE; SELECT SLEEP(4) AS 'locked'; COMMIT"], { stdio: 'ignore' });
  const released = new Promise((resolve) => lock.once('exit', resolve));
  await until('the lock', () => field.number("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE '%SLEEP(4)%' AND id <> CONNECTION_ID()") === 1);
  const before = await field.requests(field.buses[0]) + await field.requests(field.buses[1]);
  await field.collect({ name: 'collector-2', wait: false });
  await sleep(2500);
  assert.equal(await field.requests(field.buses[0]) + await field.requests(field.buses[1]), before, 'nobody is asked');
  assert.ok(fs.statSync(spool).size > 16);
  assert.equal(await released, 0);
  await field.fresh(undefined, undefined, 30);
  await until('the spool is stored', () => fs.statSync(spool).size === 16, 20);
  await sleep(2500);
  field.assertDays();
  assert.equal((await field.collector.stop()).code, 0);
  field.assertClean();
});
