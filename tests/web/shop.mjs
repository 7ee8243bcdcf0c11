// Two buildings with a few tenants, tariff and fees, in the database without any meter on a wire: for tests of
// the counter.
export const money = (fen) => `¥${(fen / 100).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ',')}`;

// account_id = meter_id. 1 … 4 and 8 are in building 1, 7 in building 2; 5 has no account, 6 only measures.
export const SHOP = { plain: 1, twin: 2, arrears: 3, lost: 4, unopened: 5, main: 6, other: 7, unread: 8 };

export function shop(maria) {
  maria.sql(`SET time_zone='+00:00'; SET @now=UTC_TIMESTAMP(3);
INSERT INTO place(place_id,parent_id,kind,name,sort_order) VALUES(1,NULL,'site','园区',0),(2,1,'building','1号楼',1),(3,1,'building','2号楼',2),(11,2,'floor','3层',1),(12,3,'floor','1层',1);
INSERT INTO place(place_id,parent_id,kind,name,sort_order) VALUES(101,11,'room','301',1),(102,11,'room','302',2),(103,11,'room','303',3),(104,11,'room','304',4),(105,11,'room','305',5),(107,12,'room','110',1),(108,11,'room','308',8);
INSERT INTO gateway(gateway_id,name) VALUES(1,'GW-01');
INSERT INTO bus(bus_id,gateway_id,name,transport,host,port) VALUES(1,1,'RS485-1','rtu_tcp','127.0.0.1',5001);
INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,place_id,phases) SELECT n.id,CONCAT('2026011700',LPAD(n.id,2,'0')),1,1,n.id,n.place,1 FROM (SELECT 1 id,101 place UNION SELECT 2,102 UNION SELECT 3,103 UNION SELECT 4,104 UNION SELECT 5,105 UNION SELECT 7,107 UNION SELECT 8,108) n;
INSERT INTO meter(meter_id,number,name,meter_model_id,bus_id,unit,place_id,phases,credit_mode) VALUES(6,'202601170006','3层总表',3,1,6,11,3,'monitor');
INSERT INTO account(account_id,number,name,initials,phone,opened_at) VALUES(1,'A00001','京东西北','jdxb','13800005678',@now-INTERVAL 100 DAY),(2,'A00002','京东便利店','jdbld','13800001111',@now-INTERVAL 100 DAY),
 (3,'A00003','东坡酒楼','dpjl','13800002222',@now-INTERVAL 100 DAY),(4,'A00004','Café Zürich','cafe','13800003333',@now-INTERVAL 100 DAY),(7,'A00007','二号楼书店','ehlsd','13800004444',@now-INTERVAL 100 DAY),(8,'A00008','新来的','xld','13800009999',@now);
INSERT INTO account_meter(meter_id,began_at,account_id) SELECT account_id,@now-INTERVAL 100 DAY,account_id FROM account;
INSERT INTO meter_link(meter_id,lost_since) SELECT meter_id,IF(meter_id=4,@now-INTERVAL 2 HOUR,NULL) FROM meter;
INSERT INTO meter_state(meter_id,read_at,energy_wh,credit_fen,purchase_count,relay_closed,flags) SELECT meter_id,IF(meter_id=4,@now-INTERVAL 2 HOUR,@now-INTERVAL 20 SECOND),1000000+meter_id*1000,CASE meter_id WHEN 3 THEN -1240 WHEN 6 THEN NULL ELSE 3094 END,IF(meter_id=6,NULL,12),IF(meter_id=3,0,1),IF(meter_id=3,4,0) FROM meter WHERE meter_id<>8;
INSERT INTO reading(meter_id,taken_at,read_at,energy_wh,credit_fen,purchase_count,quality) SELECT m.meter_id,TIMESTAMP(DATE(@now+INTERVAL 8 HOUR))-INTERVAL 8 HOUR-INTERVAL d.seq DAY,TIMESTAMP(DATE(@now+INTERVAL 8 HOUR))-INTERVAL 8 HOUR-INTERVAL d.seq DAY,900000-d.seq*20000,3094+d.seq*2000,12,0 FROM meter m JOIN seq_0_to_10 d WHERE m.meter_id IN (1,2,3,4,7);
INSERT INTO tariff(tariff_id,name) VALUES(1,'商铺分时');
INSERT INTO tariff_version(tariff_version_id,tariff_id,state,tier_cycle,created_at) VALUES(1,1,'draft','none',@now);
INSERT INTO tariff_season(tariff_version_id,season,name,from_month,from_day) VALUES(1,0,'',1,1);
INSERT INTO tariff_slot(tariff_version_id,season,day_kind,start_min,period) VALUES(1,0,'workday',0,'valley'),(1,0,'workday',480,'peak'),(1,0,'workday',720,'flat'),(1,0,'workday',1320,'valley');
INSERT INTO tariff_price(tariff_version_id,component,name,period,price_uyuan) SELECT 1,1,'电网电价',p.p,p.u FROM (SELECT 'sharp' p,1200000 u UNION SELECT 'peak',1050000 UNION SELECT 'flat',750000 UNION SELECT 'valley',350000 UNION SELECT 'deep',200000) p;
UPDATE tariff_version SET state='published',valid_from='2026-01-01',published_at=@now WHERE tariff_version_id=1;
INSERT INTO meter_tariff(meter_id,valid_from,tariff_id) SELECT meter_id,'2026-01-01',1 FROM meter;
INSERT INTO fee(fee_id,name,kind,value,is_usual) VALUES(1,'物业费','fixed',2000,1),(2,'线损','permille',25,0);`);
}

// A cashier with an open shift.
export async function cashier(web, maria, role = 'cashier') {
  const client = await web.signedIn(role);
  const operator = maria.one(`SELECT operator_id FROM operator WHERE username='${client.username}'`);
  maria.sql(`INSERT INTO shift(operator_id,opened_at,biz_day,float_fen) VALUES(${operator},UTC_TIMESTAMP(3),DATE(UTC_TIMESTAMP()+INTERVAL 8 HOUR),20000)`);
  return Object.assign(client, { operator });
}

// Hidden fields of the form that posts to action.
export function hidden(html, action) {
  const form = [...html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].map((match) => match[0]).find((text) => text.includes(`action="${action}"`));
  if (!form) throw new Error(`no form posts to ${action}`);
  return [...form.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)].map((input) => [/name="([^"]*)"/.exec(input[0])[1], (/value="([^"]*)"/.exec(input[0])?.[1] ?? '').replaceAll('&amp;', '&')]);
}

// The form, filled in and sent: the answer of the preview. Fees are the ticked ones unless `fee` says otherwise
// ('' for none).
export async function preview(client, meter, fields) {
  const action = `/sales/sell/${meter}`, page = await client.get(action);
  if (page.status !== 200) return page;
  const ticked = [...page.text.matchAll(/<input\b[^>]*name="fee"[^>]*value="(\d+)"[^>]* checked/g)].map((match) => ['fee', match[1]]);
  const typed = Object.entries({ channel: 'cash', ...fields }).filter(([name, value]) => name !== 'fee' || value !== '');
  return client.post(action, { fields: [...hidden(page.text, action), ...('fee' in fields ? [] : ticked), ...typed] });
}

// From the form to the document; with `key` a given key is used. The answer of the deed.
export async function sell(client, meter, amount, { more = {}, change = (fields) => fields } = {}) {
  const asked = await preview(client, meter, { amount, ...more });
  if (asked.status !== 200) return asked;
  const action = `/sales/sell/${meter}/confirm`;
  const fields = change(hidden(asked.text, action));
  return Object.assign(await client.post(action, { fields }), { fields });
}
