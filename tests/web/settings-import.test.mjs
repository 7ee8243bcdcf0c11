// Files: from the template through check, apply and undo, as a person (or a script) does it by pages.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import zlib from 'node:zlib';
import { ctl, startMaria, startWeb, until, writeConf } from '../harness/harness.mjs';
import { assertAccessible, assertFits, follow, openPage } from './browser.mjs';
import { main, table, unescape } from './building.mjs';
import { csvRows, sheetRows, unzip } from './zip.mjs';

const maria = await startMaria();
const conf = await writeConf(maria);
const web = await startWeb(maria, conf, { programs: ['login', 'settings'] });
const admin = await web.signedIn('admin');

/* ---- help ---- */

// A form with a file, as a browser sends it.
function multipart(fields, file, boundary = '----voltill7MA4YWxkTrZu0gW') {
  const parts = Object.entries(fields).map(([name, value]) => Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
  if (file) {
    parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file.name}"\r\nContent-Type: application/octet-stream\r\n\r\n`),
      Buffer.from(file.bytes), Buffer.from('\r\n'));
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return { body: Buffer.concat(parts), headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

const csrf = async (client) => /name="csrf" value="(\w+)"/.exec((await client.get('/settings/imports/new')).text)[1];

async function upload(client, kind, name, bytes) {
  const answer = await client.post('/settings/imports/new', multipart({ csrf: await csrf(client), kind }, { name, bytes }));
  return Object.assign(answer, { id: Number(/\/settings\/imports\/(\d+)/.exec(answer.location ?? '')?.[1]) });
}

const state = (id) => maria.one(`SELECT state FROM import WHERE import_id = ${id}`);
const counts = (id) => Object.values(maria.sql(`SELECT rows_new, rows_changed, rows_same, rows_wrong FROM import WHERE import_id = ${id}`)[0]).map(Number);
const settled = (id) => until(`import ${id}`, () => !/ing$/.test(state(id)));

// The columns as they were recognized, then the check.
async function check(client, id) {
  const shown = (await client.get(`/settings/imports/${id}`)).text;
  const fields = { csrf: /name="csrf" value="(\w+)"/.exec(shown)[1] };
  for (const select of shown.matchAll(/<select class="form-select" id="(c_\w+)"[\s\S]*?<\/select>/g)) fields[select[1]] = /value="(\d+)" selected/.exec(select[0])?.[1] ?? '';
  const answer = await client.post(`/settings/imports/${id}/columns`, { fields });
  assert.equal(answer.status, 303);
  await settled(id);
}

async function bring(kind, name, bytes, client = admin) {
  const { id, status } = await upload(client, kind, name, bytes);
  assert.equal(status, 303);
  await check(client, id);
  return id;
}

async function apply(id, client = admin) {
  const answer = await client.submit(`/settings/imports/${id}`, {}, { action: `/settings/imports/${id}/apply` });
  assert.equal(answer.status, 303);
  await settled(id);
}

async function undo(id, client = admin) {
  await client.submit(`/settings/imports/${id}/undo`, {});
  await settled(id);
}

// A workbook made by hand: no program of ours has a part in it.
function workbook(rows, { sheets = [{ name: 'Data' }], padding = 0 } = {}) {
  const letters = (n) => (n < 26 ? '' : String.fromCharCode(64 + Math.floor(n / 26))) + String.fromCharCode(65 + n % 26);
  const escape = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const sheet = rows.map((row, r) => `<row r="${r + 1}">${row.map((cell, c) => (typeof cell === 'number'
    ? `<c r="${letters(c)}${r + 1}"><v>${cell}</v></c>` : `<c r="${letters(c)}${r + 1}" t="inlineStr"><is><t>${escape(cell)}</t></is></c>`)).join('')}</row>`).join('');
  const files = { 'xl/workbook.xml': `<workbook xmlns:r="r"><sheets>${sheets.map((s, i) => `<sheet name="${s.name}" sheetId="${i + 1}" r:id="r${i + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${sheets.map((s, i) => `<Relationship Id="r${i + 1}" Type="x/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join('')}</Relationships>` };
  sheets.forEach((s, i) => { files[`xl/worksheets/sheet${i + 1}.xml`] = `<worksheet>${' '.repeat(padding)}<sheetData>${s.empty ? '' : sheet}</sheetData></worksheet>`; });
  return pack(files);
}

function pack(files) {
  const locals = [], centrals = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text), packed = zlib.deflateRawSync(content), head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(8, 8);
    head.writeUInt32LE(crc(content), 14);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(content.length, 22);
    head.writeUInt16LE(name.length, 26);
    locals.push(head, Buffer.from(name), packed);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    head.copy(central, 6, 4, 30);
    central.writeUInt32LE(at, 42);
    centrals.push(central, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(centrals), end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

// GB18030 of the characters these tests use, as a Chinese Excel writes them.
const GBK = { 表: 'b1ed', 号: 'bac5', 楼: 'c2a5', 栋: 'b6b0', 层: 'b2e3', 房: 'b7bf', 间: 'bce4', 园: 'd4b0', 区: 'c7f8', 东: 'b6ab', 备: 'b1b8', 注: 'd7a2' };
const gbk = (text) => Buffer.concat([...text].map((c) => (c.charCodeAt(0) < 128 ? Buffer.from(c) : Buffer.from(GBK[c], 'hex'))));

const METER_HEAD = '表号,型号,网关,总线,地址,回路,楼栋,楼层,房间';

/* ---- the way ---- */

test('a building comes from five files, and each template is understood by itself', async () => {
  for (const kind of ['places', 'gateways', 'buses', 'meters', 'accounts', 'tariffs']) {
    const file = await admin.get(`/settings/imports/template?kind=${kind}&with=example&format=xlsx`);
    assert.equal(file.status, 200);
    const parts = unzip(file.bytes);
    assert.ok(parts['xl/worksheets/sheet2.xml'].length > 500, 'a second sheet explains the columns');
    const id = await bring(kind, `${kind}.xlsx`, file.bytes);
    assert.equal(state(id), 'checked');
    assert.deepEqual(counts(id).slice(1), [0, 0, 0], kind);
    await apply(id);
    assert.equal(state(id), 'applied');
  }
  assert.equal(maria.one('SELECT COUNT(*) FROM place'), '5');
  assert.deepEqual(maria.sql('SELECT number, unit, box_position FROM meter ORDER BY unit'), [
    { number: '202303000367', unit: '73', box_position: '1' }, { number: '202303000370', unit: '74', box_position: '2' }]);
  assert.equal(maria.one('SELECT COUNT(*) FROM account_meter'), '2');
  // What is stored comes out and in again without a difference, in both languages and as CSV.
  for (const kind of ['places', 'gateways', 'buses', 'meters', 'accounts', 'tariffs']) {
    const format = kind === 'meters' || kind === 'places' ? 'xlsx' : 'csv';
    const file = await admin.get(`/settings/imports/template?kind=${kind}&with=data&format=${format}`, { 'accept-language': 'en' });
    const id = await bring(kind, `${kind}.${format}`, file.bytes);
    const [fresh, changed, same, wrong] = counts(id);
    assert.deepEqual([fresh, changed, wrong], [0, 0, 0], `${kind} ${format}`);
    assert.ok(same >= 1);
    assert.match(main((await admin.get(`/settings/imports/${id}`)).text), /没有需要导入的/);
  }
});

test('a template of either language is recognized column by column', async () => {
  for (const language of ['zh-CN', 'en']) {
    for (const kind of ['places', 'gateways', 'buses', 'meters', 'accounts', 'tariffs']) {
      const file = await admin.get(`/settings/imports/template?kind=${kind}&with=example&format=csv`, { 'accept-language': language });
      const { id } = await upload(admin, kind, `${kind}.csv`, file.bytes);
      const shown = (await admin.get(`/settings/imports/${id}`)).text;
      const selects = [...shown.matchAll(/<select class="form-select" id="c_(\w+)"[\s\S]*?<\/select>/g)];
      assert.ok(selects.length >= 6);
      assert.deepEqual(selects.map(([text], i) => [text.match(/value="(\d+)" selected/)?.[1], i + 1]).filter(([found, wanted]) => Number(found) !== wanted), [], `${kind} ${language}`);
    }
  }
});

test('the same, as a Chinese Excel saves it: GB18030, own words for the columns, numbers as text', async () => {
  const id = await bring('places', '东区.csv', gbk('园区,楼栋,楼层,房间\r\n东区,2号楼,1层,101\r\n东区,2号楼,1层,102\r\n'));
  assert.deepEqual(counts(id), [5, 0, 0, 0]);
  await apply(id);
  assert.equal(maria.one("SELECT COUNT(*) FROM place WHERE name = '102'"), '1');
  // What was new goes again, from the rooms to the site.
  await undo(id);
  assert.equal(state(id), 'undone');
  assert.equal(maria.one("SELECT COUNT(*) FROM place WHERE name IN ('东区', '2号楼', '101', '102', '1层')"), '0');
});

test('changes are shown old and new, applied, and undone to what was', async () => {
  const before = maria.sql('SELECT * FROM meter ORDER BY meter_id');
  const id = await bring('meters', 'm.csv', '表号,备注,报警金额1(元),地址\n202303000367,箱门钥匙在前台,50,\n202303000370,,,\n');
  assert.deepEqual(counts(id), [0, 1, 1, 0]);
  const page = unescape((await admin.get(`/settings/imports/${id}?tab=changed`)).text);
  assert.match(page, /<ins>50\.00<\/ins>/);
  await apply(id);
  assert.equal(maria.one("SELECT alarm1_fen FROM meter WHERE number = '202303000367'"), '5000');
  assert.match(maria.one("SELECT detail FROM audit WHERE action = 'import.apply' ORDER BY audit_id DESC LIMIT 1"), /changed: {2}-> 1/);
  await undo(id);
  const after = maria.sql('SELECT * FROM meter ORDER BY meter_id');
  for (const row of [...before, ...after]) delete row.revision;
  assert.deepEqual(after, before);
});

test('wrong lines name row, column, reason and what was meant', async () => {
  const lines = [METER_HEAD,
    '202303000381,adf300,GW-01 一至四层,总线1,75,3,1号楼,3 层,301',
    '2.10705E+11,adf3000,GW-1 一至四层,总线1,76,4,1号楼,3层,301',
    '202303000383,adf300,GW-01 一至四层,总线1,248,4,1号楼,3层,301',
    '202303000384,adf300,GW-01 一至四层,总线1,7O,4,1号楼,3层,301',
    '202303000384,adf300,GW-01 一至四层,总线1,73,1,1号楼,3层,301',
    '202303000385,adf300,GW-01 一至四层,总线1,77,5,1号楼,3层,302'];
  const id = await bring('meters', 'wrong.csv', lines.join('\n'));
  assert.deepEqual(counts(id), [1, 0, 0, 5]);
  const rows = table((await admin.get(`/settings/imports/${id}?tab=wrong`)).text);
  const line = (n) => rows.find((row) => row[0] === String(n))[3];
  assert.match(line(2), /楼层.*没有找到“3 层”，是不是“3层”/);
  assert.match(line(3), /表号.*2\.10705E\+11.*文本格式/);
  assert.match(line(3), /型号.*“adf3000”，是不是“adf300”/);
  assert.match(line(3), /是不是“GW-01 一至四层”/);
  assert.match(line(5), /通信地址.*“7O”不是整数/);
  assert.match(line(6), /与第 5 行重复/);
  // "All" is nothing while one line is wrong; the right ones go by themselves.
  const shown = await admin.get(`/settings/imports/${id}`);
  const token = /name="csrf" value="(\w+)"/.exec(shown.text)[1];
  await admin.post(`/settings/imports/${id}/apply`, { fields: { csrf: token, mode: 'all' } });
  assert.equal(state(id), 'checked');
  assert.equal(maria.one('SELECT COUNT(*) FROM meter'), '2');
  await apply(id);
  assert.equal(state(id), 'applied');
  assert.equal(maria.one('SELECT COUNT(*) FROM meter'), '3');
  // The failed lines come back as a file with the reason, put right and brought again.
  for (const format of ['csv', 'xlsx']) {
    const file = await admin.get(`/settings/imports/${id}?tab=wrong&format=${format}`);
    const back = format === 'csv' ? csvRows(file.text.slice(1)) : sheetRows(unzip(file.bytes)['xl/worksheets/sheet1.xml'].toString());
    assert.deepEqual(back[0].slice(0, 2), ['表号', '型号']);
    assert.equal(back.length, 6);
    assert.match(back[1][11], /楼层: 没有找到/);
  }
  await undo(id);
  assert.equal(maria.one('SELECT COUNT(*) FROM meter'), '2');
});

test('an undo stops at what was edited or used since, names it, and leaves the rest too', async () => {
  const id = await bring('meters', 'two.csv', `${METER_HEAD}\n209900000001,adf300,GW-01 一至四层,总线1,80,8,1号楼,3层,301\n209900000002,adf300,GW-01 一至四层,总线1,81,9,1号楼,3层,302\n`);
  await apply(id);
  const meter = maria.one("SELECT meter_id FROM meter WHERE number = '209900000001'");
  maria.sql(`INSERT INTO meter_state (meter_id, read_at, energy_wh) VALUES (${meter}, NOW(3), 0)`);
  await undo(id);
  assert.equal(state(id), 'applied');
  assert.equal(maria.one("SELECT COUNT(*) FROM meter WHERE number LIKE '2099%'"), '2');
  const page = await admin.get(`/settings/imports/${id}?tab=obstacle`);
  assert.deepEqual(table(page.text).map((row) => row[1]), ['209900000001']);
  assert.match(page.text, /有 1 行已不能还原/);
  maria.sql(`DELETE FROM meter_state WHERE meter_id = ${meter}`);
  maria.sql("UPDATE meter SET revision = revision + 1, note = 'x' WHERE number = '209900000002'");
  await undo(id);
  assert.match((await admin.get(`/settings/imports/${id}?tab=obstacle`)).text, /导入后又被修改过/);
  maria.sql("UPDATE meter SET revision = revision - 1 WHERE number = '209900000002'");
  await undo(id);
  assert.equal(state(id), 'undone');
  assert.equal(maria.one("SELECT COUNT(*) FROM meter WHERE number LIKE '2099%'"), '0');
});

test('what was shown is what is done: a change in between shows it again', async () => {
  const id = await bring('gateways', 'g.csv', 'name,note\nGW-02 配电室,new note\n');
  assert.deepEqual(counts(id), [0, 1, 0, 0]);
  maria.sql("UPDATE gateway SET note = 'by another', revision = revision + 1 WHERE name = 'GW-02 配电室'");
  await apply(id);
  assert.equal(state(id), 'checked');
  const page = unescape((await admin.get(`/settings/imports/${id}`)).text);
  assert.match(page, /预检之后数据有变化/);
  assert.match(page, /<del>by another<\/del>/);
  await apply(id);
  assert.equal(maria.one("SELECT note FROM gateway WHERE name = 'GW-02 配电室'"), 'new note');
});

test('pressed twice, by two at once: one import', async () => {
  const id = await bring('gateways', 'g.csv', 'name\nGW-77\n');
  const token = await csrf(admin), second = await web.signedIn('manager'), other = await csrf(second);
  const press = (client, csrfToken) => client.post(`/settings/imports/${id}/apply`, { fields: { csrf: csrfToken, mode: 'all' } });
  const answers = await Promise.all([press(admin, token), press(admin, token), press(second, other)]);
  assert.deepEqual(answers.map((answer) => answer.status), [303, 303, 303]);
  await settled(id);
  assert.equal(state(id), 'applied');
  assert.equal(maria.one("SELECT COUNT(*) FROM gateway WHERE name = 'GW-77'"), '1');
  assert.equal(maria.one(`SELECT COUNT(*) FROM audit WHERE action = 'import.apply' AND object_id = ${id}`), '1');
});

/* ---- what goes wrong ---- */

test('files that are none are refused with a reason at the field', async () => {
  const long = `a,b\n${'x'.repeat(20000)},1\n`;
  const cases = [['empty.csv', '', /文件是空的/], ['only.csv', 'name\n', /只有表头/], ['p.csv', Buffer.from('89504e470d0a1a0a0000000d49484452000000', 'hex'), /不是 CSV/],
    ['old.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /旧版 Excel/], ['open.csv', 'name\n"x\n', /第 2 行第 1 列的引号不成对/], ['nul.csv', 'name,note\na,b\0c\n', /第 2 行第 2 列含有控制字符/],
    ['long.csv', long, /内容过长/], ['x.xlsx', pack({ 'word/document.xml': '<w/>' }), /不是 CSV/], ['broken.xlsx', Buffer.from('PK\x03\x04 broken'), /已损坏/],
    ['bomb.xlsx', workbook([['name'], ['x']], { padding: 8 << 20 }), /解压后过大/],
    ['entity.xlsx', pack({ 'xl/workbook.xml': '<!DOCTYPE x [<!ENTITY a "b">]><workbook/>', 'xl/_rels/workbook.xml.rels': '<a/>' }), /不允许的内容/]];
  for (const [name, bytes, words] of cases) {
    const answer = await upload(admin, 'gateways', name, bytes);
    assert.equal(answer.status, 422, name);
    assert.match(unescape(/<form[^>]*multipart[\s\S]*?<\/form>/.exec(answer.text)[0]), words, name);
    assert.match(answer.text, /id="file"[^>]*aria-invalid="true"/, name);
  }
  assert.equal((await admin.post('/settings/imports/new', multipart({ csrf: await csrf(admin), kind: 'meters' }))).status, 422);
  const big = await admin.post('/settings/imports/new', multipart({ csrf: 'x', kind: 'meters' }, { name: 'b.csv', bytes: Buffer.alloc(17 << 20, 'a') }));
  assert.equal(big.status, 413);
  // A file that breaks off in its middle is found by the check; nothing of it is used.
  const id = await bring('gateways', 'late.csv', `name\n${Array.from({ length: 30 }, (_, i) => `late ${i}`).join('\n')}\n"open\n`);
  assert.equal(state(id), 'failed');
  assert.match((await admin.get(`/settings/imports/${id}`)).text, /第 32 行/);
});

test('multipart bodies that are malformed are answered at once (W-72)', async () => {
  const token = await csrf(admin), head = 'Content-Disposition: form-data; name="kind"';
  const type = (boundary) => ({ 'content-type': `multipart/form-data; boundary=${boundary}` });
  const field = (n) => `--b\r\nContent-Disposition: form-data; name="f${n}"\r\n\r\nx\r\n`;
  const cases = [[{ 'content-type': 'multipart/form-data' }, '--b\r\n'], [type(''), '--\r\n'], [type('b'.repeat(71)), 'x'], [type('b'), ''],
    [type('b'), `--b\r\n${head}\r\n\r\nx\r\n--b\r\n`], [type('b'), `--b\r\n${head}\r\n\r\nx`], [type('b'), '--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n'],
    [type('b'), `--b\r\n${'X-A: b\r\n'.repeat(1000)}${head}\r\n\r\nx\r\n--b--\r\n`], [type('b'), `${Array.from({ length: 60 }, (_, n) => field(n)).join('')}--b--\r\n`],
    [type('b'), `--b\r\n${head}\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\nx\r\n--b--\r\n`], [type('b'), `--b\r\n${head}\r\n\r\n${'x'.repeat(70000)}\r\n--b--\r\n`],
    [type('b'), '--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="b"; filename="b"\r\n\r\n2\r\n--b--\r\n'],
    [type('b'), `--b\r\n${head}\r\n\r\n\xff\r\n--b--\r\n`]];
  for (const [headers, body] of cases) {
    const answer = await admin.post('/settings/imports/new', { headers, body: Buffer.from(body, 'latin1') });
    assert.equal(answer.status, 400, JSON.stringify([headers, body.slice(0, 60)]));
  }
  // Elsewhere, without a session, without the token.
  assert.equal((await admin.post('/settings/imports/1/apply', multipart({ csrf: token }))).status, 400);
  assert.equal((await web.client().post('/settings/imports/new', multipart({ csrf: token }, { name: 'a', bytes: 'a' }))).status, 303);
  assert.equal((await admin.post('/settings/imports/new', multipart({ csrf: 'no', kind: 'meters' }, { name: 'a', bytes: 'a' }))).status, 403);
  assert.deepEqual(fs.readdirSync(`${conf.dir}/exports`).filter((name) => /^(upload|import)-/.test(name)), [], 'nothing of it stays');
});

test('columns: two fields of one, a missing key, another sheet', async () => {
  const { id } = await upload(admin, 'gateways', 'two.xlsx', workbook([['A', 'B'], ['GW-88', 'x']], { sheets: [{ name: 'Cover', empty: true }, { name: 'Data' }].reverse() }));
  const shown = (await admin.get(`/settings/imports/${id}`)).text;
  const token = /name="csrf" value="(\w+)"/.exec(shown)[1];
  const send = (fields) => admin.post(`/settings/imports/${id}/columns`, { fields: { csrf: token, ...fields } });
  const missing = await send({});
  assert.equal(missing.status, 422);
  assert.match(missing.text, /文件中必须有这一列/);
  assert.match((await send({ c_name: '1', c_note: '1' })).text, /这一列被选了两次/);
  assert.equal((await send({ c_name: '99' })).status, 422);
  const empty = await admin.post(`/settings/imports/${id}/sheet`, { fields: { csrf: token, sheet: '2' } });
  assert.match(empty.text, /文件是空的/);
  assert.equal((await send({ c_name: '1', c_note: '2' })).status, 303);
  await settled(id);
  assert.deepEqual(counts(id), [1, 0, 0, 0]);
});

test('who is limited to a building imports there only, and sees only his own', async () => {
  const building = maria.one("SELECT place_id FROM place WHERE kind = 'building'");
  maria.sql(`INSERT INTO place (parent_id, kind, name) SELECT place_id, 'building', '9号楼' FROM place WHERE kind = 'site' LIMIT 1`);
  const limited = await web.signedIn('installer');
  maria.sql(`INSERT INTO operator_scope SELECT operator_id, ${building} FROM operator WHERE username = '${limited.username}'`);
  const id = await bring('places', 'p.csv', 'site,building,floor,room\n云汇电商总部,1号楼,3层,399\n云汇电商总部,9号楼,1层,101\n西园,1号楼,,\n', limited);
  assert.deepEqual(counts(id), [1, 0, 0, 2]);
  assert.match((await limited.get(`/settings/imports/${id}?tab=wrong`)).text, /不在您的管理范围内/);
  const foreign = maria.one(`SELECT MIN(import_id) FROM import WHERE import_id <> ${id}`);
  for (const path of ['', '/undo']) assert.equal((await limited.get(`/settings/imports/${foreign}${path}`)).status, 404);
  assert.equal(table((await limited.get('/settings/imports')).text).length, 1);
  const data = await limited.get('/settings/imports/template?kind=places&with=data&format=csv');
  if (data.status === 200) assert.ok(!data.text.includes('9号楼'));
  assert.equal((await (await web.signedIn('cashier')).get('/settings/imports')).status, 403);
});

test('a worker that dies leaves nothing half done, and another begins again', async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => `死机 ${i},n${i}`).join('\n');
  const id = await bring('gateways', 'many.csv', `name,note\n${rows}\n`);
  const token = await csrf(admin);
  const pid = () => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).find((name) => {
    try {
      const line = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8');
      return line.includes('--background') && line.includes(conf.path);
    } catch {
      return false;
    }
  });
  const first = pid();
  process.kill(Number(first), 'SIGSTOP');
  const pressed = admin.post(`/settings/imports/${id}/apply`, { fields: { csrf: token, mode: 'all' } });
  await until('the step to be asked for', () => state(id) === 'applying');
  process.kill(Number(first), 'SIGCONT');
  await until('the step to be taken', () => maria.one(`SELECT COUNT(*) FROM import_job WHERE import_id = ${id} AND claim IS NOT NULL`) === '1');
  process.kill(Number(first), 'SIGKILL');
  await pressed;
  assert.equal(maria.one("SELECT COUNT(*) FROM gateway WHERE name LIKE '死机%'"), '0', 'none before all');
  const progress = await admin.get(`/settings/imports/${id}`);
  assert.match(progress.text, /正在导入/);
  assert.match(progress.text, /http-equiv="refresh"/, 'without a script the page asks again');
  maria.sql(`UPDATE import_job SET beat_at = beat_at - INTERVAL 1 MINUTE WHERE import_id = ${id}`);
  await until('another worker to do it', () => state(id) === 'applied', 30);
  assert.equal(maria.one("SELECT COUNT(*) FROM gateway WHERE name LIKE '死机%'"), '3000');
  assert.notEqual(pid(), first);
  maria.sql("DELETE FROM gateway WHERE name LIKE '死机%'");
});

/* ---- in a browser ---- */

for (const script of [true, false]) {
  test(`the whole way in a browser ${script ? 'with' : 'without'} script`, async (t) => {
    const page = await openPage(t, { script, url: web.url, cookies: admin.cookies, language: 'en', width: script ? 1280 : 390 });
    await page.goto(`${web.url}settings/imports/new?kind=gateways`);
    const name = `GW-${script}`;
    await page.setInputFiles('#file', { name: 'g.csv', mimeType: 'text/csv', buffer: Buffer.from(`name,note,colour\n${name},<b>x</b>,red\nGW-77,,\n${'长'.repeat(70)},,\n`) });
    await follow(page, /imports\/\d+$/, () => page.click('form[enctype] button[type=submit]'));
    assert.match(await page.textContent('main'), /colour/, 'what is not read is said');
    if (script) await assertAccessible(page, 'columns');
    await assertFits(page, 'columns');
    await follow(page, /imports\/\d+$/, () => page.click('form[action$="/columns"] button[type=submit]'));
    await page.waitForSelector('nav.tabs');
    if (script) await assertAccessible(page, 'check');
    await assertFits(page, 'check');
    await follow(page, /imports\/\d+$/, () => page.click('form[action$="/apply"] button'));
    await page.waitForSelector('a[href$="/undo"]');
    assert.equal(maria.one(`SELECT note FROM gateway WHERE name = '${name}'`), '<b>x</b>');
    await assertFits(page, 'result');
    await follow(page, /undo$/, () => page.click('a[href$="/undo"]'));
    if (script) await assertAccessible(page, 'undo');
    await follow(page, /imports\/\d+$/, () => page.click('form[action$="/undo"] button'));
    await until('the undo', () => maria.one(`SELECT COUNT(*) FROM gateway WHERE name = '${name}'`) === '0');
    await page.goto(`${web.url}settings/imports`);
    if (script) await assertAccessible(page, 'list');
    await assertFits(page, 'list');
  });
}

test('the list of imports is exported, and voltillctl stands in it', async () => {
  fs.writeFileSync(`${conf.dir}/g.csv`, 'name\nGW-ctl\n');
  ctl(conf, ['import', 'gateways', `${conf.dir}/g.csv`]);
  const file = await admin.get('/settings/imports?format=csv');
  const rows = csvRows(file.text.slice(1));
  assert.equal(rows.length - 1, Number(maria.one('SELECT COUNT(*) FROM import')));
  assert.match(rows[1].join('|'), /g\.csv\|已导入\|voltillctl/);
  assert.ok(main((await admin.get('/settings/imports')).text).includes('g.csv'));
});
