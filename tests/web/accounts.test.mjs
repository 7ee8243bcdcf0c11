// The pages of the accounts program as a plain HTTP client sees them: what is shown is what is stored,
// every filter finds in the page, the export and SQL the same, and no name becomes markup.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import zlib from 'node:zlib';
import http from 'node:http';
import { ROOT, startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { building, chips, HOSTILE, main, table, tiles, unescape } from './building.mjs';
import { unlimit } from './fastcgi.mjs';
import { csvRows, sheetRows, unzip } from './zip.mjs';

const NAMES = ['lost', 'tripped', 'arrears', 'alarm2', 'alarm1', 'protected', 'unopened', 'open'];
const maria = await startMaria();
building(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const client = await web.signedIn('admin');
const cashier = await web.signedIn('cashier');

const PAGES = ['/accounts/overview', '/accounts/board', '/accounts/meters', '/accounts/meters?c=periods&c=electric&c=credit&c=link', '/accounts/meters/1',
  '/accounts/meters/1?view=week', '/accounts/meters/103?view=month', '/accounts/meters/1?view=year', '/accounts/meters/1?tab=readings',
  '/accounts/meters/63?tab=link', '/accounts/gateways', '/accounts/gateways/1', '/accounts/gateways/1?bus=2', '/accounts/gateways/4'];

// Words of these pages that must not stand on an English one.
const CHINESE = fs.readFileSync(path.join(ROOT, 'templates/lang/zh-CN.hdf'), 'utf8').split(/^  Accounts \{/m)[1].split('\n')
  .map((line) => /= ([^{]*[\u4e00-\u9fff]{3,}[^{]*)$/.exec(line)?.[1].trim()).filter(Boolean);

const count = (where) => Number(maria.one(`SELECT COUNT(*) FROM v_meter_now n WHERE n.removed_at IS NULL AND (${where})`));
// Half-up, without a binary fraction in between.
const kwh = (wh) => (Math.floor((Number(wh) + 5) / 10) / 100).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
const total = (text) => Number(/(?:of|共) (\d+)(?: 条)?</.exec(text)?.[1] ?? 0);

function xlsx(answer) {
  const files = unzip(answer.bytes);
  return sheetRows(files['xl/worksheets/sheet1.xml'].toString());
}

test('the start and the folder lead to the overview', async () => {
  for (const address of ['/', '/accounts', '/accounts/']) assert.match((await client.get(address)).location, /^\/accounts(\/overview)?$/);
  assert.equal((await client.get('/accounts')).location, '/accounts/overview');
});

test('every page answers, in both languages, with a title and one heading', async () => {
  for (const language of ['zh-CN', 'en']) {
    const reader = await web.signedIn('manager');
    maria.sql(`UPDATE operator SET language='${language}' WHERE username='${reader.username}'`);
    for (const path of PAGES) {
      const page = await reader.get(path);
      assert.equal(page.status, 200, path);
      assert.equal([...page.text.matchAll(/<h1[ >]/g)].length, 1, path);
      assert.match(page.text, new RegExp(`<html lang="${language}"`), path);
      assert.match(page.text, /<title>[^·<]+/, path);
      assert.doesNotMatch(main(page.text), /<\?cs|\bT\.[A-Z]/, path);
      if (language === 'en') for (const word of CHINESE) assert.ok(!page.text.includes(word), `${path}: ${word}`);
    }
  }
});

test('W-26 an id that is none, or names nothing, is a page that does not exist', async () => {
  for (const id of ['0', '99999', '-1', '2147483648', '9223372036854775807', '9223372036854775808', '1%20', '01', '1e0', '0x1', 'x', '9'.repeat(400)]) {
    for (const kind of ['meters', 'gateways']) {
      const page = await client.get(`/accounts/${kind}/${id}`);
      assert.equal(page.status, 404, `${kind}/${id}`);
      assert.match(page.text, /<html/);
    }
  }
  assert.equal((await client.post('/accounts/board', { fields: { a: 1 } })).status, 405);
});

test('rights: gateways need bus.view, files need export, a stranger is asked to sign in', async () => {
  assert.equal((await cashier.get('/accounts/board')).status, 200);
  assert.equal((await cashier.get('/accounts/gateways')).status, 403);
  assert.equal((await cashier.get('/accounts/gateways/1')).status, 403);
  for (const path of ['/accounts/meters?format=xlsx', '/accounts/meters/1?format=csv', '/accounts/meters/1?tab=readings&format=csv']) {
    assert.equal((await cashier.get(path)).status, 403, path);
  }
  const page = await cashier.get('/accounts/meters/1');
  assert.doesNotMatch(page.text, /format=xlsx|\/accounts\/gateways/);
  assert.doesNotMatch((await cashier.get('/accounts/board')).text, /value="xlsx"/);
  const stranger = web.client();
  for (const path of PAGES) assert.match((await stranger.get(path)).location, /^\/login\?next=/, path);
});

test('chips, tree and tiles count what SQL counts', async () => {
  const page = await client.get('/accounts/board');
  const shown = chips(page.text);
  assert.equal(shown.all.count, count('1'));
  NAMES.forEach((name, status) => assert.equal(shown[name].count, count(`n.status = ${status}`), name));
  assert.equal(tiles(page.text).length, count('1'));
  const tree = [...page.text.matchAll(/<li class="place-(\d)"><a href="([^"]*)"[^>]*><span>(?:<svg[\s\S]*?<\/svg> )?([^<]*)<\/span><b>(\d+)<\/b>/g)]
    .map((match) => ({ level: match[1], href: unescape(match[2]), name: match[3], count: Number(match[4]) }));
  assert.equal(tree.length, 9);
  for (const place of tree) {
    const inside = await client.get(place.href);
    assert.equal(tiles(inside.text).length, place.count, place.name);
  }
});

test('a chip adds its state, a second one too, and pressing again takes it away', async () => {
  let page = await client.get('/accounts/board?b=2');
  page = await client.get(chips(page.text).arrears.href);
  page = await client.get(chips(page.text).lost.href);
  const shown = tiles(page.text);
  assert.deepEqual([...new Set(shown.map((tile) => tile.status))].sort(), ['arrears', 'lost']);
  assert.equal(shown.length, count('n.status IN (0, 2) AND n.building_id = 2'));
  assert.ok(chips(page.text).lost.current);
  assert.match(chips(page.text).lost.href, /^\/accounts\/board\?b=2&st=arrears$/);
  assert.equal((await client.get('/accounts/board?st=nonsense')).status, 200);
  assert.equal(tiles((await client.get('/accounts/board?st=nonsense')).text).length, count('1'));
});

test('a lost meter keeps the state it was last known in', async () => {
  const tile = tiles((await client.get('/accounts/board?st=lost')).text).find((t) => t.id === 63);
  assert.equal(tile.status, 'lost');
  assert.ok(['正常', 'OK'].includes(tile.before));
});

test('search finds names, rooms, numbers, initials and phone tails, and takes % and _ as they are', async () => {
  const cases = [['京东', 'n.tenant LIKE \'%京东%\''], ['JDXB', "n.tenant_initials LIKE 'jdxb%'"], ['jd', "n.tenant_initials LIKE '%jd%'"],
    ['305', "CONCAT_WS(' ', n.room, n.number, n.tenant) LIKE '%305%'"], ['３０５', "CONCAT_WS(' ', n.room, n.number, n.tenant) LIKE '%305%'"],
    ['000000000041', 'n.meter_id = 41'], ['13800000077', 'n.meter_id = 77'], ['0077', "n.number LIKE '%0077%' OR n.phone LIKE '%0077'"],
    ['%', "n.tenant LIKE '%\\%%'"], ['_', "n.tenant LIKE '%\\_%'"], ['\\', "n.tenant LIKE '%\\\\\\\\%'"],
    ['3层总表', 'n.meter_id = 303'], ["' OR 1=1-- ", '0'], ['1;DROP', '0'], ['zzzz', '0'], ['  京东 ', "n.tenant LIKE '%京东%'"]];
  for (const [typed, where] of cases) {
    const q = encodeURIComponent(typed);
    const board = tiles((await client.get(`/accounts/board?q=${q}`)).text).length;
    const list = await client.get(`/accounts/meters?q=${q}`);
    assert.equal(board, count(where), `board ${typed}`);
    assert.equal(total(list.text), count(where), `list ${typed}`);
  }
  const empty = await client.get('/accounts/board?q=zzzz');
  assert.match(main(empty.text), /没有符合|No meter matches/);
  assert.match(main(empty.text), /href="\/accounts\/board"/);
});

test('orders of the board', async () => {
  const ids = async (sort) => tiles((await client.get(`/accounts/board?sort=${sort}`)).text).map((tile) => tile.id);
  const credit = new Map(maria.sql('SELECT meter_id, credit_fen FROM meter_state').map((r) => [Number(r.meter_id), r.credit_fen === null ? Infinity : Number(r.credit_fen)]));
  const today = new Map(maria.sql('SELECT meter_id, used_wh FROM energy_day WHERE day=DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)').map((r) => [Number(r.meter_id), Number(r.used_wh)]));
  const byCredit = (await ids('credit')).map((id) => credit.get(id));
  assert.deepEqual(byCredit, [...byCredit].sort((a, b) => a - b));
  const byToday = (await ids('today')).map((id) => today.get(id));
  assert.deepEqual(byToday, [...byToday].sort((a, b) => b - a));
  assert.deepEqual(await ids('nonsense'), await ids('place'));
  const days = await ids('days');
  assert.ok(credit.get(days[0]) <= 0, 'who has nothing left comes first');
});

test('the list: pages, sizes and orders stay within bounds', async () => {
  const all = count('1');
  for (const query of ['p=-1', 'p=999999', 'n=1000000000', 'n=0', 'n=x', 'sort=id%20desc,(select%201)', 'sort=%27', 'p=1e3', 'b=abc', 'f=-1', 'b=99999999999999', 'c=nonsense']) {
    const page = await client.get(`/accounts/meters?${query}`);
    assert.equal(page.status, 200, query);
    assert.ok(table(page.text).length > 0, query);
    assert.ok(table(page.text).length <= 200, query);
  }
  assert.equal(table((await client.get('/accounts/meters?n=200')).text).length, 200);
  assert.equal(table((await client.get(`/accounts/meters?n=200&p=2`)).text).length, all - 200);
  for (const [sort, column] of [['credit', 'n.credit_fen'], ['power', 'n.power_w'], ['energy', 'n.energy_wh'], ['number', 'n.number'], ['read', 'n.read_at'], ['state', 'n.status']]) {
    for (const sign of ['', '-']) {
      const rows = table((await client.get(`/accounts/meters?sort=${sign}${sort}&n=10`)).text).map((row) => row[3]);
      const want = maria.sql(`SELECT n.number, ${column} v FROM v_meter_now n ORDER BY ${column} IS NULL, ${column} ${sign ? 'DESC' : ''}`);
      const value = new Map(want.map((row) => [row.number, row.v]));
      assert.deepEqual(rows.map((number) => value.get(number)), want.slice(0, 10).map((row) => row.v), sign + sort);
    }
  }
});

test('W-81 page, Excel, CSV and SQL have the same rows and sums', async () => {
  for (const [query, where] of [['', '1'], ['st=alarm1&st=alarm2', 'n.status IN (3,4)'], ['b=3', 'n.building_id=3'], ['f=12&q=2', "n.floor_id=12 AND CONCAT_WS(' ',n.room,n.name,n.tenant,n.number) LIKE '%2%'"], ['meter=3&meter=17&meter=303', 'n.meter_id IN (3,17,303)'], ['q=zzzz', '0'], ['meter=x', '0']]) {
    const sql = maria.sql(`SELECT COUNT(*) c, COALESCE(SUM(n.credit_fen),0) credit, COALESCE(SUM(n.energy_wh),0) wh, COALESCE(SUM(n.power_w),0) w FROM v_meter_now n WHERE ${where}`)[0];
    const page = await client.get(`/accounts/meters?${query}`);
    const sheet = xlsx(await client.get(`/accounts/meters?${query}&format=xlsx`)), head = sheet.shift();
    const csv = csvRows((await client.get(`/accounts/meters?${query}&format=csv`)).text), csvHead = csv.shift();
    assert.equal(head.length, 37);
    assert.equal(sheet.length, Number(sql.c), query);
    assert.equal(csv.length, Number(sql.c), query);
    const column = (name) => head.findIndex((title) => title.startsWith(name));
    for (const [name, sum, scale] of [['余额', sql.credit, 100], ['电能示数', sql.wh, 1000], ['功率 ', sql.w, 1000]]) {
      const at = column(name);
      assert.ok(at > 0, name);
      assert.equal(csvHead[at].replace('\ufeff', ''), head[at]);
      assert.equal(Math.round(sheet.reduce((s, row) => s + (row[at] ?? 0) * scale, 0)), Number(sum), `${query} ${name} xlsx`);
    }
    if (Number(sql.c)) {
      assert.equal(total(page.text), Number(sql.c));
      assert.match(/<tfoot>[\s\S]*<\/tfoot>/.exec(page.text)[0], new RegExp(`>${kwh(sql.wh).replace('.', '\\.')}<`), query);
      assert.deepEqual(sheet.slice(0, 10).map((row) => row[8]), table(page.text).slice(0, 10).map((row) => row[3]), query);
    }
  }
});

test('W-80 names never become formulas, W-74 nor headers', async () => {
  const answer = await client.get('/accounts/meters?format=csv');
  const names = new Map(csvRows(answer.text).slice(1).map((row) => [row[8], row[5]]));
  HOSTILE.forEach((name, i) => {
    const got = names.get(String(i + 1).padStart(12, '0'));
    if (/^[=+\-@]/.test(name)) assert.equal(got, `'${name}`);
    else assert.equal(got, name);
  });
  assert.match(answer.headers.get('content-disposition'), /^attachment; filename[^\r\n]*\*=UTF-8''[\w%.-]+$/);
  assert.equal(answer.headers.get('set-cookie'), null);
});

test('W-40…46 hostile names stay text on every page', async () => {
  const plain = new Set([...main((await client.get('/accounts/board?q=小面馆')).text).matchAll(/<([a-z0-9]+)[ >]/g)].map((m) => m[1]));
  for (const path of ['/accounts/board', '/accounts/meters?n=200', '/accounts/gateways', '/accounts/gateways/1', '/accounts/overview']) {
    const html = main((await client.get(path)).text);
    assert.doesNotMatch(html, /<script>|<img|<svg\/onload|<textarea|<title|<i>总表|onerror=alert\(1\)>|href="javascript/i, path);
  }
  for (let id = 1; id <= HOSTILE.length; id++) {
    const page = await client.get(`/accounts/meters/${id}`);
    const escaped = HOSTILE[id - 1].replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;').replaceAll("'", '&#39;');
    assert.ok(unescape(page.text.replaceAll('&#34;', '"').replaceAll('&quot;', '"')).includes(HOSTILE[id - 1].replace(/\u2028/g, '\u2028')), `${id} is shown`);
    assert.equal([...page.text.matchAll(/<script\b/g)].length, 4, `${id}: only our scripts`);
    if (/[<>]/.test(HOSTILE[id - 1])) assert.ok(!page.text.includes(HOSTILE[id - 1]), `${id} ${escaped}`);
  }
  for (const typed of HOSTILE) {
    for (const name of ['q', 'st', 'b', 'sort', 'view', 'c', 'meter', 'd', 'tab', 'bus', 'format']) {
      for (const path of ['/accounts/board', '/accounts/meters', '/accounts/meters/30', '/accounts/gateways/1']) {
        const page = await client.get(`${path}?${name}=${encodeURIComponent(typed)}`);
        assert.ok([200, 303, 422].includes(page.status), `${path} ${name} ${typed}: ${page.status}`);
        if (/[<>]/.test(typed) && !HOSTILE.slice(0, 30).includes(typed)) assert.ok(!page.text.includes(typed), `${path} ${name}`);
        assert.doesNotMatch(main(page.text || '<main></main>'), /<script>alert|<img src=x|<svg\/onload/, `${path} ${name}`);
      }
    }
  }
  assert.ok(plain.size > 5);
});

test('W-52 days that are none are refused with a message, the page shows today', async () => {
  for (const d of ['2026-02-30', '2026-13-01', '26-1-1', '2026-1-1', '0000-00-00', 'x', '2026-11-23T00:00', '99999-01-01', "2026-11-23'"]) {
    for (const tab of ['usage', 'readings']) {
      const page = await client.get(`/accounts/meters/3?tab=${tab}&d=${encodeURIComponent(d)}`);
      assert.equal(page.status, 422, d);
      assert.match(page.text, /id="errors"/);
      assert.equal((await client.get(`/accounts/meters/3?tab=${tab}&d=${encodeURIComponent(d)}&format=csv`)).status, 422, d);
    }
  }
  for (const d of ['2024-02-29', '1999-12-31', '2100-01-01', '2199-12-31']) {
    for (const view of ['day', 'week', 'month', 'year']) {
      const page = await client.get(`/accounts/meters/3?view=${view}&d=${d}`);
      assert.equal(page.status, 200, d);
      assert.match(main(page.text), /这段时间没有读数|no readings in this period/);
    }
  }
});

test('use of a month and a year is the roll-up, with what is missing named', async () => {
  const id = 103, today = maria.one('SELECT DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)');
  for (const [day] of [[maria.one(`SELECT DATE('${today}') - INTERVAL 9 DAY`)]]) {
    const month = day.slice(0, 7);
    const page = await client.get(`/accounts/meters/${id}?view=month&d=${day}`);
    const days = maria.sql(`SELECT DAY(day) d, used_wh, readings, day FROM energy_day WHERE meter_id=${id} AND day LIKE '${month}%' ORDER BY day`);
    const shown = table(page.text.slice(page.text.indexOf('id="use"'))).map((row) => [Number(row[0].slice(3, 5)), row[1]]);
    const byDay = new Map(days.map((row) => [Number(row.d), kwh(row.used_wh)]));
    for (const [d, text] of shown) {
      if (byDay.has(d)) assert.equal(text, byDay.get(d), `day ${d}`);
      else assert.match(text, /无数据|no data|—/, `day ${d}`);
    }
    assert.equal(shown.find(([d]) => d === Number(day.slice(8)))[1].match(/无数据|no data/) !== null, true, 'the missing day is a gap');
    assert.match(main(page.text), /缺少读数|Missing readings/);
    const sum = days.reduce((s, row) => s + Number(row.used_wh), 0);
    assert.ok(main(page.text).includes(`<div class="stat-value">${kwh(sum)} `), 'total');
    const sheet = xlsx(await client.get(`/accounts/meters/${id}?view=month&d=${day}&format=xlsx`));
    assert.equal(Math.round(sheet.slice(1).reduce((s, row) => s + row[1] * 1000, 0)), sum);
    assert.equal(sheet.length - 1, days.length);
  }
  const year = await client.get(`/accounts/meters/${id}?view=year`);
  const months = maria.sql(`SELECT LEFT(day,7) m, SUM(used_wh) wh FROM energy_day WHERE meter_id=${id} AND YEAR(day)=YEAR('${today}') GROUP BY m ORDER BY m`);
  const shown = new Map(table(year.text.slice(year.text.indexOf('id="use"'))).map((row) => [row[0], row[1]]));
  for (const row of months) assert.equal(shown.get(row.m), kwh(row.wh));
});

test('half hours of a day are differences of the registers; doubtful ones are marked', async () => {
  const id = 17, day = maria.one('SELECT DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR) - INTERVAL 3 DAY');
  const rows = maria.sql(`SELECT energy_wh FROM reading WHERE meter_id=${id} AND taken_at BETWEEN TIMESTAMP('${day}') - INTERVAL 8 HOUR AND TIMESTAMP('${day}') + INTERVAL 16 HOUR ORDER BY taken_at`);
  assert.equal(rows.length, 49);
  const use = (page) => table(page.text.slice(page.text.indexOf('id="use"')));
  let page = await client.get(`/accounts/meters/${id}?d=${day}`);
  assert.equal(use(page).length, 48);
  use(page).forEach((row, i) => assert.equal(row[1], kwh(rows[i + 1].energy_wh - rows[i].energy_wh), row[0]));
  const registers = table((await client.get(`/accounts/meters/${id}?tab=readings&d=${day}`)).text.replace(/[\s\S]*id="tab"/, ''));
  assert.deepEqual(registers.map((row) => row[1]), rows.map((row) => kwh(row.energy_wh)));

  maria.sql(`UPDATE reading SET quality=4, energy_wh=energy_wh+90000000 WHERE meter_id=${id} AND taken_at=TIMESTAMP('${day}') + INTERVAL 2 HOUR;
    DELETE FROM reading WHERE meter_id=${id} AND taken_at BETWEEN TIMESTAMP('${day}') + INTERVAL 5 HOUR AND TIMESTAMP('${day}') + INTERVAL 6 HOUR`);
  page = await client.get(`/accounts/meters/${id}?d=${day}`);
  const shown = new Map(use(page).map((row) => [row[0], row]));
  assert.match(shown.get('09:30').at(-1), /突变|jumped/);
  assert.match(shown.get('13:00')[1], /无数据|no data/);
  assert.match(main(page.text), new RegExp(`${day} 12:30 – ${day} 14:30`));
  assert.doesNotMatch(page.text, /data-value="9\d{4}/);
  const sheet = xlsx(await client.get(`/accounts/meters/${id}?d=${day}&format=xlsx`)).slice(1);
  assert.equal(Math.round(sheet.reduce((sum, row) => sum + row[2] * 1000, 0)), rows[48].energy_wh - rows[0].energy_wh, 'nothing is lost');
  assert.equal(csvRows((await client.get(`/accounts/meters/${id}?d=${day}&format=csv`)).text).length, sheet.length + 1);
});

test('the meter page shows the registers, and why the switch is as it is', async () => {
  const cases = [[58, /欠费|credit is used up/], [40, /保电|held on/], [7, /正常供电|no control wants it off/]];
  for (const [id, why] of cases) {
    const page = await client.get(`/accounts/meters/${id}`);
    assert.match(/<p class="why[^>]*>([^<]*)/.exec(page.text)[1], why, String(id));
  }
  const state = maria.sql('SELECT * FROM meter_state WHERE meter_id=1')[0], html = main((await client.get('/accounts/meters/1')).text);
  for (const value of [`${state.voltage_a_dv / 10}`, `${(state.current_b_ma / 1000).toFixed(3)}`, `${(state.power_w / 1000).toFixed(3)}`, kwh(state.energy_wh), kwh(state.sharp_wh), (state.credit_fen / 100).toFixed(2), '0 / 5', '3.000', '0.950']) {
    assert.ok(html.includes(value), value);
  }
  assert.match(main((await client.get('/accounts/meters/63')).text), /没有应答|does not answer/);
});

test('gateways: state, success and errors of every bus', async () => {
  const rows = table((await client.get('/accounts/gateways')).text);
  assert.equal(rows.length, 5);
  const sums = maria.sql('SELECT m.bus_id, SUM(asked) a, SUM(answered) g, SUM(timeouts) t, SUM(damaged) d FROM poll_hour JOIN meter m USING(meter_id) WHERE hour_at > UTC_TIMESTAMP() - INTERVAL 24 HOUR GROUP BY bus_id');
  for (const sum of sums) {
    const name = { 1: 'RS485-1', 2: 'RS485-2', 3: '总表' }[sum.bus_id], row = rows.find((cells) => cells[1].startsWith(name));
    assert.ok(row.includes(sum.t) && row.includes(sum.d), name);
    assert.ok(row.includes((Math.floor(sum.g * 1000 / sum.a) / 10).toFixed(1)), name);
  }
  const detail = await client.get('/accounts/gateways/1?bus=2');
  assert.equal([...detail.text.matchAll(/class="heat"/g)].length, 108);
  assert.equal([...detail.text.matchAll(/<i class="heat-/g)].length, 108 * 24 + 6);
  assert.equal(xlsx(await client.get('/accounts/gateways?format=xlsx')).length, 6);
});

test('overview: sums are those of SQL', async () => {
  const html = main((await client.get('/accounts/overview')).text);
  const today = maria.one("SELECT SUM(e.used_wh) FROM energy_day e JOIN meter m USING(meter_id) WHERE day=DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR) AND credit_mode<>'monitor'");
  const power = maria.one("SELECT SUM(n.power_w) FROM v_meter_now n WHERE n.credit_mode<>'monitor' AND n.status<>0");
  const credit = maria.one('SELECT SUM(n.credit_fen) FROM v_meter_now n WHERE n.account_id IS NOT NULL');
  assert.ok(html.includes(`>${kwh(today)} <`), 'today');
  assert.ok(html.includes(`>${(power / 1000).toFixed(3)} <`), 'power');
  assert.ok(html.includes(`¥${(credit / 100).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ',')}<`), 'credit');
  assert.match(html, />2 \/ 3</);
  NAMES.forEach((name, status) => assert.match(html, new RegExp(`status-${name}[^>]*href="/accounts/board\\?st=${name}"[\\s\\S]*?<b>${count(`n.status=${status}`)}</b>`), name));
  assert.equal(table(html.slice(html.indexOf('id="use"'))).length, 30);
});

test('a fragment is the part that changes and nothing else', async () => {
  for (const path of ['/accounts/overview', '/accounts/board', '/accounts/meters/1', '/accounts/gateways', '/accounts/gateways/1']) {
    const whole = await client.get(path), part = await client.get(path, { 'HX-Request': 'true' });
    assert.doesNotMatch(part.text, /<html|<h1|hx-get|<script/, path);
    assert.ok(part.text.length < whole.text.length, path);
    assert.match(part.headers.get('vary'), /HX-Request/i);
  }
});

test('first view of the board is at most 130 KB on the wire', async () => {
  const seen = new Map();
  const fetchSize = (path) => new Promise((resolve, reject) => http.get(new URL(path, web.url),
    { headers: { cookie: [...client.cookies].map((pair) => pair.join('=')).join('; '), 'accept-encoding': 'gzip' } }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part)).on('end', () => {
        const bytes = Buffer.concat(parts);
        seen.set(path, bytes.length);
        resolve(answer.headers['content-encoding'] === 'gzip' ? zlib.gunzipSync(bytes).toString() : bytes.toString());
      });
    }).on('error', reject));
  const html = await fetchSize('/accounts/board');
  const assets = new Set([...html.matchAll(/(?:src|href)="(\/static\/[^"#]*)/g)].map((match) => unescape(match[1])));
  for (const asset of assets) await fetchSize(asset);
  const sum = [...seen.values()].reduce((a, b) => a + b);
  assert.ok(sum <= 130 * 1024, `${sum} bytes: ${JSON.stringify([...seen])}`);
});

test('a system without a meter says what comes next', async (t) => {
  const bare = await startMaria({ t }), bareConf = await writeConf(bare, {}, { t }), bareWeb = await startWeb(bare, bareConf, { t });
  const reader = await bareWeb.signedIn('admin');
  for (const path of ['/accounts/overview', '/accounts/board', '/accounts/meters', '/accounts/gateways']) {
    const page = await reader.get(path);
    assert.equal(page.status, 200, path);
    assert.match(page.text, /class="empty"/, path);
  }
  assert.equal((await reader.get('/accounts/meters?format=xlsx')).status, 200);
});
