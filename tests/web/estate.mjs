// One site with two buildings that hold the same things each, and the routes of all programs: for tests
// that go through every page. Ids of building A are 1 …, those of building B are 1001 …
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../harness/harness.mjs';

export const A = 1, B = 1001;
const at = "UTC_TIMESTAMP(3)";

// Documents of meter A or B: a purchase that the meter confirmed, one on its way, and a refund to be handed
// over; numbers follow the building's.
function saleRows(first) {
  const document = (n, kind, state, amount_fen) => `
INSERT INTO sale(sale_id,kind,request_key,request_digest,series,operator_id,biz_day,receipt_seq,receipt_number,verify_code,shift_id,account_id,meter_id,channel,amount_fen,credit_fen,balance_fen,state,created_at,settled_at,reason)
 VALUES(${first + n},'${kind}',UNHEX(LPAD('${first + n}',32,'0')),REPEAT('d',32),0,900,'2024-10-04',${first + n},'A20241004-900-${String(first + n).padStart(4, '0')}',UNHEX(LPAD('${first + n}',16,'0')),1,${first},${first},'cash',${amount_fen},${amount_fen - (kind === 'purchase' ? 2000 : 0)},2345,'${state}',${at} - INTERVAL ${10 - n} MINUTE,${state === 'booked' ? 'NULL' : at},'${kind === 'refund' ? '租户退租' : ''}');
INSERT INTO sale_line(sale_id,line,kind,name,amount_fen) VALUES(${first + n},1,'energy','',${amount_fen - (kind === 'purchase' ? 2000 : 0)})${kind === 'purchase' ? `,(${first + n},2,'fee','物业费',2000)` : ''};
INSERT INTO command_batch(command_batch_id,kind,request_key,created_by,created_at,reason) VALUES(${first + n + 100},'credit',UNHEX(LPAD('${first + n + 100}',32,'0')),900,${at},'');
INSERT INTO command(command_id,command_batch_id,kind,bus_id,meter_id,created_at,state) VALUES(${first + n + 100},${first + n + 100},'${kind === 'refund' ? 'deduct' : 'credit'}',${first},${first},${at},'${state === 'booked' ? 'queued' : 'confirmed'}');
INSERT INTO delivery(command_id,sale_id,meter_id,meter_epoch_id,kind,amount_fen,state${state === 'booked' ? '' : ',want_count,intent_at,before_fen,before_wh,sends,sent_at,after_count,after_fen,after_wh,ended_at'})
 VALUES(${first + n + 100},${first + n},${first},${first},'${kind === 'refund' ? 'deduct' : 'credit'}',${amount_fen},'${state === 'booked' ? 'queued' : 'done'}'${state === 'booked' ? '' : `,${12 + n},${at},2345,1200000,1,${at},${12 + n},12345,1200000,${at}`});`;
  return document(0, 'purchase', 'delivered', 12000) + document(1, 'purchase', 'booked', 52000) + document(2, 'refund', 'due', 5000);
}

// A meter in room 102 whose sales are stopped: a delivery to it is held, and a refund waits for a second person.
function heldRows(first) {
  const of = (n) => first + n, meter = of(2), sale = (n) => of(20 + n), order = of(130);
  return `
INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,place_id) SELECT ${meter},'20260000${first + 1002}',meter_model_id,${of(0)},41,${of(4)} FROM meter_model WHERE code='adf300';
INSERT INTO meter_link(meter_id) VALUES(${meter});
INSERT INTO account(account_id,number,name,phone,opened_at) VALUES(${meter},'A${meter}','张记小面馆',13800000001,'2026-01-01');
INSERT INTO account_meter(meter_id,began_at,account_id) VALUES(${meter},'2026-01-01',${meter});
INSERT INTO meter_epoch(meter_epoch_id,meter_id,account_id,cause,began_at,base_count,base_credit_fen,base_energy_wh,last_count,last_credit_fen,last_energy_wh,last_at,changed_at) VALUES(${meter},${meter},${meter},'opening',${at},0,0,0,4,3094,12000000,${at},${at});
INSERT INTO sale(sale_id,kind,request_key,request_digest,series,operator_id,biz_day,receipt_seq,receipt_number,verify_code,account_id,meter_id,channel,amount_fen,credit_fen,state,created_at) VALUES
(${sale(0)},'purchase',UNHEX(LPAD('${first}',32,'a')),REPEAT('d',32),0,900,'2024-10-04',${sale(0)},'A20241004-900-${sale(0)}',UNHEX(LPAD('${first}',16,'a')),${meter},${meter},'cash',10000,9000,'held',${at}),
(${sale(1)},'refund',UNHEX(LPAD('${first}',32,'b')),REPEAT('d',32),0,900,'2024-10-04',${sale(1)},'A20241004-900-${sale(1)}',UNHEX(LPAD('${first}',16,'b')),${meter},${meter},'cash',60000,60000,'asked',${at});
INSERT INTO sale_line(sale_id,line,kind,name,amount_fen) VALUES(${sale(0)},1,'energy','',9000),(${sale(0)},2,'fee','物业费',1000);
INSERT INTO command_batch(command_batch_id,kind,request_key,created_by,created_at,reason) VALUES(${order},'credit',UNHEX(LPAD('${first}',32,'c')),900,${at},'');
INSERT INTO command(command_id,command_batch_id,kind,bus_id,meter_id,created_at,state) VALUES(${order},${order},'credit',${of(0)},${meter},${at},'held');
INSERT INTO delivery(command_id,sale_id,meter_id,meter_epoch_id,kind,amount_fen,state,want_count,intent_at,before_fen,before_wh,sends,sent_at,ended_at,outcome,found_count,found_fen) VALUES(${order},${sale(0)},${meter},${meter},'credit',9000,'held',5,${at},3094,12000000,1,${at},${at},'count_over 6 5',6,21094);
INSERT INTO alarm(kind,meter_id,began_at,detail) VALUES('count_mismatch',${meter},${at},'6 5');
INSERT INTO alarm(alarm_id,kind,meter_id,account_id,began_at,detail,value,threshold) VALUES(${of(500)},'low_credit1',${of(0)},${of(0)},${at},'',4990,5000);
INSERT INTO maintenance(maintenance_id,request_key,place_id,begins_at,ends_at,reason,created_at,created_by) VALUES(${of(0)},UNHEX(LPAD('${first}',32,'e')),${of(2)},${at},${at} + INTERVAL 1 DAY,'检修',${at},900);
INSERT INTO approval(approval_id,kind,sale_id,amount_fen,reason,asked_by,asked_at) VALUES(${of(0)},'refund',${sale(1)},60000,'退租或搬迁',900,${at});`;
}

// Places: 1 is the site, 2 and 1002 the buildings, then floor and rooms of each.
function buildingRows(first) {
  const of = (n) => first + n;
  const name = first === A ? '1号楼' : '2号楼';
  return `
INSERT INTO place(place_id,parent_id,kind,name,sort_order) VALUES(${of(1)},1,'building','${name}',${first}),(${of(2)},${of(1)},'floor','1层',1),(${of(3)},${of(2)},'room','101',1),(${of(4)},${of(2)},'room','102',2);
INSERT INTO gateway(gateway_id,name,place_id,note) VALUES(${of(0)},'${name}管理机',${of(1)},'弱电井');
INSERT INTO bus(bus_id,gateway_id,name,transport,host,port) VALUES(${of(0)},${of(0)},'RS485-1','rtu_tcp','127.0.0.1',${5000 + (first % 1000)});
INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,box_position,place_id,alarm1_fen) SELECT ${of(0)},'20260000${first + 1000}',meter_model_id,${of(0)},3,1,${of(3)},6000 FROM meter_model WHERE code='adf300';
INSERT INTO meter(meter_id,number,name,meter_model_id,bus_id,unit,place_id,credit_mode) SELECT ${of(1)},'20260000${first + 1001}','${name}总表',meter_model_id,${of(0)},40,${of(1)},'monitor' FROM meter_model WHERE code='dtsy1352';
INSERT INTO meter_link(meter_id) VALUES(${of(0)}),(${of(1)});
INSERT INTO account(account_id,number,name,phone,opened_at) VALUES(${of(0)},'A${first}','张记小面馆',13800000000,'2026-01-01');
INSERT INTO account_meter(meter_id,began_at,account_id) VALUES(${of(0)},'2026-01-01',${of(0)});
INSERT INTO meter_change(meter_change_id,kind,request_key,account_id,old_meter_id,new_number,state,reason,began_at,began_by,ended_at) VALUES(${of(0)},'replacement',UNHEX(LPAD('${first}',32,'c')),${of(0)},${of(0)},'20269999000','cancelled','误操作',${at},1,${at});
INSERT INTO meter_tariff(meter_id,valid_from,tariff_id) VALUES(${of(0)},'2026-01-01',1);
INSERT INTO meter_state(meter_id,read_at,energy_wh,credit_fen,purchase_count,relay_closed) VALUES(${of(0)},${at},1200000,12345,12,1);
INSERT INTO meter_epoch(meter_epoch_id,meter_id,account_id,cause,began_at,base_count,base_credit_fen,base_energy_wh,last_count,last_credit_fen,last_energy_wh,last_at,changed_at) VALUES(${of(0)},${of(0)},${of(0)},'adopted','2026-01-01',11,2345,1000000,12,12345,1200000,${at},${at});
${saleRows(first)}
INSERT INTO command_batch(command_batch_id,kind,request_key,created_by,created_at,reason) VALUES(${of(0)},'write_prices',UNHEX(LPAD('${first}',32,'0')),NULL,${at},'调价');
INSERT INTO command(command_id,command_batch_id,kind,bus_id,meter_id,created_at) VALUES(${of(0)},${of(0)},'write_prices',${of(0)},${of(0)},${at});
${heldRows(first)}
INSERT INTO energy_day(day,meter_id,first_at,first_wh,last_at,last_wh,used_wh,readings) SELECT CURDATE() - INTERVAL seq DAY,${of(0)},${at},0,${at},12000,12000,48 FROM seq_1_to_60;`;
}

export function estate(maria) {
  maria.sql(`SET time_zone='+00:00';
INSERT INTO place(place_id,parent_id,kind,name) VALUES(1,NULL,'site','云谷');
INSERT INTO tariff(tariff_id,name,note) VALUES(1,'商铺分时','一般工商业'),(2,'居民阶梯','');
INSERT INTO tariff_version(tariff_version_id,tariff_id,state,tier_cycle,created_at) VALUES(1,1,'draft','none',${at}),(2,1,'draft','none',${at}),(3,2,'draft','month',${at});
INSERT INTO tariff_season(tariff_version_id,season,name,from_month,from_day) SELECT tariff_version_id,0,'',1,1 FROM tariff_version;
INSERT INTO tariff_slot(tariff_version_id,season,day_kind,start_min,period) SELECT tariff_version_id,0,'workday',s.m,s.p FROM tariff_version, (SELECT 0 m,'valley' p UNION SELECT 480,'peak' UNION SELECT 720,'flat' UNION SELECT 1320,'valley') s;
INSERT INTO tariff_price(tariff_version_id,component,name,period,price_uyuan) SELECT tariff_version_id,1,'电网电价',p.p,p.u FROM tariff_version, (SELECT 'sharp' p,1200000 u UNION SELECT 'peak',1050000 UNION SELECT 'flat',750000 UNION SELECT 'valley',350000 UNION SELECT 'deep',200000) p;
INSERT INTO tariff_tier(tariff_version_id,tier,from_wh,period,price_uyuan) SELECT 3,1,230000,p.p,50000 FROM (SELECT 'sharp' p UNION SELECT 'peak' UNION SELECT 'flat' UNION SELECT 'valley' UNION SELECT 'deep') p;
UPDATE tariff_version SET state='published',valid_from='2026-01-01',published_at=${at} WHERE tariff_version_id=1;
INSERT INTO holiday(day,kind,name) VALUES('2026-10-01','holiday','国庆节'),('2026-10-10','workday','调休');
INSERT INTO import(import_id,kind,file_name,file_digest,state,created_at,ended_at,rows_total,rows_new) VALUES(1,'places','places.csv',REPEAT('x',32),'applied',${at},${at},2,2);
INSERT INTO import_row(import_id,row_no,outcome,label,object_id,cells,changes,old_cells) VALUES(1,2,'new','云谷 1号楼',2,'云谷,1号楼','','');
INSERT INTO site_image(kind,type,width,height,digest,bytes,changed_at) VALUES('logo','image/png',1,1,'0123456789abcdef',UNHEX('89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082'),${at});
INSERT INTO setting(name,value) VALUES('site.logo','0123456789abcdef');
INSERT INTO operator(operator_id,username,display_name,role_id,must_change,created_at) SELECT 900,'estate-cashier','李收银',role_id,0,${at} FROM role WHERE code='cashier';
INSERT INTO business_day(day,closed_at,closed_by) VALUES('2024-10-04',${at},900);
INSERT INTO shift(shift_id,operator_id,opened_at,biz_day,float_fen,closed_at,expected_fen,counted_fen,note) VALUES(1,900,'2024-10-04 01:00','2024-10-04',20000,'2024-10-04 09:00',20000,19950,'少找 0.50');
INSERT INTO fee(fee_id,name,kind,value,is_usual) VALUES(1,'物业费','fixed',2000,1),(2,'线损','permille',25,0);
INSERT INTO check_run(check_run_id,asked_by,asked_at,began_at,ended_at,violations) VALUES(1,NULL,${at},${at},${at},2);
INSERT INTO check_result(check_run_id,code,violations,took_ms,sample) VALUES(1,'I01',0,12,''),(1,'I04',2,8,'operator 900 day 2024-10-04: 17');
INSERT INTO shift_count(shift_id,denomination_fen,pieces) VALUES(1,10000,1),(1,5000,1),(1,1000,4),(1,500,1),(1,100,4),(1,50,1);
${buildingRows(A)}${buildingRows(B)}`);
}

// A role that may do everything, which no installation has: administrator and auditor are kept apart.
export function omnipotent(maria) {
  maria.sql(`INSERT INTO role(code,name) VALUES('omnipotent','Everything');
INSERT INTO role_permission SELECT (SELECT role_id FROM role WHERE code='omnipotent'), permission FROM role_permission GROUP BY permission`);
}

export const PROGRAMS = ['login', 'accounts', 'sales', 'settings'];

// Rows of routes[]: {program, method, path, permission, flags: ['confirms', …]}.
export function routes(programs = PROGRAMS) {
  return programs.flatMap((program) => {
    const text = fs.readFileSync(path.join(ROOT, `cgi-bin/${program}/${program}.c`), 'utf8');
    return [...text.matchAll(/\{\s*(GET|POST),\s*"([^"]+)",\s*(PERM_\w+),\s*(\w+)([^}]*)\}/g)]
      .map(([, method, route, permission, handler, rest]) => ({ program, method, path: route, permission, handler, also: /\.also = (PERM_\w+)/.exec(rest)?.[1],
        flags: [...rest.matchAll(/\.(\w+) = true/g)].map((match) => match[1]) }))
      .filter((route) => route.path !== '/' || program === 'login'); // nginx gives it to login
  });
}

// "PERM_METER_VIEW" -> "meter.view", as lib/model/permission.h writes beside each.
export const permissionNames = () => Object.fromEntries([...fs.readFileSync(path.join(ROOT, 'lib/model/permission.h'), 'utf8')
  .matchAll(/\b(PERM_\w+),\s*\/\* "([\w.]+)"/g)].map((match) => [match[1], match[2]]));

// What the number in an address names, by the word before it. `scoped`: it belongs to a building.
export const NOUNS = {
  places: { scoped: true, id: [2, 1002] },
  gateways: { scoped: true, id: [A, B] },
  buses: { scoped: true, id: [A, B] },
  meters: { scoped: true, id: [A, B] },
  orders: { scoped: true, id: [A, B] },
  models: { id: [1] },
  tariffs: { id: [1] },
  versions: { id: [2] },
  imports: { id: [1] },
  operators: { id: [900] },
  roles: { id: [1] },
  audit: { id: [1] },
  holidays: { id: [1] },
  sms: { id: [1] },
  accounts: { scoped: true, id: [A, B] },
  open: { id: [1] },
  changes: { scoped: true, id: [A, B] },
  sell: { scoped: true, id: [A, B] },
  sales: { scoped: true, id: [A, B] },
  fees: { id: [1] },
  refund: { scoped: true, id: [A, B] },
  adjust: { scoped: true, id: [A, B] },
  explain: { scoped: true, id: [A + 2, B + 2] },
  held: { scoped: true, id: [A + 130, B + 130] },
  approvals: { scoped: true, id: [A, B] },
  check: { id: [1] },
  shift: { id: [1] },
  shifts: { id: [1] },
  days: { id: [20000] },
  alarms: { scoped: true, id: [A + 500, B + 500] },
  maintenance: { scoped: true, id: [A, B] },
};
// Pages that are there only with something in the query.
export const QUERIES = { '/settings/imports/template': '?kind=meters' };
export const nounOf = (route) => /\/(\w+)\/\{id\}/.exec(route)?.[1];
