// The chain over the audit: sealed behind the deeds, by one sealer, and every touch of it is found.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { bin, ROOT, startMaria, startSealer, until, writeConf } from '../harness/harness.mjs';

const maria = await startMaria();
const conf = await writeConf(maria);

function audit(...args) {
  const done = spawnSync(bin('voltillctl'), ['--config', conf.path, 'audit', ...args], { encoding: 'utf8' });
  return { status: done.status, out: done.stdout.trim(), err: done.stderr };
}
const deed = (id, { at = 'UTC_TIMESTAMP(3)', actor = "'陈 ''x'", detail = "'a: 1 -> 2'" } = {}) =>
  `INSERT INTO audit (audit_id, at, operator_id, actor, address, action, outcome, object_kind, object_id, detail, reason) VALUES (${id}, ${at}, NULL, ${actor}, '10.0.0.1', 'meter.edit', 'done', 'meter', 7, ${detail}, NULL);`;
const deeds = (from, to) => maria.sql(Array.from({ length: to - from + 1 }, (_, n) => deed(from + n)).join('\n'));
const sealed = () => Number(maria.one('SELECT COUNT(*) FROM audit_seal'));

// What somebody with all rights of the database could do: the triggers are his, too.
function tamper(statement) {
  const triggers = fs.readFileSync(path.join(ROOT, 'sql/triggers.sql'), 'utf8').split(/(?=CREATE OR REPLACE)/).filter((text) => /ON audit(_seal)? /.test(text));
  assert.equal(triggers.length, 4);
  for (const name of ['audit_stays', 'audit_is_kept', 'audit_seal_stays', 'audit_seal_is_kept']) maria.sql(`DROP TRIGGER ${name}`);
  maria.sql(statement);
  for (const text of triggers) maria.sql(text);
}
// Does it, looks, and takes it back.
function tampered(there, back) {
  tamper(there);
  const found = audit('verify');
  tamper(back);
  assert.match(audit('verify').out, /^OK/, 'taken back');
  return found;
}

test('an empty audit is whole, and its anchor says so', () => {
  assert.deepEqual([audit('verify').status, audit('verify').out], [0, 'OK: 0 links']);
  assert.equal(audit('anchor').out, `0:${'0'.repeat(64)}`);
});

test('rows are sealed in order, many at once, and once only', () => {
  deeds(1, 1203);
  assert.equal(audit('seal').out, 'sealed 1203');
  assert.equal(audit('seal').out, 'sealed 0');
  assert.equal(audit('verify').out, 'OK: 1203 links');
  assert.equal(maria.one('SELECT CONCAT(MIN(seq), " ", MAX(seq), " ", SUM(seq = audit_id)) FROM audit_seal'), '1 1203 1203');
});

test('a changed, a missing, a moved row and a changed, a missing link are each named', () => {
  const is = ({ status, out }, pattern) => {
    assert.equal(status, 1);
    assert.match(out, pattern);
  };
  is(tampered("UPDATE audit SET detail = 'a: 1 -> 3' WHERE audit_id = 700", "UPDATE audit SET detail = 'a: 1 -> 2' WHERE audit_id = 700"), /^BROKEN: link 700: audit row 700, .* changed[^]*^699 links/m);
  is(tampered("UPDATE audit SET reason = '' WHERE audit_id = 5", 'UPDATE audit SET reason = NULL WHERE audit_id = 5'), /^BROKEN: link 5:/);
  is(tampered('UPDATE audit SET at = at + INTERVAL 1 SECOND WHERE audit_id = 6', 'UPDATE audit SET at = at - INTERVAL 1 SECOND WHERE audit_id = 6'), /^BROKEN: link 6:/);
  is(tampered('CREATE TABLE kept AS SELECT * FROM audit WHERE audit_id = 900; DELETE FROM audit WHERE audit_id = 900', 'INSERT INTO audit SELECT * FROM kept; DROP TABLE kept'),
    /^BROKEN: link 900: audit row 900 is gone/);
  is(tampered('UPDATE audit_seal SET digest = REVERSE(digest) WHERE seq = 44', 'UPDATE audit_seal SET digest = REVERSE(digest) WHERE seq = 44'), /^BROKEN: link 44:/);
  is(tampered('UPDATE audit_seal SET seq = 5000 WHERE seq = 1000', 'UPDATE audit_seal SET seq = 1000 WHERE seq = 5000'), /^BROKEN: a link is missing before 1001/);
  is(tampered('UPDATE audit_seal SET audit_id = 60000 + audit_id WHERE seq = 3', 'UPDATE audit_seal SET audit_id = audit_id - 60000 WHERE seq = 3'), /^BROKEN: link 3: audit row 60003 is gone/);
});

test('an anchor notices a chain that was cut off, and one that was made anew', () => {
  const anchor = audit('anchor').out;
  assert.match(anchor, /^1203:[0-9a-f]{64}$/);
  assert.equal(audit('verify', '--anchor', anchor).status, 0);
  tamper('DELETE FROM audit_seal WHERE seq > 1200; DELETE FROM audit WHERE audit_id > 1200');
  assert.equal(audit('verify').status, 0, 'without an anchor this is not to be seen');
  assert.match(audit('verify', '--anchor', anchor).out, /^BROKEN: link 1203 is not the one of the anchor/);
  deeds(1201, 1203);
  audit('seal');
  assert.match(audit('verify', '--anchor', anchor).out, /^BROKEN: link 1203 is not the one of the anchor/, 'made anew with other times');
  assert.equal(audit('verify', '--anchor', audit('anchor').out).status, 0);
  assert.equal(audit('verify', '--anchor', 'nonsense').status, 2);
});

test('what waits too long for its seal is a fault, what is fresh is not', () => {
  deeds(1204, 1204);
  assert.equal(audit('verify').status, 0);
  maria.sql(deed(1205, { at: 'UTC_TIMESTAMP(3) - INTERVAL 11 MINUTE' }));
  assert.match(audit('verify').out, /^BROKEN: 1 rows are not sealed/);
  assert.equal(audit('verify', '--minutes', '12').status, 0);
  audit('seal');
  assert.equal(audit('verify').status, 0);
});

test('the sealer follows within seconds, also rows that come late with smaller numbers', async (t) => {
  const sealer = startSealer(conf, { t });
  deeds(3000, 3001);
  await until('both sealed', () => sealed() === 1207);
  deeds(2990, 2990);
  await until('the late one', () => sealed() === 1208);
  assert.equal(maria.one('SELECT seq FROM audit_seal WHERE audit_id = 2990'), '1208', 'the order of sealing counts');
  assert.equal(audit('verify').out, 'OK: 1208 links');
  assert.match(sealer.log(), /sealed up to \d+:[0-9a-f]{64}/);
});

test('a row that comes extremely late is found when all are looked at', async (t) => {
  deeds(8000, 8000);
  audit('seal');
  maria.sql(deed(1300));
  startSealer(conf, { t }); // begins with a look at all of them
  await until('sealed', () => sealed() === 1210);
  assert.equal(audit('verify').status, 0);
});

test('several sealers at once make one chain', async (t) => {
  for (let n = 0; n < 3; n++) startSealer(conf, { t });
  for (let n = 0; n < 10; n++) deeds(9000 + n * 20, 9019 + n * 20);
  await until('all sealed', () => sealed() === 1410);
  assert.equal(audit('verify').out, 'OK: 1410 links');
});

test('writers do not wait for the sealer', () => {
  const sql = `SET SESSION innodb_lock_wait_timeout = 1; START TRANSACTION; SELECT seq FROM audit_seal ORDER BY seq DESC LIMIT 1 FOR UPDATE; ${deed(9500)} ROLLBACK`;
  maria.sql(sql);
});

test('the account of the sealer can add a link and nothing else', () => {
  const password = fs.readFileSync(path.join(conf.dir, 'credentials/voltill_sealer'), 'utf8').trim();
  const run = (statement) => spawnSync('mariadb', ['--no-defaults', '-uvoltill_sealer', `-p${password}`, '-S', maria.socket, 'voltill', '-e', statement]).status;
  assert.equal(run('SELECT COUNT(*) FROM audit'), 0);
  for (const statement of ['UPDATE audit_seal SET seq = 1', 'DELETE FROM audit_seal', 'DELETE FROM audit', deed(1), 'SELECT * FROM operator', 'DROP TRIGGER audit_seal_stays', 'SELECT * FROM session']) {
    assert.equal(run(statement), 1, statement);
  }
});
