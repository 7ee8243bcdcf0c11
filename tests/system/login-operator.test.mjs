// voltillctl operator …: the shell's way to make people, and to lock them out.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { bin, startMaria, writeConf } from '../harness/harness.mjs';

const maria = await startMaria();
const conf = await writeConf(maria);

function operator(args, input = '') {
  const done = spawnSync(bin('voltillctl'), ['--config', conf.path, 'operator', ...args], { input, encoding: 'utf8' });
  return { status: done.status, out: done.stdout, err: done.stderr };
}
const row = (username) => maria.sql(`SELECT o.*, r.code FROM operator o JOIN role r USING (role_id) WHERE username = '${username}'`)[0];
const actions = (username) => maria.sql(`SELECT action FROM audit WHERE object_id = (SELECT operator_id FROM operator WHERE username = '${username}') ORDER BY audit_id`)
  .map((entry) => entry.action);

test('the first administrator gets a one-time password that is printed once', () => {
  const { status, out } = operator(['add', 'admin', '--role', 'admin', '--name', ' 王  芳 ']);
  assert.equal(status, 0);
  const password = /^one-time password of admin: (\w{5}-\w{5}-\w{5}-\w{5})$/m.exec(out)[1];
  const { display_name, must_change, password_hash, code } = row('admin');
  assert.deepEqual([display_name, must_change, code], ['王 芳', '1', 'admin']);
  assert.match(password_hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.ok(!JSON.stringify(maria.sql('SELECT * FROM audit')).includes(password));
  assert.deepEqual(actions('admin'), ['operator.add']);
  assert.match(maria.one("SELECT actor FROM audit WHERE action = 'operator.add'"), /^voltillctl \S+$/);
});

test('a name exists once', () => {
  const { status, err } = operator(['add', 'admin', '--role', 'cashier']);
  assert.equal(status, 1);
  assert.match(err, /there is one of that name already/);
  assert.equal(row('admin').code, 'admin');
});

test('a password from standard input has to be a good one, unless the caller insists', () => {
  const weak = operator(['add', 'li', '--role', 'cashier', '--password-stdin'], 'demo12345678\n');
  assert.notEqual(weak.status, 0);
  assert.match(weak.err, /guessed first/);
  assert.equal(row('li'), undefined);
  for (const input of ['', '\n']) {
    assert.notEqual(operator(['add', 'li', '--role', 'cashier', '--password-stdin', '--weak'], input).status, 0);
  }
  assert.equal(operator(['add', 'li', '--role', 'cashier', '--password-stdin', '--weak'], 'demo12345678\n').status, 0);
  assert.equal(row('li').must_change, '0');
});

test('wrong use is told and changes nothing', () => {
  const before = maria.sql('SELECT * FROM operator');
  for (const args of [[], ['add'], ['add', 'x1'], ['add', 'x1', '--role'], ['add', 'x1', '--role', 'admin', '--password', 'x'],
    ['fly', 'admin'], ['list', 'admin'], ['role', 'admin'], ['add', 'a', 'b', '--role', 'admin']]) {
    const { status, err } = operator(args);
    assert.equal(status, 2, args.join(' '));
    assert.match(err, /usage: voltillctl operator/);
  }
  for (const username of ['Admin', 'admin ', 'ａｄｍｉｎ', 'а', 'x'.repeat(33), '']) {
    assert.notEqual(operator(['add', username, '--role', 'admin']).status, 0, username);
  }
  const role = operator(['add', 'x1', '--role', 'king']);
  assert.match(role.err, /there is no role king; there are: admin manager cashier/);
  assert.match(operator(['passwd', 'nobody']).err, /there is nobody of that name/);
  assert.deepEqual(maria.sql('SELECT * FROM operator'), before);
});

test('role, disable, enable and passwd are on record', () => {
  assert.equal(operator(['role', 'li', '--role', 'finance']).status, 0);
  assert.equal(row('li').code, 'finance');
  assert.equal(operator(['disable', 'li']).status, 0);
  assert.notEqual(row('li').disabled_at, null);
  assert.match(operator(['list']).out, /^li +finance +disabled /m);
  assert.equal(operator(['enable', 'li']).status, 0);
  assert.equal(row('li').disabled_at, null);
  assert.match(operator(['passwd', 'li']).out, /one-time password of li: /);
  assert.match(operator(['list']).out, /^li +finance +one-time /m);
  assert.deepEqual(actions('li'), ['operator.add', 'operator.role', 'operator.disable', 'operator.enable', 'password.change']);
  assert.equal(maria.one("SELECT detail FROM audit WHERE action = 'operator.role'"), 'role: cashier -> finance');
});

test('the second factor of who lost the phone is taken off', () => {
  const none = operator(['totp-reset', 'li']);
  assert.equal(none.status, 1);
  assert.match(none.err, /there is no second factor/);
  maria.sql("UPDATE operator SET totp_secret='x', totp_since=UTC_TIMESTAMP(3) WHERE username='li'; INSERT INTO operator_recovery (operator_id, code_hash) SELECT operator_id, REPEAT('a', 32) FROM operator WHERE username='li'");
  assert.equal(operator(['totp-reset', 'li']).status, 0);
  assert.deepEqual([row('li').totp_secret, row('li').totp_since, maria.one('SELECT COUNT(*) FROM operator_recovery')], [null, null, '0']);
  assert.equal(actions('li').at(-1), 'totp.reset');
});

test('nothing happens when the audit cannot be written', () => {
  maria.sql("CREATE TRIGGER broken BEFORE INSERT ON audit FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'disk full'");
  const before = maria.sql('SELECT * FROM operator');
  for (const args of [['add', 'zhao', '--role', 'admin'], ['disable', 'li'], ['role', 'li', '--role', 'admin'], ['passwd', 'li']]) {
    assert.equal(operator(args).status, 1, args.join(' '));
  }
  maria.sql('DROP TRIGGER broken');
  assert.deepEqual(maria.sql('SELECT * FROM operator'), before);
});
