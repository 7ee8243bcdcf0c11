// The nightly work under its own account: days are charged, books proved, runs that people ask for done; and the check
// from the command line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { bin, startMaria, startNightly, until, waitOutMidnight, writeConf } from '../harness/harness.mjs';

waitOutMidnight();
const maria = await startMaria();
const conf = await writeConf(maria);
const run = (...args) => {
  const { status, stdout, stderr } = spawnSync(bin('voltillctl'), ['--config', conf.path, ...args]);
  return { status, out: stdout.toString(), log: stderr.toString() };
};

// Two meters with tenants from before there was a ledger: read for three days, one silent since yesterday noon.
maria.sql(`SET time_zone = '+00:00'; SET @today = TIMESTAMP(DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)) - INTERVAL 8 HOUR;
INSERT INTO gateway (gateway_id, name) VALUES (1, 'G');
INSERT INTO bus (bus_id, gateway_id, name, transport, host, port) VALUES (1, 1, 'B', 'tcp', '127.0.0.1', 1);
INSERT INTO meter (meter_id, number, meter_model_id, bus_id, unit) VALUES (1, '310000000001', 1, 1, 1), (2, '310000000002', 1, 1, 2);
INSERT INTO meter_tariff (meter_id, valid_from, price_uyuan) VALUES (1, '2020-01-01', 1000000), (2, '2020-01-01', 1000000);
INSERT INTO account (account_id, number, name, opened_at) VALUES (1, 'A1', '一', @today - INTERVAL 9 DAY), (2, 'A2', '二', @today - INTERVAL 9 DAY);
INSERT INTO account_meter (meter_id, began_at, account_id) VALUES (1, @today - INTERVAL 9 DAY, 1), (2, @today - INTERVAL 9 DAY, 2);
INSERT INTO meter_state (meter_id, read_at, energy_wh, credit_fen, purchase_count) VALUES (1, @today - INTERVAL 72 HOUR, 100000, 9000, 4), (2, @today - INTERVAL 72 HOUR, 100000, 9000, 4);`);

test('accounts from before get an epoch, and their days are charged from then on', () => {
  assert.equal(run('nightly').status, 0);
  assert.equal(maria.one('SELECT COUNT(*) FROM meter_epoch WHERE cause = "adopted"'), '2');
  // 1 kWh an hour of 1.00.
  maria.sql(`SET time_zone = '+00:00'; SET @from = (SELECT read_at FROM meter_state WHERE meter_id = 1);
    INSERT INTO reading (meter_id, taken_at, read_at, energy_wh, credit_fen, purchase_count) SELECT m.meter_id, @from + INTERVAL s.seq HOUR, @from + INTERVAL s.seq HOUR, 100000 + 1000 * s.seq, 9000 - 100 * s.seq, 4
      FROM seq_1_to_73 s JOIN meter m WHERE (m.meter_id = 1 OR s.seq <= 60) AND @from + INTERVAL s.seq HOUR < UTC_TIMESTAMP()`);
  const { status, log } = run('nightly');
  assert.equal(status, 0, log);
  const days = maria.sql('SELECT meter_id, COUNT(*) n, SUM(charge_fen) charge, SUM(difference_fen) difference, MIN(closing_fen) closing FROM charge_day GROUP BY meter_id ORDER BY meter_id');
  assert.deepEqual([days[0].charge, days[0].difference, days[0].closing], ['7200', '0', '1800']);
  // Yesterday of the silent one may still come in.
  assert.deepEqual([days[1].charge, days[1].closing], ['4800', '4200']);
  assert.equal(run('nightly').status, 0);
  assert.equal(maria.one('SELECT COUNT(*) FROM charge_day'), String(days.reduce((sum, row) => sum + Number(row.n), 0)), 'once');
  assert.equal(maria.one("SELECT COUNT(*) FROM audit WHERE action = 'day.charge'"), '2');
});

test('the check says what is off, and the alarm begins and ends with it', () => {
  assert.match(run('check').out, /^OK$/m);
  assert.deepEqual([run('check', '--quiet').status, run('check', '--quiet').out], [0, '']);
  maria.sql('UPDATE ledger_balance SET credit_fen = credit_fen + 1 WHERE meter_id = 2');
  const found = run('check', 'I23', 'I04');
  assert.equal(found.status, 1);
  assert.match(found.out, /^I23 .* 1 +\d+ ms\n {5}account 2, meter 2: 0 \/ 1 \/ 0 more than booked\nI04 .* 0 /m);
  assert.match(found.out, /^BROKEN: 1 violations$/m);
  assert.equal(run('check', 'I99').status, 2);
  assert.equal(run('nightly').status, 1);
  assert.match(maria.one("SELECT detail FROM alarm WHERE kind = 'check_failed' AND ended_at IS NULL"), /^check \d+ \d+$/);
  maria.sql('UPDATE ledger_balance SET credit_fen = credit_fen - 1 WHERE meter_id = 2');
  assert.equal(run('nightly').status, 0);
  assert.equal(maria.one("SELECT COUNT(*) FROM alarm WHERE kind = 'check_failed' AND ended_at IS NULL"), '0');
});

test('who asks for a run gets it from the one that follows, also after the database was away', async () => {
  const nightly = startNightly(conf);
  const ask = () => {
    maria.sql('INSERT INTO check_run (asked_by, asked_at) VALUES (1, UTC_TIMESTAMP(3))');
    return until('the run', () => maria.one('SELECT COUNT(*) FROM check_run WHERE ended_at IS NULL') === '0', 60);
  };
  await ask();
  const [last] = maria.sql('SELECT r.violations, COUNT(*) AS results FROM check_run r JOIN check_result USING (check_run_id) GROUP BY check_run_id ORDER BY check_run_id DESC LIMIT 1');
  assert.deepEqual([last.violations, last.results], ['0', '38']);
  await maria.kill9();
  await maria.start();
  await ask();
  assert.ok(!nightly.gone, nightly.log());
});
