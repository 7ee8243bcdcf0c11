// An operator limited to buildings sees those and nothing else: lists, sums, files and pages of single things.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { building, chips, main, table, tiles } from './building.mjs';
import { unlimit } from './fastcgi.mjs';

// Floors 1-5 (meters 1-180, mains 301-305) are building 2, floors 6 and 7 (181-252, 306, 307) building 3.
const maria = await startMaria();
building(maria);
maria.sql("INSERT INTO place(place_id,parent_id,kind,name) VALUES(4,NULL,'site','别处'),(5,4,'building','9号楼')");
maria.sql("INSERT INTO alarm(kind,meter_id,bus_id,began_at) VALUES('bus_lost',NULL,1,UTC_TIMESTAMP(3))");
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);

async function limitedTo(...places) {
  const client = await web.signedIn('manager');
  for (const place of places) maria.sql(`INSERT INTO operator_scope SELECT operator_id, ${place} FROM operator WHERE username='${client.username}'`);
  return client;
}
const csv = async (client, target) => (await client.get(target)).text.trim().split('\r\n').slice(1);

test('one building: board, list, file and chips count its meters only', async () => {
  const client = await limitedTo(3);
  const board = (await client.get('/accounts/board')).text;
  assert.deepEqual(tiles(board).map((tile) => tile.id).sort((a, b) => a - b), [...Array(72).keys()].map((n) => 181 + n).concat(306, 307));
  assert.equal(chips(board).all.count, 74);
  assert.doesNotMatch(main(board), /1号楼/);
  const list = (await client.get('/accounts/meters?n=200')).text;
  assert.equal(table(list).length, 74);
  assert.equal(chips(list).all.count, 74);
  assert.equal((await csv(client, '/accounts/meters?format=csv')).length, 74);
  assert.equal((await csv(client, '/accounts/meters?format=csv&meter=1&meter=181')).length, 1, 'ticked by hand');
  assert.equal((await csv(client, '/accounts/meters?format=csv&b=2')).length, 0);
  assert.equal((await csv(client, '/accounts/meters?format=csv&q=000000000001')).length, 0);
});

test('pages of what is outside answer 404', async () => {
  const client = await limitedTo(3);
  for (const id of [181, 252, 306]) assert.equal((await client.get(`/accounts/meters/${id}`)).status, 200, id);
  for (const id of [1, 180, 301]) {
    for (const rest of ['', '?tab=readings', '?format=csv', '?tab=readings&format=xlsx', '?tab=link']) {
      assert.equal((await client.get(`/accounts/meters/${id}${rest}`)).status, 404, `${id}${rest}`);
    }
  }
});

test('gateways: those of the building; one without a place if it carries a meter of it', async () => {
  const client = await limitedTo(3);
  assert.deepEqual(await csv(client, '/accounts/gateways?format=csv'), [], 'GW-01 and GW-02 stand in the other building');
  for (const id of [1, 2, 3, 4]) assert.equal((await client.get(`/accounts/gateways/${id}`)).status, 404, id);
  maria.sql('UPDATE gateway SET place_id = NULL WHERE gateway_id = 2');
  const rows = table((await client.get('/accounts/gateways')).text);
  assert.equal(rows.length, 1);
  const shown = main((await client.get('/accounts/gateways/2')).text);
  assert.match(shown, /7层总表/);
  assert.doesNotMatch(shown, /1层总表/, "the other building's meters on the same bus");
  assert.match((await csv(client, '/accounts/gateways?format=csv'))[0], /,2,/, 'counts two meters, not seven');
  maria.sql('UPDATE gateway SET place_id = 11 WHERE gateway_id = 2');
  const other = await limitedTo(2);
  assert.equal((await csv(other, '/accounts/gateways?format=csv')).length, 3);
  assert.equal((await other.get('/accounts/gateways/3')).status, 404, 'a gateway that carries nothing of theirs');
});

test('overview: sums, alarms and gateways of the scope', async () => {
  const all = await web.signedIn('manager');
  const [everything, one, other] = [all, await limitedTo(3), await limitedTo(2)];
  const texts = [];
  for (const client of [everything, one, other]) texts.push((await client.get('/accounts/overview')).text);
  const alarms = (html) => [...main(html).matchAll(/href="\/accounts\/meters\/(\d+)"/g)].map((match) => Number(match[1]));
  assert.ok(alarms(texts[1]).every((id) => (id > 180 && id <= 252) || id > 305), alarms(texts[1]).join());
  assert.ok(alarms(texts[2]).every((id) => id <= 180 || (id > 300 && id < 306)), alarms(texts[2]).join());
  assert.ok(alarms(texts[1]).length > 0);
  assert.doesNotMatch(main(texts[1]), /GW-01/, 'the lost bus of the other building');
  assert.match(main(texts[2]), /GW-01/);
  const used = Number(maria.one("SELECT SUM(used_wh) FROM energy_day WHERE day=DATE(UTC_TIMESTAMP()+INTERVAL 8 HOUR) AND meter_id BETWEEN 181 AND 252"));
  assert.ok(main(texts[1]).replaceAll(',', '').includes((used / 1000).toFixed(2)), `${used} Wh today`);
  assert.ok(!main(texts[0]).replaceAll(',', '').includes((used / 1000).toFixed(2)), 'kept for each scope apart');
});

test('a site holds its buildings, an empty one nothing, and a change counts at once', async () => {
  const site = await limitedTo(1);
  assert.equal(chips((await site.get('/accounts/board')).text).all.count, 259);
  const empty = await limitedTo(4);
  assert.equal(tiles((await empty.get('/accounts/board')).text).length, 0);
  assert.equal((await empty.get('/accounts/meters/1')).status, 404);
  maria.sql(`UPDATE operator_scope JOIN operator USING (operator_id) SET place_id = 3 WHERE username='${empty.username}'`);
  assert.equal(chips((await empty.get('/accounts/board')).text).all.count, 74);
});

test("a meter at the site itself is seen by who has the site, one without a place only without a limit", async () => {
  maria.sql('UPDATE meter SET place_id = 1 WHERE meter_id = 307');
  maria.sql('UPDATE meter SET place_id = NULL WHERE meter_id = 306');
  const [site, house, all] = [await limitedTo(1), await limitedTo(3), await web.signedIn('manager')];
  const status = async (client, id) => (await client.get(`/accounts/meters/${id}`)).status;
  assert.deepEqual([await status(site, 307), await status(house, 307), await status(all, 307)], [200, 404, 200]);
  assert.deepEqual([await status(site, 306), await status(house, 306), await status(all, 306)], [404, 404, 200]);
});
