// Places, gateways, buses, models and meters in the settings: forms, bad input, two editors, scope.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { follow, openPage } from './browser.mjs';
import { unlimit } from './fastcgi.mjs';
import { change, fieldsOf, idOf, messages } from './form.mjs';

const maria = await startMaria();
maria.sql(`INSERT INTO place(place_id,parent_id,kind,name,initials,sort_order) VALUES
  (1,NULL,'site','云谷','yg',1),(2,1,'building','1号楼','1hl',1),(3,1,'building','2号楼','2hl',2),
  (4,2,'floor','1层','1c',1),(5,2,'floor','2层','2c',2),(6,3,'floor','1层','1c',1),
  (7,4,'room','101','101',1),(8,4,'room','102','102',2),(9,4,'room','103','103',3),(10,6,'room','101','101',1);
INSERT INTO gateway(gateway_id,name,place_id) VALUES(1,'GW-1',2),(2,'GW-2',3);
INSERT INTO bus(bus_id,gateway_id,name,transport,host,port) VALUES(1,1,'A','rtu_tcp','10.0.0.1',4196),(2,2,'A','tcp','10.0.0.2',502);
INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,box_position,phases,place_id,installed_at) VALUES
  (1,'1001',1,1,13,13,3,7,'2026-01-01'),(2,'1002',1,1,16,16,1,8,'2026-01-01'),(3,'2001',2,2,5,NULL,1,10,'2026-01-01');
INSERT INTO account(account_id,number,name,opened_at) VALUES(1,'A00001','张记小面馆','2026-01-01');
INSERT INTO account_meter(meter_id,began_at,account_id) VALUES(1,'2026-01-01',1);`);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const admin = await web.signedIn('admin');
const other = await web.signedIn('manager');
const limited = await web.signedIn('installer');
maria.sql(`INSERT INTO operator_scope SELECT operator_id, 2 FROM operator WHERE username='${limited.username}'`);

const audits = (kind, id) => maria.sql(`SELECT action, detail, reason FROM audit WHERE object_kind='${kind}' AND object_id=${id} ORDER BY audit_id`);
const csv = async (client, target) => (await client.get(target)).text.replace(/^\uFEFF/, '').trim().split('\r\n').slice(1);
const METER = { number: '3001', model: 1, bus: 1, unit: 20, box_position: 20, phases: 1, credit_mode: 'meter', place: '103' };

async function refused(answer, field, text) {
  assert.equal(answer.status, 422, answer.text.slice(0, 400));
  const said = messages(answer.text);
  assert.ok(said.some((message) => message.startsWith(`${field}: `) && message.includes(text)), `${field} ${text}: ${said}`);
}

/* ---- places ---- */

// reliability.md W-54, in the name of a place.
const NAMES = [['', '请填写'], ['   ', '请填写'], ['x'.repeat(65), '64'], ['x'.repeat(10000), '64'], ['a\u202eb', '字符'],
  ['a\u200bb', '字符'], ['a\u0007b', '字符'], ['1层', '已经有']];

test('places: names that are refused, and what was typed comes back', async () => {
  const before = maria.one('SELECT COUNT(*) FROM place');
  for (const [name, text] of NAMES) {
    const answer = await change(admin, '/settings/places/new?parent=2', { kind: 'floor', name });
    await refused(answer, 'name', text);
    assert.equal(fieldsOf(answer.text, '/settings/places/new').kind, 'floor');
  }
  assert.equal((await admin.post('/settings/places/new', { body: 'csrf=x&name=%ff%fe', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status, 400, 'not UTF-8');
  await refused(await change(admin, '/settings/places/new?parent=2', { kind: 'room', parent: 7, name: 'x' }), 'parent', '101');
  await refused(await change(admin, '/settings/places/new', { kind: 'floor', parent: '', name: 'x' }), 'parent', '上级');
  assert.equal(maria.one('SELECT COUNT(*) FROM place'), before);
});

test('places: add, rename, move, order, delete', async () => {
  const added = await change(admin, '/settings/places/new?parent=2', { kind: 'floor', name: '  ３层 ' });
  assert.equal(added.location, '/settings/places/2');
  const [floor] = maria.sql("SELECT place_id, name, initials, sort_order FROM place WHERE parent_id=2 ORDER BY place_id DESC LIMIT 1");
  assert.deepEqual([floor.name, floor.initials, floor.sort_order], ['３层', '3c', '3']);
  const page = `/settings/places/${floor.place_id}`;
  assert.equal((await change(admin, page, { name: '夹层' })).status, 303);
  assert.equal(maria.one(`SELECT initials FROM place WHERE place_id=${floor.place_id}`), 'jc', 'initials follow the name');
  assert.equal((await change(admin, page, { initials: 'yjc' })).status, 303);
  assert.equal((await change(admin, page, { name: '设备夹层', parent: 3 })).status, 303);
  assert.equal(maria.one(`SELECT CONCAT(initials, ' ', parent_id) FROM place WHERE place_id=${floor.place_id}`), 'yjc 3', 'edited initials stay');
  assert.match(audits('place', floor.place_id).at(-1).detail, /^parent: 云谷 \/ 1号楼 -> 云谷 \/ 2号楼\nname: 夹层 -> 设备夹层$/);

  const rooms = () => maria.sql('SELECT name FROM place WHERE parent_id=4 ORDER BY sort_order, name').map((row) => row.name).join(' ');
  assert.equal((await change(admin, '/settings/places/4', {}, '/settings/places/9/up')).location, '/settings/places/4#place-9');
  assert.equal(rooms(), '101 103 102');
  await change(admin, '/settings/places/4', {}, '/settings/places/9/down');
  assert.equal(rooms(), '101 102 103');

  const blocked = await admin.get('/settings/places/4/delete');
  assert.match(blocked.text, /下面还有 3 个位置/);
  assert.doesNotMatch(blocked.text, /action="\/settings\/places\/4\/delete"/);
  assert.match((await admin.get('/settings/places/7/delete')).text, /这里挂着 1 块电表/);
  await refused(await change(admin, `${page}/delete`, { reason: '' }), 'reason', '请填写');
  assert.equal((await change(admin, `${page}/delete`, { reason: '图纸有误' })).location, '/settings/places/3');
  assert.equal(audits('place', floor.place_id).at(-1).reason, '图纸有误');
  assert.equal((await admin.get(page)).status, 404);
});

test('places: several rooms at once, all or none', async () => {
  await refused(await change(admin, '/settings/places/5/rooms', { names: '220-201' }), 'names', '220-201');
  await refused(await change(admin, '/settings/places/5/rooms', { names: '1-400' }), 'names', '300');
  assert.equal((await change(admin, '/settings/places/5/rooms', { names: '201-203、 消控室\nB1-02' })).status, 303);
  assert.deepEqual(maria.sql('SELECT name FROM place WHERE parent_id=5 ORDER BY sort_order').map((row) => row.name), ['201', '202', '203', '消控室', 'B1-02']);
  await refused(await change(admin, '/settings/places/5/rooms', { names: '204,203' }), 'names', '203');
  assert.equal(maria.one("SELECT COUNT(*) FROM place WHERE parent_id=5"), '5');
});

test('places: tree, search and export', async () => {
  const tree = (await admin.get('/settings/places')).text;
  assert.equal((tree.match(/<li id="place-/g) ?? []).length, (tree.match(/<\/li>/g) ?? []).length - (tree.match(/<li>|<li class|<li data/g) ?? []).length);
  assert.match(tree, /云谷[\s\S]*1号楼[\s\S]*101/);
  assert.match((await admin.get('/settings/places?q=xks')).text, /消控室/);
  assert.match((await admin.get('/settings/places?q=zzz')).text, /没有符合的位置/);
  assert.equal((await csv(admin, '/settings/places?format=csv')).length, Number(maria.one('SELECT COUNT(*) FROM place')));
  assert.match((await csv(admin, '/settings/places?format=csv&q=XKS'))[0], /消控室/);
  assert.match((await csv(admin, '/settings/places?format=csv&q=消控'))[0], /云谷,1号楼,2层,消控室/);
});

/* ---- gateways and buses ---- */

test('buses: wrong values are named at their field, what was typed comes back', async () => {
  const right = { name: 'B', transport: 'rtu_tcp', host: '10.0.0.9', port: 4196 };
  const cases = [[{ name: 'A' }, 'name', '已经有'], [{ host: '' }, 'host', '请填写'], [{ host: 'gateway.local' }, 'host', '数字'],
    [{ host: '10.0.0.256' }, 'host', '数字'], [{ port: '' }, 'port', '65535'], [{ port: '65536' }, 'port', '65535'], [{ port: '-1' }, 'port', ''],
    [{ host: '10.0.0.1' }, 'host', 'A'], [{ transport: 'rtu' }, 'device', '请填写'], [{ transport: 'rtu', device: 'ttyS0' }, 'device', '/'],
    [{ baud: '9601' }, 'baud', '列表'], [{ stop_bits: '0' }, 'stop_bits', '列表'], [{ parity: 'X' }, 'parity', '列表'],
    [{ response_timeout_ms: '9' }, 'response_timeout_ms', '10'], [{ gap_ms: '10001' }, 'gap_ms', '10000'],
    [{ status_period_s: '86401' }, 'status_period_s', '86400'], [{ reading_period_s: '1700' }, 'reading_period_s', '整数倍'], [{ transport: 'udp' }, 'transport', '列表']];
  for (const [wrong, field, text] of cases) {
    const answer = await change(admin, '/settings/gateways/1/bus', { ...right, ...wrong });
    await refused(answer, field, text);
    if (!('name' in wrong)) assert.equal(fieldsOf(answer.text, '/settings/gateways/1/bus').name, 'B');
  }
  assert.equal(maria.one('SELECT COUNT(*) FROM bus'), '2');
});

test('buses: add with defaults, estimate, off and on, delete', async () => {
  const added = await change(admin, '/settings/gateways/1/bus', { name: 'B', transport: 'tcp', host: 'fe80::1', port: 502, response_timeout_ms: '', gap_ms: '', status_period_s: '', reading_period_s: '' });
  const id = idOf(added), page = `/settings/buses/${id}`;
  assert.equal(added.status, 303);
  assert.deepEqual(Object.values(maria.sql(`SELECT response_timeout_ms, gap_ms, status_period_s, reading_period_s, baud, device FROM bus WHERE bus_id=${id}`)[0]),
    ['1000', '0', '60', '1800', '9600', '']);
  assert.match((await admin.get(page)).text, /每块表的状态都在 3 分钟以内/);
  await change(admin, page, { status_period_s: 600 });
  assert.match((await admin.get(page)).text, /可能超过 3 分钟/);
  assert.match((await admin.get(page)).text, new RegExp(`href="${page}/scan"[\\s\\S]*|href="${page}/test"`));
  assert.equal((await change(admin, page, {}, `${page}/disable`)).status, 303);
  assert.equal(maria.one(`SELECT disabled_at IS NOT NULL FROM bus WHERE bus_id=${id}`), '1');
  // Its end point is free now; when somebody else took it, it stays off.
  assert.equal((await change(admin, '/settings/gateways/2/bus', { name: 'C', transport: 'tcp', host: 'fe80::1', port: 502 })).status, 303);
  await change(admin, page, {}, `${page}/enable`);
  assert.equal(maria.one(`SELECT disabled_at IS NOT NULL FROM bus WHERE bus_id=${id}`), '1');
  assert.match((await admin.get('/settings/buses/1/delete')).text, /2 块电表/);
  assert.equal((await change(admin, `${page}/delete`, { reason: '重复' })).location, '/settings/gateways/1');
  assert.deepEqual(audits('bus', id).map((row) => row.action), ['bus.add', 'bus.edit', 'bus.disable', 'bus.delete']);
  assert.match((await csv(admin, '/settings/gateways?format=csv&q=10.0.0.2'))[0], /GW-2.*10\.0\.0\.2,502/);
});

test('gateways: place by its name, ambiguous names, delete only without buses', async () => {
  await refused(await change(admin, '/settings/gateways/new', { name: 'GW-1' }), 'name', 'GW-1');
  await refused(await change(admin, '/settings/gateways/new', { name: 'GW-3', place: '1层' }), 'place', '云谷 / 1号楼 / 1层');
  await refused(await change(admin, '/settings/gateways/new', { name: 'GW-3', place: '99层' }), 'place', '99层');
  const added = await change(admin, '/settings/gateways/new', { name: 'GW-3', place: '２号楼/1层', note: '弱电间' });
  assert.equal(maria.one(`SELECT place_id FROM gateway WHERE gateway_id=${idOf(added)}`), '6');
  assert.match((await admin.get('/settings/gateways/1/delete')).text, /还有 1 条总线/);
  assert.equal((await change(admin, `/settings/gateways/${idOf(added)}/delete`, { reason: '拆除' })).status, 303);
});

/* ---- two editors ---- */

test('two people edit the same: the second is told who changed what, and nothing typed is lost', async () => {
  for (const [page, kind, first, second, shown] of [
    ['/settings/places/8', 'place', { name: '102A' }, { name: '102B' }, /102[\s\S]*102A/],
    ['/settings/gateways/1', 'gateway', { note: '一楼' }, { note: '二楼' }, /一楼/],
    ['/settings/buses/1', 'bus', { gap_ms: 20 }, { gap_ms: 30 }, /20/],
    ['/settings/meters/2', 'meter', { note: '甲' }, { note: '乙' }, /甲/]]) {
    const mine = fieldsOf((await admin.get(page)).text, page);
    assert.equal((await change(other, page, first)).status, 303);
    const told = await admin.post(page, { fields: { ...mine, ...second } });
    assert.equal(told.status, 409, page);
    assert.match(told.text, new RegExp(`class="conflict">${other.username}`));
    assert.match(told.text, shown);
    const [[field, value]] = Object.entries(second);
    const again = fieldsOf(told.text, page);
    assert.equal(again[field], String(value), 'what was typed stands there');
    assert.equal((await admin.post(page, { fields: again })).status, 303, 'a second press saves it');
    assert.equal(audits(kind, page.split('/').at(-1)).length, 2);
    const [name, value2] = { place: ['name', '101'], gateway: ['name', 'GW-2'], bus: ['stop_bits', 0], meter: ['number', '1001'] }[kind];
    const both = await admin.post(page, { fields: { ...mine, [name]: value2 } });
    assert.equal(both.status, 409);
    assert.ok(messages(both.text).some((message) => message.startsWith(`${name}: `)), `${kind}: wrong and late at once`);
    assert.match(both.text, new RegExp(`class="conflict">${admin.username}`));
  }
});

/* ---- meters ---- */

test('meters: wrong values are named at their field', async () => {
  const cases = [[{ number: '' }, 'number', '请填写'], [{ number: '12 34' }, 'number', '字母'], [{ number: '电表' }, 'number', '字母'], [{ number: '1'.repeat(17) }, 'number', '16'],
    [{ number: '1001' }, 'number', '1001'], [{ unit: '0' }, 'unit', '247'], [{ unit: '248' }, 'unit', '247'], [{ unit: '256' }, 'unit', '247'], [{ unit: '-1' }, 'unit', ''],
    [{ unit: '14', box_position: '14' }, 'unit', '地址 14 属于 101 的三相表 13…15'], [{ unit: '16', box_position: '16' }, 'unit', '地址 16 已被 102'],
    [{ box_position: '' }, 'box_position', '请填写'], [{ box_position: '19' }, 'box_position', '地址 2 '], [{ unit: '3', box_position: '3' }, 'box_position', '三相'],
    [{ unit: '20', box_position: '20', phases: 3 }, 'box_position', '1、4、7'], [{ model: 2 }, 'box_position', 'ddsy1352'], [{ model: 4, box_position: '' }, 'credit_mode', 'dtsy1946'],
    [{ model: '' }, 'model', '请填写'], [{ bus: 77 }, 'bus', '没有这条总线'], [{ place: '305' }, 'place', '305'], [{ place: '101' }, 'place', '多个'], [{ ct_ratio: '0' }, 'ct_ratio', ''],
    [{ ct_ratio: '1000000', pt_ratio: '2' }, 'ct_ratio', '1000000'], [{ alarm1: '1e3' }, 'alarm1', '金额'], [{ alarm1: '10', alarm2: '20' }, 'alarm2', '报警金额 1'],
    [{ overload_w: '100000001' }, 'overload_w', '100000000'], [{ name: 'a\u202eb' }, 'name', '字符'], [{ note: 'x'.repeat(201) }, 'note', '200'], [{ phases: 2 }, 'phases', '列表']];
  for (const [wrong, field, text] of cases) {
    const answer = await change(admin, '/settings/meters/new', { ...METER, ...wrong });
    await refused(answer, field, text);
    const kept = fieldsOf(answer.text, '/settings/meters/new');
    for (const [name, value] of Object.entries({ ...METER, ...wrong })) {
      if (!['model', 'bus', 'phases', 'credit_mode'].includes(name)) assert.equal(kept[name], String(value), `${name} comes back`);
    }
  }
  assert.equal(maria.one('SELECT COUNT(*) FROM meter'), '3');
});

test('meters: add, defaults, move with its history, remove and install again', async () => {
  const empty = (await admin.get('/settings/meters/new?bus=1&unit=21&model=adf300&number=3001')).text;
  const found = fieldsOf(empty, '/settings/meters/new');
  assert.deepEqual([found.bus, found.unit, found.box_position, found.model, found.number], ['1', '21', '21', '1', '3001'], 'what a scan found');
  assert.match(empty, /name="alarm1"[^>]*placeholder="50\.00"/);
  const added = await change(admin, '/settings/meters/new', { ...METER, alarm1: '80', overdraft: '0', hold_mode: 'never' });
  const id = idOf(added), page = `/settings/meters/${id}`;
  assert.equal(added.status, 303, added.text);
  assert.deepEqual(Object.values(maria.sql(`SELECT place_id, alarm1_fen, alarm2_fen, overload_w, overdraft_fen, hold_mode, rated_power_w FROM meter WHERE meter_id=${id}`)[0]),
    ['9', '8000', null, null, '0', 'never', '13200']);
  assert.equal((await change(admin, page, { place: '云谷 / 1号楼 / 2层 / 201', alarm1: '' })).status, 303);
  const detail = audits('meter', id).at(-1).detail;
  assert.match(detail, /^place: 云谷 \/ 1号楼 \/ 1层 \/ 103 -> 云谷 \/ 1号楼 \/ 2层 \/ 201$/m);
  assert.match(detail, /^alarm1: 80\.00 -> -$/m);
  assert.match((await change(admin, `/settings/meters/1/remove`, { reason: 'x' }).catch((error) => ({ text: error.message }))).text, /no form posts/);
  assert.match((await admin.get('/settings/meters/1/remove')).text, /A00001 张记小面馆/);
  assert.equal((await change(admin, `${page}/remove`, { reason: '烧毁' })).status, 303);
  assert.equal((await admin.post(page, { fields: { csrf: fieldsOf((await admin.get(page)).text, `${page}/reinstall`).csrf } })).status, 409, 'a removed meter is not edited');
  assert.equal((await change(admin, page, { unit: 22, box_position: 22, place: '202' }, `${page}/reinstall`)).status, 303);
  assert.deepEqual(maria.sql(`SELECT place_id FROM meter_place WHERE meter_id=${id} ORDER BY began_at`).map((row) => row.place_id), ['9', maria.one("SELECT place_id FROM place WHERE name='201'"), null]);
  assert.deepEqual(audits('meter', id).map((row) => row.action), ['meter.add', 'meter.edit', 'meter.remove', 'meter.reinstall']);
  assert.equal(audits('meter', id)[2].reason, '烧毁');
  assert.match((await admin.get(page)).text, new RegExp(`href="/accounts/meters/${id}"`));
});

test('meters: list, filters and export', async () => {
  assert.equal((await csv(admin, '/settings/meters?format=csv')).length, 4);
  for (const [query, count] of [['bus=2', 1], ['place=3', 1], ['place=4', 2], ['model=2', 1], ['mode=monitor', 0], ['removed=yes', 0], ['q=1002', 1], ['q=面馆', 1], ['bus=99', 0]]) {
    assert.equal((await csv(admin, `/settings/meters?format=csv&${query}`)).length, count, query);
    assert.equal(((await admin.get(`/settings/meters?${query}`)).text.match(/<td data-label="位置">/g) ?? []).length, count, query);
  }
  for (const sort of ['place', '-place', 'number', '-number', 'bus', '-bus', 'model', '-model']) {
    const numbers = (await csv(admin, `/settings/meters?format=csv&sort=${sort}`)).map((line) => line.split(',')[0].replaceAll('"', ''));
    if (sort === 'number') assert.deepEqual(numbers, [...numbers].sort());
    if (sort === '-number') assert.deepEqual(numbers, [...numbers].sort().reverse());
  }
});

test('a whole box: preview, its problems, and all of it at once', async () => {
  await change(admin, '/settings/places/6/rooms', { names: '102-112' });
  const box = { bus: 2, model: 1, size: 12, base: 13, transformers: 1, ct_ratio: 40, three_phase: 1, credit_mode: 'meter', place: '2号楼 / 1层', rooms: '', numbers: '5001 5002\n5003,5004' };
  const preview = (fields) => admin.get(`/settings/meters/box?${new URLSearchParams({ ...box, ...fields, preview: 1 })}`);
  assert.match((await preview({ base: 2 })).text, /没有一种箱从地址 2 开始/);
  assert.match((await preview({ numbers: Array.from({ length: 9 }, (_, i) => 6000 + i).join('\n') })).text, /最多 8 个用户/);
  assert.match((await preview({ rooms: '101, 999' })).text, /999/);
  const twins = (await preview({ numbers: '5001 2001 5001' })).text;
  assert.equal((twins.match(/已被另一块在用电表使用/g) ?? []).length, 2);
  assert.doesNotMatch(twins, /添加 3 块电表/);
  const before = maria.one('SELECT COUNT(*) FROM meter');
  const good = await preview({});
  assert.equal(maria.one('SELECT COUNT(*) FROM meter'), before, 'looking changes nothing');
  assert.match(good.text, /13…15[\s\S]*16…18/);
  const made = await admin.post('/settings/meters/box', { fields: fieldsOf(good.text, '/settings/meters/box') });
  assert.equal(made.location, '/settings/meters?bus=2');
  assert.deepEqual(maria.sql('SELECT m.number, m.unit, m.box_position AS at, m.phases, m.ct_ratio AS ct, p.name FROM meter m JOIN place p USING (place_id) WHERE bus_id=2 AND box_position IS NOT NULL ORDER BY unit')
    .map((row) => Object.values(row).join(' ')), ['5001 13 1 3 40 101', '5002 16 4 3 1 102', '5003 19 7 1 1 103', '5004 20 8 1 1 104']);
  const again = await admin.post('/settings/meters/box', { fields: fieldsOf(good.text, '/settings/meters/box') });
  assert.equal(again.status, 422, 'pressing twice adds nothing');
  assert.equal(maria.one('SELECT COUNT(*) FROM meter'), String(Number(before) + 4));
});

test('models come from the profiles of the collector', async () => {
  const page = (await admin.get('/settings/models/1')).text;
  assert.match(page, /0x0200/);
  assert.match(page, /总电量[\s\S]*0\.01 kWh/);
  assert.equal((await admin.get('/settings/models/99')).status, 404);
});

/* ---- scope and rights ---- */

test('an operator limited to a building sees and edits only that', async () => {
  for (const page of ['/settings/places/3', '/settings/places/1', '/settings/places/10', '/settings/places/6/rooms', '/settings/places/3/delete', '/settings/gateways/2',
    '/settings/gateways/2/bus', '/settings/buses/2', '/settings/buses/2/delete', '/settings/meters/3', '/settings/meters/3/remove']) {
    assert.equal((await limited.get(page)).status, 404, page);
  }
  const { csrf } = fieldsOf((await limited.get('/settings/places/2')).text, '/settings/places/2');
  for (const page of ['/settings/places/3', '/settings/places/10/up', '/settings/places/3/delete', '/settings/gateways/2', '/settings/buses/2/disable', '/settings/meters/3', '/settings/meters/3/remove']) {
    assert.equal((await limited.post(page, { fields: { csrf, revision: 0, name: 'x', reason: 'x' } })).status, 404, page);
  }
  assert.doesNotMatch((await limited.get('/settings/places')).text, /2号楼/);
  assert.match((await limited.get('/settings/places')).text, /云谷[\s\S]*1号楼/);
  assert.ok((await csv(limited, '/settings/places?format=csv')).every((line) => line.includes('1号楼')));
  assert.ok((await csv(limited, '/settings/meters?format=csv')).every((line) => line.includes('1号楼')));
  assert.deepEqual((await csv(limited, '/settings/gateways?format=csv')).map((line) => line.split(',')[0]), ['GW-1']);
  await refused(await change(limited, '/settings/places/new?parent=2', { kind: 'building', parent: '', name: '3号楼' }), 'parent', '');
  await refused(await change(limited, '/settings/places/4', { parent: 3 }), 'parent', '');
  await refused(await change(limited, '/settings/meters/2', { place: '2号楼 / 1层 / 101' }), 'place', '没有找到');
  await refused(await change(limited, '/settings/meters/2', { place: '' }), 'place', '范围');
  await refused(await change(limited, '/settings/meters/2', { bus: 2 }), 'bus', '没有这条总线');
  assert.equal((await change(limited, '/settings/meters/2', { note: '可以' })).status, 303);
  assert.equal((await change(limited, '/settings/places/2', { name: '1号楼 ' })).status, 303);
});

/* ---- as people use it ---- */

test('without script, in English, on a phone: a room and a meter', async (t) => {
  maria.sql(`UPDATE operator SET language='en' WHERE username='${admin.username}'`);
  const page = await openPage(t, { language: 'en', script: false, width: 390, url: web.url, cookies: admin.cookies });
  await page.goto(`${web.url}settings/places/5`);
  await follow(page, /\/new\?parent=5$/, () => page.getByRole('link', { name: 'Add a place here' }).click());
  await page.getByLabel('Name').fill('Lobby');
  await follow(page, /\/places\/5$/, () => page.getByRole('button', { name: 'Save' }).click());
  assert.ok(await page.getByRole('link', { name: 'Lobby' }).isVisible());
  await page.goto(`${web.url}settings/meters/new?bus=1`);
  await page.getByLabel('Meter number').fill('7001');
  await page.getByLabel('Model', { exact: false }).selectOption({ label: 'Acrel ADF300' });
  await page.getByLabel('Place').fill('Lobby');
  await page.locator('#unit').fill('14');
  await page.getByLabel('Loop in the box').fill('14');
  await follow(page, /\/meters\/new$/, () => page.getByLabel('Meter number').press('Enter'));
  assert.equal(await page.locator('#unit-error').innerText().then((text) => text.trim()), 'Address 14 belongs to the three-phase meter 13…15 of 101');
  assert.equal(await page.getByLabel('Meter number').inputValue(), '7001');
  await page.locator('#unit').fill('30');
  await page.getByLabel('Loop in the box').fill('30');
  await follow(page, /\/meters\/\d+$/, () => page.getByLabel('Meter number').press('Enter'));
  assert.match(await page.locator('#flash').innerText(), /within seconds/);
});
