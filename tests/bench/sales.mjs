// Selling: how many sales a second go through HTTP to their commit against a bare loop that commits the same rows, how
// long a cashier waits when twenty sell, and how long it takes from the press of the button until the meter confirmed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import { once } from 'node:events';
import { sleep, startMaria, startWeb, until, writeConf } from '../harness/harness.mjs';
import { unlimit } from '../web/fastcgi.mjs';
import { cashier, hidden, preview } from '../web/shop.mjs';
import { meterId, moneyField, openAccount } from '../system/money.mjs';

const CLIENTS = 16, EACH = 60, CASHIERS = 20, SHOPS = 400, PACE = 50, SECONDS = 10;

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))];

function shops(maria) {
  maria.sql(`SET time_zone='+00:00';
INSERT INTO gateway (gateway_id, name) VALUES (1, 'G');
INSERT INTO bus (bus_id, gateway_id, name, transport, host, port) SELECT seq, 1, CONCAT('B', seq), 'tcp', '127.0.0.1', 1 FROM seq_1_to_4;
INSERT INTO meter (meter_id, number, meter_model_id, bus_id, unit) SELECT seq, CONCAT('31', LPAD(seq, 10, '0')), 1, (seq - 1) DIV 100 + 1, (seq - 1) % 100 + 1 FROM seq_1_to_${SHOPS};
INSERT INTO meter_state (meter_id, read_at, energy_wh, credit_fen, purchase_count) SELECT meter_id, UTC_TIMESTAMP(3), 1000, 5000, 7 FROM meter;
INSERT INTO meter_link (meter_id) SELECT meter_id FROM meter;
INSERT INTO meter_tariff (meter_id, valid_from, price_uyuan) SELECT meter_id, '2020-01-01', 800000 FROM meter;
INSERT INTO account (account_id, number, name, opened_at) SELECT seq, CONCAT('A', seq), CONCAT('户 ', seq), UTC_TIMESTAMP(3) FROM seq_1_to_${SHOPS};
INSERT INTO account_meter (meter_id, began_at, account_id) SELECT meter_id, UTC_TIMESTAMP(3), meter_id FROM meter;
UPDATE role SET sale_max_fen = NULL, cash_max_fen = NULL;
UPDATE setting SET value = '0' WHERE name = 'sale.duplicate_s';`);
}

// A kept connection, as a browser keeps one.
function poster(web, client) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return (target, body) => new Promise((resolve, reject) => {
    const request = http.request(new URL(target, web.url), { method: 'POST', agent, headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) } },
      (answer) => { answer.resume(); answer.on('end', () => resolve({ status: answer.statusCode, location: answer.headers.location })); });
    request.on('error', reject);
    request.end(body);
  });
}

// The page that asks, ready to be answered: what is measured is the deed alone.
async function ready(client, meter) {
  const asked = await preview(client, meter, { amount: '100', channel: 'qr', fee: '' });
  assert.equal(asked.status, 200);
  const action = `/sales/sell/${meter}/confirm`;
  return { action, body: new URLSearchParams(hidden(asked.text, action)).toString() };
}

let next = 0;
const someMeter = () => next++ % SHOPS + 1;

async function prepare(clients, each) {
  return Promise.all(clients.map(async (client) => {
    const forms = [];
    for (let i = 0; i < each; i++) forms.push(await ready(client, someMeter()));
    return forms;
  }));
}

async function sellAll(posts, forms) {
  const from = performance.now();
  const statuses = await Promise.all(posts.map(async (post, i) => {
    const seen = [];
    for (const { action, body } of forms[i]) seen.push((await post(action, body)).status);
    return seen;
  }));
  assert.ok(statuses.flat().every((status) => status === 303), JSON.stringify(statuses.flat().filter((status) => status !== 303).slice(0, 5)));
  return statuses.flat().length / ((performance.now() - from) / 1000);
}

// The rows of a sale and nothing else, from as many clients of the server.
async function bareLoop(maria) {
  const sale = (client, i) => `BEGIN;
INSERT INTO receipt_counter (series, operator_id, biz_day, last_seq) VALUES (9, ${client + 1}, UTC_DATE(), 1) ON DUPLICATE KEY UPDATE last_seq = last_seq + 1;
INSERT INTO sale (kind, request_key, request_digest, series, operator_id, biz_day, receipt_seq, receipt_number, verify_code, account_id, meter_id, channel, amount_fen, credit_fen, balance_fen, state, created_at)
 VALUES ('purchase', RANDOM_BYTES(16), RANDOM_BYTES(32), 9, ${client + 1}, UTC_DATE(), ${i + 1}, 'J-${client}-${i}', RANDOM_BYTES(8), ${(client * EACH + i) % SHOPS + 1}, ${(client * EACH + i) % SHOPS + 1}, 'qr', 10000, 10000, 5000, 'booked', UTC_TIMESTAMP(3));
SET @sale = LAST_INSERT_ID();
INSERT INTO sale_line (sale_id, line, kind, amount_fen) VALUES (@sale, 1, 'energy', 10000);
INSERT INTO audit (at, operator_id, actor, address, action, outcome, object_kind, object_id, detail) VALUES (UTC_TIMESTAMP(3), 1, 'cashier', '127.0.0.1', 'sale.purchase', 'done', 'sale', @sale, 'amount: -> 100.00');
INSERT INTO journal (kind, source_key, at, biz_day, sale_id, account_id) VALUES ('purchase', CONCAT('bench:', @sale), UTC_TIMESTAMP(3), UTC_DATE(), @sale, 1);
SET @journal = LAST_INSERT_ID();
INSERT INTO posting (journal_id, line, ledger, channel, amount_fen) VALUES (@journal, 1, 'cash', 'qr', 10000);
INSERT INTO posting (journal_id, line, ledger, account_id, meter_id, amount_fen) VALUES (@journal, 2, 'transit', 1, 1, -10000);
INSERT INTO ledger_balance (account_id, meter_id, transit_fen) VALUES (${(client * EACH + i) % SHOPS + 1}, ${(client * EACH + i) % SHOPS + 1}, 10000) ON DUPLICATE KEY UPDATE transit_fen = transit_fen + 10000;
INSERT INTO command_batch (kind, request_key, created_at) VALUES ('credit', RANDOM_BYTES(16), UTC_TIMESTAMP(3));
INSERT INTO command (command_batch_id, kind, bus_id, meter_id, created_at) VALUES (LAST_INSERT_ID(), 'credit', 1, 1, UTC_TIMESTAMP(3));
INSERT INTO delivery (command_id, sale_id, meter_id, meter_epoch_id, kind, amount_fen) VALUES (LAST_INSERT_ID(), @sale, 1, @epoch, 'credit', 10000);
COMMIT;
`;
  const from = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, async (_, client) => {
    const child = spawn('mariadb', ['--no-defaults', '-uroot', '-S', maria.socket, 'voltill'], { stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(`SELECT MIN(meter_epoch_id) INTO @epoch FROM meter_epoch;\n${Array.from({ length: EACH }, (_, i) => sale(client, i)).join('')}`);
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  }));
  return CLIENTS * EACH / ((performance.now() - from) / 1000);
}

async function paced(posts, forms) {
  const waits = [];
  const began = performance.now() + 200;
  await Promise.all(posts.map(async (post, i) => {
    for (let k = 0; k < forms[i].length; k++) {
      const due = began + (k * posts.length + i) * 1000 / PACE;
      await sleep(Math.max(0, due - performance.now()));
      const from = performance.now();
      assert.equal((await post(forms[i][k].action, forms[i][k].body)).status, 303);
      waits.push(performance.now() - from);
    }
  }));
  return waits;
}

export async function benchSales(report) {
  const maria = await startMaria();
  shops(maria);
  const conf = await writeConf(maria);
  const web = await startWeb(maria, conf);
  await unlimit(web);
  const clients = [];
  for (let i = 0; i < CASHIERS; i++) clients.push(await cashier(web, maria));
  const posts = clients.map((client) => poster(web, client));
  const forms = await prepare(clients.slice(0, CLIENTS), EACH);
  const rate = await sellAll(posts.slice(0, CLIENTS), forms);
  const bare = await bareLoop(maria);
  report(`sales: ${CLIENTS} clients through HTTP to commit, over a bare loop of the same rows`, rate / bare, '(>= 0.5)', `${rate.toFixed(0)} sales/s, bare ${bare.toFixed(0)}/s`);
  const more = await prepare(clients, PACE * SECONDS / CASHIERS);
  await sleep(2000);
  const waits = await paced(posts, more);
  report(`sales: p95 of ${CASHIERS} cashiers at ${PACE} sales/s, over 200 ms`, quantile(waits, 0.95) / 200, '(<= 1)',
    `p50 ${quantile(waits, 0.5).toFixed(0)} ms, p95 ${quantile(waits, 0.95).toFixed(0)} ms, p99 ${quantile(waits, 0.99).toFixed(0)} ms`);
}

/* ---- until the meter confirmed ---- */

async function untilConfirmed(field, web, client, units, times) {
  const post = poster(web, client), waits = [];
  for (let i = 0; i < times; i++) {
    const meter = meterId(1, units[i % units.length]);
    const form = await ready(client, meter);
    const from = Date.now();
    const { status, location } = await post(form.action, form.body);
    assert.equal(status, 303);
    const sale = Number(/(\d+)$/.exec(location)[1]);
    await until(`sale ${sale} in the meter`, () => field.one(`SELECT state FROM sale WHERE sale_id = ${sale}`) === 'delivered', 60);
    waits.push(field.number(`SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ended_at) DIV 1000 FROM delivery WHERE sale_id = ${sale}`) - from);
    field.sql('UPDATE sale SET created_at = created_at - INTERVAL 1 HOUR');
  }
  return waits;
}

async function benchBus(report, { units, dead, times, limit_s, what }) {
  const field = await moneyField([{ kind: 'rtt', units, line: 'rtutcp=127.0.0.1:0 baud=9600 pace=1 delay_ms=20', timeout: 500, status: 60, reading: 1800 }], {});
  await field.collect();
  await field.fresh(field.ids(), undefined, 60);
  for (const meter of field.ids()) openAccount(field, meter);
  field.sql("UPDATE role SET sale_max_fen = NULL, cash_max_fen = NULL; INSERT INTO meter_tariff (meter_id, valid_from, price_uyuan) SELECT meter_id, '2020-01-01', 1000000 FROM meter");
  const web = await startWeb(field.maria, field.conf);
  await unlimit(web);
  const client = await cashier(web, field.maria);
  if (dead > 0) {
    await field.control(`fault ${field.buses[0].name} ${units - dead + 1}-${units} dead`);
    await sleep(3000);
  }
  const alive = Array.from({ length: units - dead }, (_, i) => i + 1);
  const waits = await untilConfirmed(field, web, client, alive, times);
  report(`sales: from the press to the meter's confirmation, ${what}, p95 over ${limit_s} s`, quantile(waits, 0.95) / limit_s / 1000, '(<= 1)',
    `p50 ${quantile(waits, 0.5)} ms, p95 ${quantile(waits, 0.95)} ms, longest ${Math.max(...waits)} ms of ${times}`);
}

export async function benchConfirm(report) {
  await benchBus(report, { units: 1, dead: 0, times: 20, limit_s: 1.5, what: 'idle bus of 9600 baud' });
  await benchBus(report, { units: 36, dead: 30, times: 20, limit_s: 10, what: '36 loops, 30 of them dead' });
}
