// A small house whose meters really answer: simulator, collector, programs. For tests of openings, closings
// and changes of meters. Meters 1 … 4 hang on bus 1 at units 1 … 4; nobody rents them yet.
import { startCollector, startMaria, startSim, startWeb, until, writeConf } from '../harness/harness.mjs';
import { unlimit } from './fastcgi.mjs';

const at = 'UTC_TIMESTAMP(3)';

export async function tenancy({ models = ['ddsy1352', 'ddsy1352', 'ddsy1352', 'ddsy1352'], silent = [] } = {}) {
  const sim = await startSim(`seed 11
zone +8
line A rtutcp=127.0.0.1:0
${models.map((model, i) => `meter A unit=${i + 1} model=${model} tenant=shop number=20260000000${i + 1}${silent.includes(i + 1) ? ' silent=1' : ''}`).join('\n')}
`);
  const maria = await startMaria();
  maria.sql(`INSERT INTO place(place_id,parent_id,kind,name,sort_order) VALUES (1,NULL,'site','云谷',1),(2,1,'building','1号楼',1),(3,2,'floor','3层',3);
INSERT INTO place(place_id,parent_id,kind,name,sort_order) SELECT 10+seq,3,'room',CONCAT('30',seq),seq FROM seq_1_to_4;
INSERT INTO gateway(gateway_id,name,place_id) VALUES (1,'GW-01',2);
INSERT INTO bus(bus_id,gateway_id,name,transport,host,port,status_period_s,response_timeout_ms) VALUES (1,1,'A','rtu_tcp','127.0.0.1',${sim.lines.A.port},2,300);
${models.map((model, i) => `INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,place_id,credit_mode) SELECT ${i + 1},'20260000000${i + 1}',meter_model_id,1,${i + 1},${11 + i},'meter' FROM meter_model WHERE code='${model}';`).join('\n')}
INSERT INTO tariff(tariff_id,name,note) VALUES(1,'商铺单一价','');
INSERT INTO tariff_version(tariff_version_id,tariff_id,state,tier_cycle,created_at) VALUES(1,1,'draft','none',${at});
INSERT INTO tariff_season(tariff_version_id,season,name,from_month,from_day) VALUES(1,0,'',1,1);
INSERT INTO tariff_slot(tariff_version_id,season,day_kind,start_min,period) VALUES(1,0,'workday',0,'flat');
INSERT INTO tariff_price(tariff_version_id,component,name,period,price_uyuan) SELECT 1,1,'电价',p.p,880000 FROM (SELECT 'sharp' p UNION SELECT 'peak' UNION SELECT 'flat' UNION SELECT 'valley' UNION SELECT 'deep') p;
UPDATE tariff_version SET state='published',valid_from='2020-01-01',published_at=${at} WHERE tariff_version_id=1;`);
  const conf = await writeConf(maria);
  const collector = await startCollector(conf);
  const web = await startWeb(maria, conf);
  await unlimit(web);
  const manager = await web.signedIn('manager');
  const living = models.length - silent.length;
  await until('meters', () => maria.one('SELECT COUNT(*) FROM meter_state') === String(living), 60);
  // Whoever hands money over has a shift.
  const shift = await manager.submit('/sales/shift', { float: '1000' });
  if (shift.status !== 303) throw new Error(`no shift: ${shift.status}`);
  return { sim, maria, conf, collector, web, manager };
}

// A step of the wizard, as a browser without script sends it.
export async function step(client, draft, number, fields, what = 'next') {
  const page = await client.get(`/accounts/open/${draft}?step=${number}`);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)[1];
  return client.request('POST', `/accounts/open/${draft}`, { fields: [['csrf', csrf], ['step', String(number)], ...fields, ['do', what]] });
}

// Opens an account for meters; answers its id.
export async function openAccount(client, meters, { name = '张记小面馆', phone = '13800000001', amount = '100' } = {}) {
  const begun = await client.submit('/accounts/open', {});
  const draft = /open\/(\d+)/.exec(begun.location)[1];
  await step(client, draft, 1, meters.map((id) => ['meter', String(id)]));
  await step(client, draft, 2, [['name', name], ['phone', phone]]);
  await step(client, draft, 3, [['tariff', '1'], ['alarm1', '50'], ['alarm2', '20'], ['hold_mode', 'default']]);
  await step(client, draft, 4, [['amount', amount], ['channel', 'cash'], ['sale_meter', String(meters[0])]]);
  const made = await client.submit(`/accounts/open/${draft}?step=5`, {}, { action: `/accounts/open/${draft}/create` });
  if (made.status !== 303) throw new Error(`not opened: ${made.status} ${[...made.text.matchAll(/<li>([^<]*)<\/li>/g)].map((m) => m[1]).join('; ')}`);
  const done = await client.get(`/accounts/open/${draft}`);
  return { draft, account: /href="\/accounts\/(\d+)"/.exec(done.text)[1] };
}
