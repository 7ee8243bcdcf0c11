// Documents without a browser: receipts and their prints, verification, records, fees.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, waitOutMidnight, writeConf } from '../harness/harness.mjs';
import { main, table } from './building.mjs';
import { unlimit } from './fastcgi.mjs';
import { cashier, sell, shop } from './shop.mjs';

waitOutMidnight();
const maria = await startMaria();
shop(maria);
maria.sql("INSERT INTO setting(name,value) VALUES('receipt.company','云谷物业有限公司'),('receipt.footer','请妥善保管\\n客服 400-000')");
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const anna = await cashier(web, maria), finance = await web.signedIn('finance'), manager = await web.signedIn('manager');
const text = (html) => main(html).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const id = (answer) => Number(/\/sales\/(\d+)/.exec(answer.location)[1]);
const print = (client, sale, paper) => client.submit(`/sales/${sale}`, { paper }, { action: `/sales/${sale}/print` });

const first = id(await sell(anna, 1, '1005', { more: { note: '十二月' } }));
const second = id(await sell(anna, 3, '200.50', { more: { channel: 'transfer' } }));
const third = id(await sell(anna, 7, '300', { more: { channel: 'qr' } }));

test('a receipt says all that counts', async () => {
  const words = text((await anna.get(`/sales/${first}/receipt`)).text);
  const number = maria.one(`SELECT receipt_number FROM sale WHERE sale_id = ${first}`);
  for (const word of ['云谷物业有限公司', '购电收据', number, '京东西北', '301', '202601170001', '电费', '¥985.00', '物业费', '¥20.00', '¥1,005.00', '壹仟零伍元整',
    '¥30.94', '¥1,015.94', '预计', '请妥善保管', '客服 400-000', '十二月', '下发中']) assert.ok(words.includes(word), `${word}: ${words}`);
});

test('a document leads to its tenant, meter and what may be done', async () => {
  const html = main((await manager.get(`/sales/${first}`)).text);
  const links = [...html.matchAll(/href="(\/[^"#]*)"/g)].map((match) => match[1]).filter((href) => !href.startsWith('/static'));
  for (const href of ['/accounts/1', '/accounts/meters/1', `/sales/${first}/reverse`, '/sales/refund/1', '/sales/sell/1', '/sales/counter']) assert.ok(links.includes(href), `${href}: ${links}`);
  for (const href of new Set(links)) assert.equal((await manager.get(href)).status, 200, href);
});

test('looking prints nothing; a print is counted, a second one is marked, and an address cannot unmark it', async () => {
  const mark = async (query = '') => /class="receipt-mark">([^<]*)/.exec((await anna.get(`/sales/${first}/receipt${query}`)).text)?.[1];
  assert.match(await mark(), /预览|Preview/);
  const once = await print(anna, first, 'a5');
  assert.equal(once.status, 303);
  assert.equal(once.location, `/sales/${first}/receipt?paper=a5&print=1`);
  assert.equal(await mark('?paper=a5&print=1'), undefined);
  const twice = await print(anna, first, 'roll80');
  assert.match(await mark(/\?.*/.exec(twice.location)[0]), /补打 第2次|Reprint, print 2/);
  assert.match(await mark('?paper=a5&print=1'), /补打 第2次|Reprint, print 2/, 'the address of the first print shows the mark too');
  assert.deepEqual(maria.sql(`SELECT print, paper FROM receipt_print WHERE sale_id = ${first} ORDER BY print`), [{ print: '1', paper: 'a5' }, { print: '2', paper: 'roll80' }]);
  assert.equal(maria.one(`SELECT COUNT(*) FROM audit WHERE action = 'receipt.print' AND object_id = ${first}`), '2');
  assert.equal((await print(anna, first, 'wall')).status, 400);
  assert.match((await anna.get(`/sales/${second}`)).text, /<option value="roll80" selected/, 'the paper is remembered');
});

test('the code on a receipt tells a genuine one, with no more than is needed', async () => {
  const code = maria.one(`SELECT LOWER(HEX(verify_code)) FROM sale WHERE sale_id = ${first}`);
  assert.ok((await anna.get(`/sales/${first}/receipt`)).text.includes(code));
  for (const typed of [code, code.toUpperCase(), `${code.slice(0, 8)} ${code.slice(8)}`, maria.one(`SELECT receipt_number FROM sale WHERE sale_id = ${first}`)]) {
    const words = text((await finance.get(`/sales/verify?code=${encodeURIComponent(typed)}`)).text);
    assert.match(words, /是本系统开出的收据|is genuine/, typed);
    for (const word of ['京**北', '301', '¥1,005.00']) assert.ok(words.includes(word), `${word}: ${words}`);
    assert.ok(!words.includes('京东西北'));
  }
  for (const typed of ['0000000000000000', 'A20200101-001-0001', "' OR 1=1-- ", '%', 'x'.repeat(400)]) assert.match(text((await finance.get(`/sales/verify?code=${encodeURIComponent(typed)}`)).text), /不是本系统|no receipt of ours/, typed);
});

const numbers = async (query, client = finance) => table((await client.get(`/sales/records?${query}`)).text).map((row) => row[0]);
const numberOf = (sale) => maria.one(`SELECT receipt_number FROM sale WHERE sale_id = ${sale}`);

test('records: filter, search, sort, and sums of the filter', async () => {
  const [a, b, c] = [first, second, third].map(numberOf);
  assert.deepEqual(await numbers(''), [c, b, a]);
  assert.deepEqual(await numbers('days=today'), [c, b, a]);
  assert.deepEqual(await numbers('days=yesterday'), []);
  assert.deepEqual(await numbers('sort=amount'), [b, c, a]);
  assert.deepEqual(await numbers('sort=-amount'), [a, c, b]);
  assert.deepEqual(await numbers('channel=qr'), [c]);
  assert.deepEqual(await numbers('kind=refund'), []);
  assert.deepEqual(await numbers('state=open'), [c, b, a]);
  assert.deepEqual(await numbers('state=delivered'), []);
  assert.deepEqual(await numbers('q=jdxb'), [a]);
  assert.deepEqual(await numbers(`q=${a}`), [a]);
  assert.deepEqual(await numbers('q=1005'), [a]);
  assert.deepEqual(await numbers('q=%25'), []);
  assert.deepEqual(await numbers('meter=3'), [b]);
  assert.deepEqual(await numbers(`who=${anna.operator}`), [c, b, a]);
  assert.deepEqual(await numbers('who=999'), []);
  const sums = (query) => finance.get(`/sales/records?${query}`).then((answer) => text(answer.text));
  assert.match(await sums(''), /售电 3 ¥1,505\.50 .* ¥0\.00 实收净额 ¥1,505\.50 其中费用 ¥60\.00/);
  assert.match(await sums('channel=qr'), /售电 1 ¥300\.00/);
});

test('records: wrong days are told, an empty list says why', async () => {
  const wrong = await finance.get('/sales/records?from=2026-02-30');
  assert.equal(wrong.status, 422);
  assert.equal((await finance.get('/sales/records?from=2026-03-02&to=2026-03-01')).status, 422);
  assert.match(text((await finance.get('/sales/records?days=yesterday')).text), /昨天没有|yesterday/);
  assert.match(text((await finance.get('/sales/records?from=2025-01-01&to=2025-01-02')).text), /所选日期内没有|these days/);
  assert.equal((await finance.get('/sales/records?sort=id desc,(select 1)&p=-1&n=1e9&kind=x&state=x&channel=x&who=x')).status, 200);
});

test('records go out as CSV and Excel, all of the filter', async () => {
  const answer = await finance.get('/sales/records?format=csv&sort=amount');
  assert.equal(answer.status, 200);
  const lines = answer.text.replace(/^\ufeff/, '').trim().split('\r\n');
  assert.equal(lines.length, 4);
  assert.match(lines[0], /单据号|Document/);
  assert.match(lines[3], /京东西北.*1005\.00,985\.00,20\.00/);
  assert.equal((await finance.get('/sales/records?format=xlsx&channel=qr')).status, 200);
});

test('fees: add, change, retire; what is wrong comes back with what was typed', async () => {
  const add = (fields) => manager.submit('/sales/fees/new', { kind: 'fixed', amount: '', percent: '', name: '', ...fields }, { action: '/sales/fees/new' });
  for (const [fields, words] of [[{ name: '', amount: '1' }, /请填写|Fill|required/], [{ name: 'x' }, /请填写|Fill|required/], [{ name: 'x', kind: 'share', percent: '51' }, /./],
    [{ name: 'x', kind: 'share', percent: '2.55' }, /百分数|percentage/], [{ name: 'x', kind: 'share', percent: '0' }, /百分数|percentage/], [{ name: 'x', amount: '10000.01' }, /./],
    [{ name: '物业费', amount: '1' }, /同名|of that name/], [{ name: 'y'.repeat(33), amount: '1' }, /32/]]) {
    const refused = await add(fields);
    assert.equal(refused.status, 422, JSON.stringify(fields));
    assert.match(text(refused.text), words, JSON.stringify(fields));
  }
  assert.equal((await add({ name: '垃圾清运费', amount: '5', usual: '1' })).status, 303);
  assert.equal((await add({ name: '公摊', kind: 'share', percent: '2.5' })).status, 303);
  assert.deepEqual(maria.sql("SELECT name, kind, value, is_usual FROM fee WHERE fee_id > 2 ORDER BY fee_id"), [{ name: '垃圾清运费', kind: 'fixed', value: '500', is_usual: '1' }, { name: '公摊', kind: 'permille', value: '25', is_usual: '0' }]);
  const page = text((await manager.get('/sales/fees')).text);
  assert.ok(page.includes('垃圾清运费') && page.includes('2.5 %'), page);
  const fee = maria.one("SELECT fee_id FROM fee WHERE name = '公摊'");
  assert.equal((await manager.submit(`/sales/fees/${fee}`, { name: '公摊电费', kind: 'share', percent: '3', amount: '' })).status, 303);
  const stale = await manager.get(`/sales/fees/${fee}`);
  assert.equal((await manager.submit(`/sales/fees/${fee}`, { name: '公摊', kind: 'share', percent: '4', amount: '' })).status, 303);
  const csrf = /name="csrf" value="(\w+)"/.exec(stale.text)[1], revision = /name="revision" value="(\d+)"/.exec(stale.text)[1];
  assert.equal((await manager.post(`/sales/fees/${fee}`, { fields: { csrf, revision, name: '公摊', kind: 'share', percent: '5' } })).status, 409);
  assert.equal((await manager.submit(`/sales/fees/${fee}/archive`, {}, { action: `/sales/fees/${fee}/archive` })).status, 303);
  assert.equal((await manager.get(`/sales/fees/${fee}`)).status, 404);
  assert.ok(!(await anna.get('/sales/sell/1')).text.includes('公摊'));
  assert.equal(maria.one("SELECT COUNT(*) FROM audit WHERE action LIKE 'fee.%'"), '5');
});
