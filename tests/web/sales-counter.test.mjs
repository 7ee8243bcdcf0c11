// The counter without a browser: finding, what is accepted and refused, keys, limits, scope.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, waitOutMidnight, writeConf } from '../harness/harness.mjs';
import { main } from './building.mjs';
import { unlimit } from './fastcgi.mjs';
import { SHOP, cashier, hidden, preview, sell, shop } from './shop.mjs';

waitOutMidnight();
const maria = await startMaria();
shop(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const anna = await cashier(web, maria);

const stored = () => maria.one('SELECT CONCAT_WS("/", (SELECT COUNT(*) FROM sale), (SELECT COUNT(*) FROM sale_line), (SELECT COUNT(*) FROM journal), (SELECT COUNT(*) FROM command), (SELECT COALESCE(SUM(last_seq), 0) FROM receipt_counter))');
const hits = (html) => [...html.matchAll(/class="hit tile-link" id="hit-(\d+)"/g)].map((match) => Number(match[1]));
// What was sold is forgotten by the question about like sales.
const forget = () => maria.sql('UPDATE sale SET created_at = created_at - INTERVAL 1 HOUR');
const saleOf = (location) => Number(/^\/sales\/(\d+)$/.exec(location)?.[1]);
const text = (html) => main(html).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

test('anything that names a customer finds him', async () => {
  for (const [typed, found] of [['京东西北', [1]], ['jdxb', [1]], ['JDXB', [1]], ['301', [1]], ['202601170001', [1]], ['２０２６０１１７０００１', [1]],
    ['5678', [1]], ['13800005678', [1]], ['A00001', [1]], ['a00001', [1]], ['Ａ００００１', [1]], ['京东', [1, 2]], ['jd', [1, 2]], [' 303 ', [3]], ['café', [4]], ['没有这个人', []]]) {
    const answer = await anna.get(`/sales/counter?q=${encodeURIComponent(typed)}`);
    assert.equal(answer.status, 200, typed);
    assert.deepEqual(hits(answer.text), found, typed);
    const enter = await anna.get(`/sales/counter?q=${encodeURIComponent(typed)}&go=1`);
    if (found.length === 1) assert.equal(enter.location, `/sales/sell/${found[0]}`, typed);
    else assert.equal(enter.status, 200, typed);
  }
});

test('a hit shows who, where, credit with its age, state and how long it lasts', async () => {
  const row = text((await anna.get('/sales/counter?q=jdxb')).text);
  for (const word of ['京东西北', '1号楼 3层 301', '202601170001', 'A00001', '138****5678', '¥30.94', '约 1 天']) assert.ok(row.includes(word), `${word}: ${row}`);
  assert.doesNotMatch(row, /13800005678/);
  assert.match(text((await anna.get('/sales/counter?q=303')).text), /-¥12\.40/);
  assert.match(text((await anna.get('/sales/counter?q=304')).text), /失联|Lost/);
});

test('meters that cannot be sold to are not offered, but spoken of', async () => {
  const answer = await anna.get('/sales/counter?q=305');
  assert.deepEqual(hits(answer.text), []);
  assert.match(text(answer.text), /还没有开户|no account yet/);
  for (const id of [SHOP.unopened, SHOP.main, 999999]) assert.equal((await anna.get(`/sales/sell/${id}`)).status, 404);
});

test('the fragment of the live search is the list alone and never leads away', async () => {
  const answer = await anna.get('/sales/counter?q=jdxb&go=1', { 'hx-request': 'true' });
  assert.equal(answer.status, answer.status === 303 ? 303 : 200);
  const typed = await anna.get('/sales/counter?q=jdxb', { 'hx-request': 'true' });
  assert.doesNotMatch(typed.text, /<html|<form/);
  assert.deepEqual(hits(typed.text), [1]);
});

test('meters ticked on the board lead to the counter, one of them straight to the sale', async () => {
  assert.equal((await anna.get('/sales/counter?meter=3')).location, '/sales/sell/3');
  assert.deepEqual(hits((await anna.get('/sales/counter?meter=3&meter=1&meter=5&meter=x')).text), [1, 3]);
  assert.deepEqual(hits((await anna.get('/sales/counter?meter=999')).text), []);
  const manager = await web.signedIn('manager'), auditor = await web.signedIn('auditor');
  assert.match((await manager.get('/accounts/meters/3')).text, /href="\/sales\/sell\/3"/);
  assert.match((await manager.get('/accounts/board')).text, /formaction="\/sales\/counter"/);
  for (const page of ['/accounts/meters/5', '/accounts/meters/6']) assert.doesNotMatch((await manager.get(page)).text, /\/sales\/sell\//, page);
  for (const page of ['/accounts/meters/3', '/accounts/board']) assert.doesNotMatch((await auditor.get(page)).text, /\/sales\/(sell|counter)/, page);
});

test('who has no shift is told so, and nothing is sold', async () => {
  const bert = await web.signedIn('cashier');
  assert.match(text((await bert.get('/sales/counter')).text), /还没有开班|No shift/);
  const before = stored();
  const asked = await preview(bert, 1, { amount: '100' });
  assert.equal(asked.status, 422);
  assert.match(text(asked.text), /还没有开班|no open shift/);
  assert.match(asked.text, /name="amount"[^>]*value="100"/, 'what was typed is kept');
  assert.equal(stored(), before);
});

const ACCEPTED = ['0.01', '1', '100.5', '999999.99'];
const REFUSED = ['0', '0.00', '-1', '+1', '1e3', '1e309', '0x10', ' 1', '1 ', '1.', '.5', '01', '1,000', '0.001', '1.2.3', 'NaN', 'inf', 'true', '١٢٣', '１２３', '¥5', '12abc', '9999999999999999999', '', '1\n', '1000000'];

test('amounts: what is none is refused with words and stores nothing (W-50)', async () => {
  const before = stored();
  for (const amount of REFUSED) {
    const asked = await preview(anna, 1, { amount, fee: '' });
    assert.equal(asked.status, 422, JSON.stringify(amount));
    assert.match(text(asked.text), amount === '' ? /请填写此项|required|Fill/ : /金额只能是半角数字，最多两位小数|at most two decimals/, JSON.stringify(amount));
  }
  const nul = await anna.post('/sales/sell/1', { body: `csrf=${(await anna.get('/sales/sell/1')).text.match(/name="csrf" value="(\w+)"/)[1]}&amount=1%00&channel=cash&account=1`, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  assert.equal(nul.status, 400, 'NUL');
  assert.equal(stored(), before);
});

test('amounts that are right are asked about, and what the limits forbid is said', async () => {
  maria.sql("UPDATE role SET sale_max_fen = NULL WHERE code = 'cashier'");
  for (const amount of ACCEPTED) assert.equal((await preview(anna, 1, { amount, fee: '' })).status, 200, amount);
  maria.sql("UPDATE role SET sale_max_fen = 100000 WHERE code = 'cashier'");
  const above = await preview(anna, 1, { amount: '1000.01' });
  assert.equal(above.status, 422);
  assert.match(text(above.text), /1,000\.00/);
  maria.sql("UPDATE role SET sale_max_fen = NULL WHERE code = 'cashier'");
  const eaten = await preview(anna, 1, { amount: '20' });
  assert.equal(eaten.status, 422, 'the usual fee eats it up');
});

test('a sale: question, document, order to the meter, and the shift counts it', async () => {
  const asked = await preview(anna, 1, { amount: '500', tendered: '520', note: '代付' });
  const words = text(asked.text);
  for (const word of ['¥480.00', '¥20.00', '¥500.00', '¥30.94', '¥510.94', '找零', '代付']) assert.ok(words.includes(word), `${word}: ${words}`);
  const fields = hidden(asked.text, '/sales/sell/1/confirm');
  const done = await anna.post('/sales/sell/1/confirm', { fields });
  assert.equal(done.status, 303);
  const id = saleOf(done.location);
  const [row] = maria.sql(`SELECT kind, state, amount_fen, credit_fen, tendered_fen, channel, note FROM sale WHERE sale_id = ${id}`);
  assert.deepEqual(row, { kind: 'purchase', state: 'booked', amount_fen: '50000', credit_fen: '48000', tendered_fen: '52000', channel: 'cash', note: '代付' });
  assert.deepEqual(maria.sql(`SELECT kind, amount_fen, state FROM delivery WHERE sale_id = ${id}`), [{ kind: 'credit', amount_fen: '48000', state: 'queued' }]);
  const document = await anna.get(done.location), said = text(document.text);
  for (const word of ['伍佰元整', '¥520.00', '京东西北', '已收款', '已入账', '物业费']) assert.ok(said.includes(word), `${word}: ${said}`);
  assert.match(document.text, /http-equiv="refresh"/);
  assert.match(text((await anna.get('/sales/counter')).text), /钱箱现金 ¥700\.00/);
});

test('one key, one sale: again is the same document, something else is refused (W-31, W-32)', async () => {
  forget();
  const done = await sell(anna, 2, '60');
  assert.equal(done.status, 303);
  const before = stored();
  for (let i = 0; i < 3; i++) assert.equal((await anna.post('/sales/sell/2/confirm', { fields: done.fields })).location, done.location);
  const other = await anna.post('/sales/sell/2/confirm', { fields: done.fields.map(([name, value]) => [name, name === 'amount' ? '70' : value]) });
  assert.equal(other.status, 422);
  assert.match(text(other.text), /已经提交过另一笔|used for another sale/);
  assert.equal(stored(), before);
});

test('sixteen posts of one key at once are one sale', async () => {
  forget();
  const asked = await preview(anna, 2, { amount: '61' });
  const fields = hidden(asked.text, '/sales/sell/2/confirm');
  const answers = await Promise.all(Array.from({ length: 16 }, () => anna.post('/sales/sell/2/confirm', { fields })));
  assert.deepEqual([...new Set(answers.map((answer) => answer.location))].length, 1, answers.map((answer) => `${answer.status} ${answer.location}`).join());
  assert.equal(maria.one('SELECT COUNT(*) FROM sale WHERE amount_fen = 6100'), '1');
});

test('a key that is missing, foreign or of another form opens nothing (W-30, W-33)', async () => {
  forget();
  const asked = await preview(anna, 1, { amount: '55' });
  const fields = hidden(asked.text, '/sales/sell/1/confirm');
  const before = stored();
  const post = (client, action, change) => client.post(action, { fields: fields.map(([name, value]) => [name, change[name] ?? value]).filter(([, value]) => value !== 'none') });
  assert.equal((await post(anna, '/sales/sell/1/confirm', { key: 'none' })).status, 400);
  assert.equal((await post(anna, '/sales/sell/1/confirm', { key: 'xyz' })).status, 400);
  assert.equal((await post(anna, '/sales/sell/1/confirm', { key: '0'.repeat(32) })).status, 403);
  assert.equal((await post(anna, '/sales/sell/2/confirm', { account: '2' })).status, 403, 'of another meter');
  const carl = await cashier(web, maria);
  const csrf = /name="csrf" value="(\w+)"/.exec((await carl.get('/sales/sell/1')).text)[1];
  assert.equal((await post(carl, '/sales/sell/1/confirm', { csrf })).status, 403, 'of another session');
  maria.sql("UPDATE setting SET value = '1' WHERE name = 'ledger.series'");
  assert.equal((await post(anna, '/sales/sell/1/confirm', {})).status, 403, 'from before the database was restored');
  maria.sql("UPDATE setting SET value = '0' WHERE name = 'ledger.series'");
  assert.equal(stored(), before);
});

test('a field twice, or in query and body, is refused; unknown fields are passed over (W-36, W-37)', async () => {
  forget();
  const asked = await preview(anna, 1, { amount: '56' });
  const fields = hidden(asked.text, '/sales/sell/1/confirm'), before = stored();
  assert.equal((await anna.post('/sales/sell/1/confirm', { fields: [...fields, ['amount', '1']] })).status, 400);
  assert.equal((await anna.post('/sales/sell/1/confirm?amount=1', { fields })).status, 400);
  assert.equal(stored(), before);
  const done = await anna.post('/sales/sell/1/confirm', { fields: [...fields, ['role', 'admin'], ['price', '1'], ['approved', '1'], ['operator_id', '1']] });
  assert.equal(done.status, 303);
  assert.equal(maria.one(`SELECT CONCAT_WS('/', operator_id, COALESCE(approved_by, 'none')) FROM sale WHERE sale_id = ${saleOf(done.location)}`), `${anna.operator}/none`);
});

test('a like sale just before is asked about, with a new key (W-34)', async () => {
  forget();
  const first = await sell(anna, 1, '57');
  assert.equal(first.status, 303);
  const second = await sell(anna, 1, '57');
  assert.equal(second.status, 422);
  assert.match(text(second.text), /刚才|just before/);
  const fields = hidden(second.text, '/sales/sell/1/confirm');
  assert.notEqual(Object.fromEntries(fields).key, Object.fromEntries(second.fields).key);
  assert.equal(maria.one('SELECT COUNT(*) FROM sale WHERE amount_fen = 5700'), '1');
  const meant = await anna.post('/sales/sell/1/confirm', { fields });
  assert.equal(meant.status, 303);
  assert.notEqual(meant.location, first.location);
});

test('a price that changed between question and deed is asked about again (M-43)', async () => {
  forget();
  const asked = await preview(anna, 1, { amount: '58' });
  const fields = hidden(asked.text, '/sales/sell/1/confirm'), before = stored();
  maria.sql('UPDATE fee SET value = 2100, revision = revision + 1 WHERE fee_id = 1');
  const again = await anna.post('/sales/sell/1/confirm', { fields });
  assert.equal(again.status, 409);
  assert.match(text(again.text), /电价刚有变化|price has just changed/);
  assert.match(text(again.text), /¥37\.00/);
  assert.equal(stored(), before);
  assert.equal((await anna.post('/sales/sell/1/confirm', { fields: hidden(again.text, '/sales/sell/1/confirm') })).status, 303);
  maria.sql('UPDATE fee SET value = 2000, revision = revision + 1 WHERE fee_id = 1');
});

test('cash: too little is refused, the rest is change; other ways take no cash', async () => {
  forget();
  const little = await preview(anna, 1, { amount: '100', tendered: '99.99' });
  assert.equal(little.status, 422);
  assert.match(text(little.text), /少于应收|Less was tendered/);
  const done = await sell(anna, 1, '62', { more: { channel: 'qr', tendered: '100' } });
  assert.equal(maria.one(`SELECT CONCAT_WS('/', channel, COALESCE(tendered_fen, 'none')) FROM sale WHERE sale_id = ${saleOf(done.location)}`), 'qr/none');
  for (const channel of ['none', 'gold', '']) assert.equal((await preview(anna, 1, { amount: '5', channel })).status, 422, channel);
});

test('a large amount is typed twice', async () => {
  forget();
  const asked = await preview(anna, 1, { amount: '5000.01' });
  assert.match(asked.text, /name="again"/);
  const fields = hidden(asked.text, '/sales/sell/1/confirm'), before = stored();
  const other = await anna.post('/sales/sell/1/confirm', { fields: [...fields, ['again', '500.01']] });
  assert.equal(other.status, 422);
  assert.match(text(other.text), /两次输入的金额不一致|two amounts differ/);
  assert.equal(stored(), before);
  const done = await anna.post('/sales/sell/1/confirm', { fields: [...hidden(other.text, '/sales/sell/1/confirm'), ['again', '5000.01']] });
  assert.equal(done.status, 303);
});

test('arrears: the least that brings the power back, before and after', async () => {
  forget();
  const page = text((await anna.get('/sales/sell/3')).text);
  assert.match(page, /恢复供电至少充值 ¥32\.41/, page);
  assert.match(text((await preview(anna, 3, { amount: '32.40' })).text), /不会合闸|will not close/);
  assert.doesNotMatch(text((await preview(anna, 3, { amount: '32.41' })).text), /不会合闸|will not close/);
  const shares = text((await preview(anna, 3, { amount: '32.40', fee: '2' })).text);
  const least = Math.round(Number(/至少充值 ¥([\d.]+)/.exec(shares)[1]) * 100);
  const after = (fen) => fen - Math.floor((fen * 25 + 500) / 1000) - 1240;
  assert.ok(after(least) > 0 && after(least - 2) <= 0, `${least}`);
});

test('what is on its way to the meter counts for the least amount', async () => {
  forget();
  assert.equal((await sell(anna, 3, '30')).status, 303);
  assert.match(text((await anna.get('/sales/sell/3')).text), /至少充值 ¥22\.41/, '10.00 of it are on their way');
  assert.equal((await sell(anna, 3, '40')).status, 303);
  assert.doesNotMatch(text((await anna.get('/sales/sell/3')).text), /至少充值/);
});

test('a meter that does not answer can be sold to; one that was never read cannot', async () => {
  forget();
  assert.match(text((await anna.get('/sales/sell/4')).text), /失联：可以售电|You can sell/);
  const done = await sell(anna, 4, '80');
  assert.match(text((await anna.get(done.location)).text), /电表失联，恢复后自动下发|sent when it is back/);
  const queued = text((await preview(anna, 4, { amount: '81' })).text);
  assert.match(queued, /前面还有 1 笔|1 orders/);
  const never = await sell(anna, 8, '80');
  assert.equal(never.status, 422);
  assert.match(text(never.text), /从未读到|never read/);
});

test('a meter whose figures do not fit the books is not sold to', async () => {
  forget();
  maria.sql("INSERT INTO alarm(kind,meter_id,began_at) VALUES('count_mismatch',2,UTC_TIMESTAMP(3))");
  const before = stored(), refused = await sell(anna, 2, '90');
  assert.equal(refused.status, 422);
  assert.match(text(refused.text), /已停止售电|are stopped/);
  assert.equal(stored(), before);
  maria.sql("UPDATE alarm SET ended_at = UTC_TIMESTAMP(3) WHERE kind = 'count_mismatch'");
});

test('an operator of one building neither finds, sells nor sees the other (W-23)', async () => {
  forget();
  const done = await sell(anna, 1, '63');
  const dora = await cashier(web, maria);
  maria.sql(`INSERT INTO operator_scope VALUES(${dora.operator}, 3)`);
  assert.deepEqual(hits((await dora.get('/sales/counter?q=2026')).text), [7]);
  assert.deepEqual(hits((await dora.get('/sales/counter?q=jdxb')).text), []);
  const csrf = /name="csrf" value="(\w+)"/.exec((await dora.get('/sales/counter')).text)[1];
  for (const target of ['/sales/sell/1', done.location, `${done.location}/receipt`]) assert.equal((await dora.get(target)).status, 404, target);
  for (const target of ['/sales/sell/1', '/sales/sell/1/confirm', `${done.location}/print`]) assert.equal((await dora.post(target, { fields: { csrf, amount: '1', paper: 'a5' } })).status, 404, target);
  assert.doesNotMatch(main((await dora.get('/sales/records?days=all')).text), /京东西北/);
  const code = maria.one(`SELECT HEX(verify_code) FROM sale WHERE sale_id = ${saleOf(done.location)}`);
  assert.match(text((await dora.get(`/sales/verify?code=${code}`)).text), /不是本系统|no receipt of ours/);
});

test('who may look only cannot sell or print, and a stale form is refused', async () => {
  forget();
  const done = await sell(anna, 1, '64');
  const auditor = await web.signedIn('auditor');
  for (const target of ['/sales/counter', '/sales/sell/1', '/sales/fees']) assert.equal((await auditor.get(target)).status, 403, target);
  for (const target of [done.location, `${done.location}/receipt`, '/sales/records', '/sales/verify']) assert.equal((await auditor.get(target)).status, 200, target);
  const csrf = /name="csrf" value="(\w+)"/.exec((await auditor.get('/sales/records')).text)[1];
  assert.equal((await auditor.post(`${done.location}/print`, { fields: { csrf, paper: 'a5' } })).status, 403);
  assert.equal((await anna.post('/sales/sell/1', { fields: { amount: '1' } })).status, 403, 'without token');
});
