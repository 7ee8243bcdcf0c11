// Excel and CSV of a list: all rows of the filter, real numbers, text that never becomes a formula,
// and nothing left behind when it fails.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { startMaria, startWeb, until, writeConf } from '../harness/harness.mjs';
import { unlimit } from './fastcgi.mjs';
import { csvRows, sheetRows, unzip } from './zip.mjs';

const maria = await startMaria();
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const spool = path.join(conf.dir, 'exports');

const NAMES = ['京东西北', '=1+1', '+86 138', '-2', '@SUM(A1)', '\t=1', '＝1', "=cmd|'/c calc'!A1", '=HYPERLINK("http://x")', 'a,b;"c"', '<b>&amp;</b>',
  'two\r\nlines', '🔌 shop', "O'Neill"];
const GUARDED = (name) => (/^[=+\-@\t\r\n＝＋－＠]/.test(name) ? `'${name}` : name);
const text = (value) => `CONVERT(0x${Buffer.from(value).toString('hex')} USING utf8mb4)`;

maria.sql(`INSERT INTO place (place_id, parent_id, kind, name) VALUES (1, NULL, 'site', 'Site'), (2, 1, 'building', 'B'), (3, 2, 'floor', 'F');
  INSERT INTO gateway (gateway_id, name) VALUES (1, '=gateway');
  INSERT INTO bus (bus_id, gateway_id, name, transport, host, port) VALUES (1, 1, 'bus', 'tcp', '127.0.0.1', 502);`);
NAMES.forEach((name, i) => maria.sql(`INSERT INTO place (place_id, parent_id, kind, name) VALUES (${10 + i}, 3, 'room', ${text(`${i} ${name}`)});
  INSERT INTO meter (meter_id, number, meter_model_id, bus_id, unit, place_id) SELECT ${1 + i}, '${String(100 + i)}', meter_model_id, 1, ${1 + i}, ${10 + i} FROM meter_model WHERE code = 'adf300';
  INSERT INTO account (account_id, number, name, opened_at) VALUES (${1 + i}, 'A${i}', ${text(name)}, '2026-01-01');
  INSERT INTO account_meter (meter_id, began_at, account_id) VALUES (${1 + i}, '2026-01-01', ${1 + i});`));

const admin = await web.signedIn('admin');
const download = async (client, target, headers) => {
  const answer = await client.get(target, headers);
  assert.equal(answer.status, 200, `${target}: ${answer.status}`);
  return answer;
};
const leftovers = () => fs.readdirSync(spool);

test('the workbook holds every meter, text as text, numbers as numbers', async () => {
  const answer = await download(admin, '/accounts/meters?format=xlsx');
  assert.equal(answer.headers.get('content-type'), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
  assert.match(answer.headers.get('content-disposition'), /^attachment; filename="export\.xlsx"; filename\*=UTF-8''[A-Za-z0-9%._-]+\.xlsx$/);
  const files = unzip(answer.bytes);
  const xml = files['xl/worksheets/sheet1.xml'].toString();
  const rows = sheetRows(xml);
  assert.equal(rows.length, NAMES.length + 1);
  const cells = new Set(rows.flat());
  for (const name of NAMES) assert.ok(cells.has(GUARDED(name)), `${JSON.stringify(name)} in ${JSON.stringify([...cells]).slice(0, 500)}`);
  assert.ok(cells.has("'=gateway"));
  assert.ok(rows.slice(1).every((row) => row.some((cell) => typeof cell === 'number')));
  assert.match(xml, /<pane ySplit="1"[^>]*state="frozen"/);
  assert.match(xml, /<autoFilter ref="A1:[A-Z]+15"/);
  assert.match(xml, /<col min="1" max="1" width="/);
});

test('the second sheet says what, by whom, when and from which version', async () => {
  const answer = await download(admin, '/accounts/meters?format=xlsx&q=%3Dxyz', { 'accept-language': 'en' });
  const files = unzip(answer.bytes);
  const about = Object.fromEntries(sheetRows(files['xl/worksheets/sheet2.xml'].toString()).map((row) => [row[0], row[1]]));
  assert.equal(about.Filter, '"=xyz"');
  assert.equal(about.Rows, '0');
  assert.ok(about.Operator.includes(admin.username));
  assert.match(about['Exported at'], /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d Asia\/Shanghai$/);
  assert.ok(about['Program version']);
  assert.equal(sheetRows(files['xl/worksheets/sheet1.xml'].toString()).length, 1);
});

test('CSV has a mark for Excel, quotes what needs it and guards text', async () => {
  const answer = await download(admin, '/accounts/meters?format=csv');
  assert.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8');
  assert.deepEqual([...answer.bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const rows = csvRows(answer.bytes.subarray(3).toString('utf8'));
  assert.equal(rows.length, NAMES.length + 1);
  assert.equal(new Set(rows.map((row) => row.length)).size, 1);
  const cells = new Set(rows.flat());
  for (const name of NAMES) assert.ok(cells.has(GUARDED(name)), JSON.stringify(name));
});

test('heads are in the reader\'s language, and the file is named in it', async () => {
  const heads = {};
  for (const language of ['zh-CN', 'en']) {
    const answer = await download(admin, '/accounts/meters?format=csv', { 'accept-language': language });
    heads[language] = csvRows(answer.bytes.subarray(3).toString('utf8'))[0];
    const name = decodeURIComponent(/filename\*=UTF-8''(\S+)/.exec(answer.headers.get('content-disposition'))[1]);
    assert.match(name, /_Voltill_\d{4}-\d\d-\d\d\.csv$/);
    assert.equal(/[\u4e00-\u9fff]/.test(name), language === 'zh-CN');
  }
  assert.ok(heads['zh-CN'].every((head) => head !== '') && heads.en.every((head) => head !== ''));
  assert.equal(heads['zh-CN'].length, heads.en.length);
  assert.ok(!heads.en.some((head) => /[\u4e00-\u9fff]/.test(head)));
});

test('the filter of the page is the filter of the export', async () => {
  const rows = csvRows((await download(admin, '/accounts/meters?format=csv&q=102')).bytes.subarray(3).toString('utf8'));
  assert.equal(rows.length, 2);
  assert.ok(rows[1].includes('102'));
});

test('who may not export is refused and sees no button', async () => {
  const cashier = await web.signedIn('cashier');
  const page = await cashier.get('/accounts/meters');
  assert.equal(page.status, 200);
  assert.ok(!page.text.includes('format=xlsx'));
  assert.ok((await admin.get('/accounts/meters')).text.includes('format=xlsx'));
  for (const format of ['xlsx', 'csv']) assert.equal((await cashier.get(`/accounts/meters?format=${format}`)).status, 403);
});

test('the file carries the headers of every answer and has no other door', async () => {
  const answer = await download(admin, '/accounts/meters?format=csv');
  for (const [name, value] of [['x-content-type-options', /nosniff/], ['cache-control', /no-store/], ['content-security-policy', /default-src 'none'/],
    ['referrer-policy', /same-origin/], ['cross-origin-opener-policy', /same-origin/]]) {
    assert.match(answer.headers.get(name) ?? '', value, name);
  }
  assert.equal(answer.headers.get('x-accel-redirect'), null);
  const [file] = leftovers();
  assert.equal((await admin.get(`/_spool/${file}`)).status, 404);
});

test('files older than an hour are swept by a later export', async () => {
  const old = path.join(spool, 'export-old.csv'), other = path.join(spool, 'other.txt');
  for (const file of [old, other]) {
    fs.writeFileSync(file, 'x');
    fs.utimesSync(file, Date.now() / 1000 - 7200, Date.now() / 1000 - 7200);
  }
  web.programs.accounts.signal_('SIGHUP'); // fresh workers have not swept yet
  for (let i = 0; i < 60 && fs.existsSync(old); i++) await download(admin, '/accounts/meters?format=csv');
  assert.ok(!fs.existsSync(old));
  assert.ok(fs.existsSync(other));
  fs.rmSync(other);
});

test('a folder that cannot be written gives an error page and leaves nothing', async () => {
  const away = `${spool}.away`;
  fs.renameSync(spool, away);
  try {
    for (const format of ['xlsx', 'csv']) {
      const answer = await admin.get(`/accounts/meters?format=${format}`);
      assert.equal(answer.status, 500, format);
      assert.match(answer.text, /<html/);
      assert.equal(answer.headers.get('content-disposition'), null);
    }
  } finally {
    fs.renameSync(away, spool);
  }
  await download(admin, '/accounts/meters?format=xlsx');
});

test('a full disk gives an error page and leaves nothing', async (t) => {
  for (const file of leftovers()) fs.rmSync(path.join(spool, file));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12k', 'tmpfs', spool], { stdio: 'pipe' });
  } catch {
    return t.skip('needs the right to mount');
  }
  try {
    for (const format of ['xlsx', 'csv']) {
      const fill = path.join(spool, 'fill');
      // The worker of the round before may still hold space.
      await until('the disk to take the filling', () => {
        fs.writeFileSync(fill, Buffer.alloc(format === 'csv' ? 12288 : 4096));
        return true;
      }, 3);
      const answer = await admin.get(`/accounts/meters?format=${format}`);
      assert.equal(answer.status, 500, format);
      assert.deepEqual(leftovers(), ['fill']);
      fs.rmSync(fill);
    }
    // Not even an open file that nobody sees: the folder can be taken away.
    await until('the folder to be free', () => {
      execFileSync('umount', [spool], { stdio: 'pipe' });
      return true;
    }, 3);
  } finally {
    if (fs.existsSync(path.join(spool, 'fill'))) execFileSync('umount', ['-l', spool]);
  }
  await download(admin, '/accounts/meters?format=xlsx');
});

test('five thousand rows come whole', async () => {
  maria.sql(`INSERT INTO meter (number, meter_model_id, bus_id, unit) SELECT CONCAT('9', seq), meter_model_id, 1, seq + 100 FROM seq_1_to_5000 JOIN meter_model WHERE code = 'adf300'`);
  const rows = sheetRows(unzip((await download(admin, '/accounts/meters?format=xlsx')).bytes)['xl/worksheets/sheet1.xml'].toString());
  assert.equal(rows.length, NAMES.length + 5001);
  const lines = csvRows((await download(admin, '/accounts/meters?format=csv')).bytes.subarray(3).toString('utf8'));
  assert.equal(lines.length, NAMES.length + 5001);
});

test('no program complained of itself', () => {
  for (const program of Object.values(web.programs)) assert.ok(!/Sanitizer|runtime error|Assertion/.test(program.log()), program.log());
});
