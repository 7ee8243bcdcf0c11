// How long the proof of the books takes: 505,000 journals of 5,000 meters over 60 days, with their documents,
// orders, shifts, charged days and audit rows, all invariants. The reference reads each of these tables once.
import assert from 'node:assert/strict';
import { ctl, startMaria, writeConf } from '../harness/harness.mjs';

const METERS = 5000, DAYS = 60, BUYS = DAYS / 3, CASHIERS = 20;
const SALES = METERS * BUYS, CHARGES = METERS * DAYS;
const PRICE = 10000, USE = 300, BASE = 5000;

// Sale i is purchase i % BUYS of meter i div BUYS, on day 3 (i % BUYS).
const at = (day, minute) => `TIMESTAMP(DATE(UTC_TIMESTAMP() - INTERVAL ${DAYS + 1} DAY), '04:00:00') + INTERVAL (${day}) DAY + INTERVAL (${minute}) MINUTE`;
const day = (n) => `DATE(UTC_TIMESTAMP() - INTERVAL ${DAYS + 1} DAY) + INTERVAL (${n}) DAY`;

export function books(maria) {
  const meter = `(s.seq DIV ${BUYS})`, buy = `(s.seq % ${BUYS})`, cashier = `(${meter} % ${CASHIERS})`, shift = `(${cashier} * ${BUYS} + ${buy} + 1)`;
  const sale_at = at(`3 * ${buy}`, `${meter} DIV ${CASHIERS}`), sale_day = day(`3 * ${buy}`);
  const of_day = `(s.seq % ${DAYS})`, of_meter = `(s.seq DIV ${DAYS})`;
  const opening = `(${BASE} + ${PRICE} * ((${of_day} + 2) DIV 3) - ${USE} * ${of_day})`, credited = `IF(${of_day} % 3 = 0, ${PRICE}, 0)`;
  const many = (n) => `seq_0_to_${n - 1} s`;
  maria.sql(`SET foreign_key_checks = 0, unique_checks = 0, sql_log_bin = 0;
INSERT INTO gateway (gateway_id, name) VALUES (1, 'G');
INSERT INTO bus (bus_id, gateway_id, name, transport, host, port) SELECT s.seq + 1, 1, CONCAT('B', s.seq), 'tcp', '127.0.0.1', 1 FROM ${many(METERS / 200)};
INSERT INTO meter (meter_id, number, meter_model_id, bus_id, unit) SELECT s.seq + 1, CONCAT('31', LPAD(s.seq, 10, '0')), 1, s.seq DIV 200 + 1, s.seq % 200 + 1 FROM ${many(METERS)};
INSERT INTO account (account_id, number, name, opened_at) SELECT s.seq + 1, CONCAT('A', s.seq), CONCAT('户 ', s.seq), ${at(0, 0)} FROM ${many(METERS)};
INSERT INTO account_meter (meter_id, began_at, account_id) SELECT s.seq + 1, ${at(0, 0)}, s.seq + 1 FROM ${many(METERS)};
INSERT INTO meter_state (meter_id, read_at, energy_wh, credit_fen, purchase_count) SELECT s.seq + 1, UTC_TIMESTAMP(3), 0, ${BASE}, ${BUYS} FROM ${many(METERS)};
INSERT INTO meter_epoch (meter_epoch_id, meter_id, account_id, cause, began_at, base_count, base_credit_fen, base_energy_wh, last_count, last_credit_fen, last_energy_wh, last_at, changed_at)
  SELECT s.seq + 1, s.seq + 1, s.seq + 1, 'adopted', ${at(0, -60)}, 0, ${BASE}, 0, ${BUYS}, ${BASE * 100}, 0, ${at(3 * (BUYS - 1), 600)}, ${at(3 * (BUYS - 1), 600)} FROM ${many(METERS)};
INSERT INTO operator (operator_id, username, display_name, role_id) SELECT s.seq + 101, CONCAT('cashier', s.seq), '', 1 FROM ${many(CASHIERS)};
INSERT INTO business_day (day) SELECT ${day('3 * s.seq')} FROM ${many(BUYS)};
INSERT INTO shift (shift_id, operator_id, opened_at, biz_day, float_fen, closed_at, expected_fen, counted_fen)
  SELECT s.seq + 1, s.seq DIV ${BUYS} + 101, ${at(`3 * (s.seq % ${BUYS})`, -30)}, ${day(`3 * (s.seq % ${BUYS})`)}, 0, ${at(`3 * (s.seq % ${BUYS})`, 600)}, ${METERS / CASHIERS * PRICE}, ${METERS / CASHIERS * PRICE} FROM ${many(CASHIERS * BUYS)};
INSERT INTO shift_count (shift_id, denomination_fen, pieces) SELECT s.seq + 1, 10000, ${METERS / CASHIERS * PRICE / 10000} FROM ${many(CASHIERS * BUYS)};
INSERT INTO receipt_counter (series, operator_id, biz_day, last_seq) SELECT 0, s.seq DIV ${BUYS} + 101, ${day(`3 * (s.seq % ${BUYS})`)}, ${METERS / CASHIERS} FROM ${many(CASHIERS * BUYS)};
INSERT INTO sale (sale_id, kind, request_key, request_digest, series, operator_id, biz_day, receipt_seq, receipt_number, verify_code, shift_id, account_id, meter_id, channel, amount_fen, credit_fen, balance_fen, state, created_at, settled_at)
  SELECT s.seq + 1, 'purchase', UNHEX(MD5(s.seq)), UNHEX(SHA2(s.seq, 256)), 0, ${cashier} + 101, ${sale_day}, ${meter} DIV ${CASHIERS} + 1, CONCAT('A', s.seq), UNHEX(LEFT(MD5(s.seq), 16)), ${shift}, ${meter} + 1, ${meter} + 1, 'cash', ${PRICE}, ${PRICE}, ${BASE}, 'delivered', ${sale_at}, ${sale_at} FROM ${many(SALES)};
INSERT INTO sale_line (sale_id, line, kind, amount_fen) SELECT s.seq + 1, 1, 'energy', ${PRICE} FROM ${many(SALES)};
INSERT INTO command_batch (command_batch_id, kind, request_key, created_at) VALUES (1, 'credit', UNHEX(MD5('b')), ${at(0, 0)});
INSERT INTO command (command_id, command_batch_id, kind, bus_id, meter_id, state, created_at, ended_at) SELECT s.seq + 1, 1, 'credit', 1, ${meter} + 1, 'confirmed', ${sale_at}, ${sale_at} FROM ${many(SALES)};
INSERT INTO delivery (command_id, sale_id, meter_id, meter_epoch_id, kind, amount_fen, state, want_count, intent_at, before_fen, before_wh, sends, sent_at, after_count, after_fen, after_wh, ended_at)
  SELECT s.seq + 1, s.seq + 1, ${meter} + 1, ${meter} + 1, 'credit', ${PRICE}, 'done', ${buy} + 1, ${sale_at}, 0, 0, 1, ${sale_at}, ${buy} + 1, 0, 0, ${sale_at} FROM ${many(SALES)};
INSERT INTO journal (journal_id, kind, source_key, at, biz_day, sale_id, account_id, operator_id, shift_id) SELECT 2 * s.seq + 1, 'purchase', CONCAT('purchase:', s.seq + 1), ${sale_at}, ${sale_day}, s.seq + 1, ${meter} + 1, ${cashier} + 101, ${shift} FROM ${many(SALES)};
INSERT INTO journal (journal_id, kind, source_key, at, biz_day, sale_id, command_id, account_id) SELECT 2 * s.seq + 2, 'delivery', CONCAT('delivery:', s.seq + 1), ${sale_at}, ${sale_day}, s.seq + 1, s.seq + 1, ${meter} + 1 FROM ${many(SALES)};
INSERT INTO journal (journal_id, kind, source_key, at, biz_day, account_id) SELECT ${2 * SALES} + s.seq + 1, 'use', CONCAT('use:', s.seq), ${at(of_day, 600)}, ${day(of_day)}, ${of_meter} + 1 FROM ${many(CHARGES)};
INSERT INTO journal (journal_id, kind, source_key, at, biz_day, account_id) SELECT ${2 * SALES + CHARGES} + s.seq + 1, 'opening', CONCAT('epoch:', s.seq + 1), ${at(0, 0)}, ${day(0)}, s.seq + 1 FROM ${many(METERS)};
INSERT INTO posting (journal_id, line, ledger, shift_id, channel, amount_fen) SELECT 2 * s.seq + 1, 1, 'cash', ${shift}, 'cash', ${PRICE} FROM ${many(SALES)};
INSERT INTO posting (journal_id, line, ledger, account_id, meter_id, amount_fen) SELECT 2 * s.seq + 1, 2, 'transit', ${meter} + 1, ${meter} + 1, -${PRICE} FROM ${many(SALES)};
INSERT INTO posting (journal_id, line, ledger, account_id, meter_id, amount_fen) SELECT 2 * s.seq + 2, 1, 'transit', ${meter} + 1, ${meter} + 1, ${PRICE} FROM ${many(SALES)};
INSERT INTO posting (journal_id, line, ledger, account_id, meter_id, amount_fen) SELECT 2 * s.seq + 2, 2, 'credit', ${meter} + 1, ${meter} + 1, -${PRICE} FROM ${many(SALES)};
INSERT INTO posting (journal_id, line, ledger, account_id, meter_id, amount_fen) SELECT ${2 * SALES} + s.seq + 1, 1, 'credit', ${of_meter} + 1, ${of_meter} + 1, ${USE} FROM ${many(CHARGES)};
INSERT INTO posting (journal_id, line, ledger, account_id, meter_id, amount_fen) SELECT ${2 * SALES} + s.seq + 1, 2, 'revenue', ${of_meter} + 1, ${of_meter} + 1, -${USE} FROM ${many(CHARGES)};
INSERT INTO posting (journal_id, line, ledger, account_id, meter_id, amount_fen) SELECT ${2 * SALES + CHARGES} + s.seq + 1, 1, 'opening', s.seq + 1, s.seq + 1, ${BASE} FROM ${many(METERS)};
INSERT INTO posting (journal_id, line, ledger, account_id, meter_id, amount_fen) SELECT ${2 * SALES + CHARGES} + s.seq + 1, 2, 'credit', s.seq + 1, s.seq + 1, -${BASE} FROM ${many(METERS)};
INSERT INTO ledger_balance (account_id, meter_id, credit_fen) SELECT s.seq + 1, s.seq + 1, ${BASE + BUYS * PRICE - DAYS * USE} FROM ${many(METERS)};
INSERT INTO charge_day (day, meter_epoch_id, meter_id, account_id, opening_fen, credited_fen, deducted_fen, energy_wh, charge_fen, difference_fen, closing_fen, closing_at, closing_wh, closing_count, carry_nano, journal_id, charged_at)
  SELECT ${day(of_day)}, ${of_meter} + 1, ${of_meter} + 1, ${of_meter} + 1, ${opening}, ${credited}, 0, 3000, ${USE}, 0, ${opening} + ${credited} - ${USE}, ${at(of_day, 700)}, 0, ${of_day} DIV 3 + 1, 0, ${2 * SALES} + s.seq + 1, ${at(of_day, 800)} FROM ${many(CHARGES)};
INSERT INTO audit (at, operator_id, actor, address, action, outcome, object_kind, object_id, detail) SELECT ${sale_at}, ${cashier} + 101, 'cashier', '127.0.0.1', 'sale.purchase', 'done', 'sale', s.seq + 1, CONCAT('amount: -> 100.00, ', s.seq) FROM ${many(SALES)};
INSERT INTO audit (at, actor, address, action, outcome, object_kind, object_id) SELECT ${at(0, 0)}, 'cashier', '127.0.0.1', 'shift.open', 'done', 'shift', s.seq + 1 FROM ${many(CASHIERS * BUYS)};
ANALYZE TABLE sale, sale_line, journal, posting, delivery, command, charge_day, audit, meter_epoch, ledger_balance;`);
}

const seconds = (work) => {
  const from = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - from) / 1e9;
};

export async function benchInvariants(report) {
  const maria = await startMaria({ args: ['--innodb-buffer-pool-size=512M'] });
  const conf = await writeConf(maria);
  books(maria);
  ctl(conf, ['audit', 'seal']);
  const scan = () => {
    for (const [table, column] of [['journal', 'account_id'], ['posting', 'amount_fen'], ['sale', 'amount_fen'], ['sale_line', 'amount_fen'],
      ['delivery', 'amount_fen'], ['command', 'meter_id'], ['charge_day', 'closing_fen'], ['audit', 'LENGTH(detail)'], ['audit_seal', 'seq']]) {
      maria.sql(`SELECT SUM(${column}) FROM ${table}`);
    }
  };
  scan();
  const reference = seconds(scan);
  let out = '';
  const took = seconds(() => { out = ctl(conf, ['check']); });
  assert.match(out, /^OK$/m);
  const slowest = [...out.matchAll(/^(I\d\d) .* (\d+) ms$/gm)].map(([, code, ms]) => [Number(ms), code]).sort((a, b) => b[0] - a[0]).slice(0, 4);
  const journals = Number(maria.one('SELECT COUNT(*) FROM journal'));
  report(`invariants: all 38 over ${journals} journals, over one scan of the same tables`, took / reference, '(<= 30 s)',
    `${took.toFixed(1)} s, scan ${reference.toFixed(2)} s; ${slowest.map(([ms, code]) => `${code} ${ms} ms`).join(', ')}`);
}
