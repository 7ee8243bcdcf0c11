// How long a night takes: the use of a day of 10,000 meters, 48 half hours each, priced and booked, one transaction a
// meter. The reference reads the same half hours once.
import assert from 'node:assert/strict';
import { ctl, startMaria, writeConf } from '../harness/harness.mjs';

const METERS = 10000, SLOTS = 48;

function fleet(maria) {
  maria.sql(`SET foreign_key_checks = 0, unique_checks = 0, time_zone = '+00:00';
SET @noon = TIMESTAMP(DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)) - INTERVAL 32 HOUR;
INSERT INTO gateway (gateway_id, name) VALUES (1, 'G');
INSERT INTO bus (bus_id, gateway_id, name, transport, host, port) SELECT seq, 1, CONCAT('B', seq), 'tcp', '127.0.0.1', 1 FROM seq_1_to_${METERS / 200};
INSERT INTO meter (meter_id, number, meter_model_id, bus_id, unit) SELECT seq, CONCAT('31', LPAD(seq, 10, '0')), 1, (seq - 1) DIV 200 + 1, (seq - 1) % 200 + 1 FROM seq_1_to_${METERS};
INSERT INTO account (account_id, number, name, opened_at) SELECT seq, CONCAT('A', seq), '', @noon FROM seq_1_to_${METERS};
INSERT INTO account_meter (meter_id, began_at, account_id) SELECT seq, @noon, seq FROM seq_1_to_${METERS};
INSERT INTO meter_tariff (meter_id, valid_from, price_uyuan) SELECT seq, '2020-01-01', 800000 FROM seq_1_to_${METERS};
INSERT INTO meter_epoch (meter_id, account_id, cause, began_at, base_count, base_credit_fen, base_energy_wh, last_count, last_credit_fen, last_energy_wh, last_at, changed_at)
  SELECT seq, seq, 'adopted', @noon, 5, 50000, 100000, 5, 50000, 100000, @noon, @noon FROM seq_1_to_${METERS};
INSERT INTO journal (kind, source_key, at, biz_day, account_id) SELECT 'opening', CONCAT('epoch:', meter_epoch_id), @noon, DATE(@noon + INTERVAL 8 HOUR), account_id FROM meter_epoch;
INSERT INTO posting (journal_id, line, ledger, account_id, meter_id, amount_fen) SELECT journal_id, 1, 'opening', account_id, account_id, 50000 FROM journal;
INSERT INTO posting (journal_id, line, ledger, account_id, meter_id, amount_fen) SELECT journal_id, 2, 'credit', account_id, account_id, -50000 FROM journal;
INSERT INTO ledger_balance (account_id, meter_id, credit_fen) SELECT seq, seq, 50000 FROM seq_1_to_${METERS};
INSERT INTO reading (meter_id, taken_at, read_at, energy_wh, credit_fen, purchase_count) SELECT m.seq, @noon + INTERVAL s.seq * 30 MINUTE, @noon, 100000 + 500 * s.seq, 50000 - 40 * s.seq, 5 FROM seq_1_to_${METERS} m JOIN seq_1_to_${SLOTS} s;`);
}

const seconds = (work) => {
  const from = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - from) / 1e9;
};

export async function benchCharge(report) {
  const maria = await startMaria();
  const conf = await writeConf(maria);
  fleet(maria);
  const reference = seconds(() => maria.sql('SELECT SUM(energy_wh), SUM(credit_fen) FROM reading'));
  const took = seconds(() => ctl(conf, ['nightly']));
  assert.equal(maria.one('SELECT CONCAT(COUNT(*), " ", SUM(charge_fen), " ", SUM(difference_fen)) FROM charge_day'), `${METERS} ${METERS * SLOTS * 40} 0`);
  report(`charge: a day of ${METERS} meters and the check, over reading its half hours once`, took / reference, '(minutes)', `${took.toFixed(0)} s, reading ${reference.toFixed(2)} s`);
}
