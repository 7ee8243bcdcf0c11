// A building in the database without any meter on a wire: 7 floors of 36 rooms with tenants, a main
// meter per floor, 15 days of half hours and 90 days of daily use. For tests of pages alone.
import { waitOutMidnight } from '../harness/harness.mjs';

export const HOSTILE = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'-alert(1)-'", '</title><b>x', '</textarea>',
  'javascript:alert(1)', '&#x6a;avascript:', '{{7*7}}', '<svg/onload=alert(1)>', '\u2028line', '%3Cscript%3E', '<?cs var:Csrf ?>',
  'a << EOF', 'Page.Title = x', '=1+1', '+1', '-1', '@SUM(A1)', "=cmd|'/c calc'!A1", '100% 折扣', 'a_b', 'c\\d', "O'Brien"];
export const NAMES = ['京东西北', '小面馆', '张记裁缝', '李四理发', 'Café Zürich', '东坡'];
const INITIALS = ['jdxb', 'xmg', 'zjcf', 'lslf', 'cafe', 'dp'];
export const TENANTS = 240;

const text = (value) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

// account_id = meter_id = 1 … 240; rooms 241 … 252 have no tenant; main meters are 301 … 307.
export function building(maria) {
  waitOutMidnight();
  const accounts = [];
  for (let n = 1; n <= TENANTS; n++) {
    const name = n <= HOSTILE.length ? HOSTILE[n - 1] : NAMES[n % 6] + n;
    accounts.push(`(${n},'A${String(n).padStart(5, '0')}',${text(name)},'${n <= HOSTILE.length ? '' : INITIALS[n % 6]}','1380000${String(n).padStart(4, '0')}',@now - INTERVAL 100 DAY)`);
  }
  maria.sql(`SET time_zone='+00:00'; SET @now=UTC_TIMESTAMP(3);
SET @slot=FROM_UNIXTIME(UNIX_TIMESTAMP(@now) DIV 1800*1800); SET @today=DATE(@now + INTERVAL 8 HOUR);
INSERT INTO place(place_id,parent_id,kind,name,sort_order) VALUES(1,NULL,'site','园区',0),(2,1,'building','1号楼',1),(3,1,'building','2号楼',2);
INSERT INTO place(place_id,parent_id,kind,name,sort_order) SELECT 10+seq,IF(seq<=5,2,3),'floor',CONCAT(seq,'层'),seq FROM seq_1_to_7;
INSERT INTO place(place_id,parent_id,kind,name,sort_order) SELECT 1000+(f.seq-1)*36+r.seq,10+f.seq,'room',CONCAT(f.seq,LPAD(r.seq,2,'0')),r.seq FROM seq_1_to_7 f, seq_1_to_36 r;
INSERT INTO gateway(gateway_id,name,place_id) VALUES(1,'GW-01',11),(2,'GW-02 <i>总表</i>',11),(3,'采集主机串口',NULL),(4,'空网关',NULL);
INSERT INTO bus(bus_id,gateway_id,name,transport,host,port) VALUES(1,1,'RS485-1','rtu_tcp','127.0.0.1',5001),(2,1,'RS485-2','rtu_tcp','127.0.0.1',5002),(3,2,'总表','tcp','127.0.0.1',502);
INSERT INTO bus(bus_id,gateway_id,name,transport,device) VALUES(4,3,'车库','rtu','/dev/serial/by-id/usb-1');
INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,place_id,phases) SELECT seq,LPAD(seq,12,'0'),1,IF(seq<=144,1,2),1+((seq-1)%144),1000+seq,IF(seq%36=1,3,1) FROM seq_1_to_252;
INSERT INTO meter(meter_id,number,name,meter_model_id,bus_id,unit,place_id,phases,credit_mode) SELECT 300+seq,LPAD(300+seq,12,'0'),CONCAT(seq,'层总表'),3,3,seq,10+seq,3,'monitor' FROM seq_1_to_7;
INSERT INTO account(account_id,number,name,initials,phone,opened_at) VALUES ${accounts.join(',')};
INSERT INTO account_meter(meter_id,began_at,account_id) SELECT seq,@now - INTERVAL 100 DAY,seq FROM seq_1_to_${TENANTS};
INSERT INTO meter_link SELECT meter_id,IF(meter_id%63=0,@now - INTERVAL 2 HOUR,NULL) FROM meter;
INSERT INTO meter_state(meter_id,read_at,energy_wh,sharp_wh,peak_wh,flat_wh,valley_wh,credit_fen,purchase_count,overload_count,overload_max,relay_closed,fee_state,load_state,time_state,force_state,flags,voltage_a_dv,voltage_b_dv,voltage_c_dv,current_a_ma,current_b_ma,current_c_ma,power_w,power_a_w,power_b_w,power_c_w,reactive_var,power_factor,demand_w,base_wh,clock_at)
SELECT meter_id,IF(meter_id%63=0,@now - INTERVAL 2 HOUR,@now - INTERVAL (meter_id%50) SECOND),1000000+meter_id*12340,100000,400000,300000,200000+meter_id*12340,
 CASE WHEN meter_id>300 THEN NULL WHEN meter_id%29=0 THEN -1240 WHEN meter_id%17=0 THEN 1500 WHEN meter_id%11=0 THEN 4000 ELSE 10000+meter_id*137 END,
 IF(meter_id>300,NULL,12),IF(meter_id>300,NULL,0),IF(meter_id>300,NULL,5),IF(meter_id>300,NULL,IF(meter_id%58=0,0,IF(phases=3,7,1))),IF(meter_id>300,NULL,IF(meter_id%58=0,8,IF(phases=3,15,9))),
 IF(meter_id>300,NULL,0),IF(meter_id>300,NULL,0),IF(meter_id>300,NULL,IF(meter_id%40=0,9,0)),IF(meter_id<300 AND meter_id%29=0,4,0),
 2200+meter_id%50,IF(phases=3,2205,NULL),IF(phases=3,2210,NULL),1000+meter_id*10,IF(phases=3,1200,NULL),IF(phases=3,1300,NULL),200+meter_id*7,IF(phases=3,100,NULL),IF(phases=3,100,NULL),IF(phases=3,100,NULL),50,950,3000,0,@now - INTERVAL 20 SECOND FROM meter;
INSERT INTO energy_day(day,meter_id,first_at,first_wh,last_at,last_wh,used_wh,sharp_wh,peak_wh,flat_wh,valley_wh,max_power_w,max_power_at,readings)
SELECT day,meter_id,at0,1000000,IF(d=0,@slot,at0 + INTERVAL 1 DAY),1000000+u,u,u DIV 10,u*4 DIV 10,u*3 DIV 10,u-u DIV 10-u*4 DIV 10-u*3 DIV 10,3000+meter_id,at0 + INTERVAL 12 HOUR,IF(d=5 AND meter_id=103,30,48) FROM
 (SELECT @today - INTERVAL d.seq DAY day, TIMESTAMP(@today - INTERVAL d.seq DAY) - INTERVAL 8 HOUR at0, m.meter_id, d.seq d, 3000+((m.meter_id*7919+d.seq*104729)%9000)+IF(m.meter_id>300,200000,0) u
  FROM meter m JOIN seq_0_to_90 d WHERE NOT (m.meter_id=103 AND d.seq=9)) x;
INSERT INTO reading(meter_id,taken_at,read_at,energy_wh,sharp_wh,peak_wh,flat_wh,valley_wh,power_w,credit_fen,purchase_count,quality)
SELECT meter_id,@slot - INTERVAL s.seq*1800 SECOND,@slot - INTERVAL s.seq*1800 SECOND + INTERVAL 7 SECOND,1000000+meter_id*12340-s.seq*(150+meter_id%40),100000,400000,300000,200000+meter_id*12340-s.seq*(150+meter_id%40),300+meter_id*2,IF(meter_id>300,NULL,10000+meter_id*137+s.seq*11),IF(meter_id>300,NULL,12),0
 FROM meter m JOIN seq_0_to_720 s;
INSERT INTO poll_hour SELECT meter_id, FROM_UNIXTIME((UNIX_TIMESTAMP(@now) DIV 3600 - s.seq)*3600), 60, IF(meter_id%63=0,0,60-(meter_id*s.seq)%9), IF(meter_id%63=0,60,(meter_id*s.seq)%9 DIV 2), IF(meter_id%63=0,0,(meter_id*s.seq)%9 - (meter_id*s.seq)%9 DIV 2),0, 60*140 FROM meter JOIN seq_0_to_23 s;
INSERT INTO bus_state VALUES(1,@now,21000,@now,NULL,'',144,2),(2,@now,24000,@now,NULL,'timeout',108,2),(3,@now,400,@now,NULL,'',7,0),(4,@now,NULL,NULL,@now - INTERVAL 3 HOUR,'open',0,0);
INSERT INTO collector(collector_id,name,started_at,seen_at) VALUES(1,'demo-1',@now,@now);
INSERT INTO bus_lease SELECT bus_id,1,1,@now + INTERVAL 1 DAY FROM bus;
INSERT INTO alarm(kind,meter_id,bus_id,began_at,detail) SELECT 'meter_lost',meter_id,NULL,lost_since,'timeout' FROM meter_link WHERE lost_since IS NOT NULL;
INSERT INTO alarm(kind,meter_id,bus_id,began_at,detail) VALUES('bus_lost',NULL,4,@now - INTERVAL 3 HOUR,'open');`);
}

// The tiles of a board as the page shows them.
export function tiles(html) {
  return [...html.matchAll(/<li class="tile status-(\w+)" id="m(\d+)">([\s\S]*?)<\/li>/g)].map((match) => ({
    id: Number(match[2]), status: match[1],
    before: /class="tile-before">[^<]*?(?:：|:)\s*([^<]*)</.exec(match[3])?.[1],
  }));
}

// State of every chip: count and link. The first, without a state, is "all".
export function chips(html) {
  return Object.fromEntries([...html.matchAll(/<a class="chip( status-(\w+))?" href="([^"]*)"( aria-current="true")?>[\s\S]*?<b>(\d+)<\/b>/g)]
    .map((match) => [match[2] ?? 'all', { href: unescape(match[3]), current: Boolean(match[4]), count: Number(match[5]) }]));
}

export const unescape = (html) => html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
export const main = (html) => /<main[\s\S]*<\/main>/.exec(html)[0];
// Cells of the first table of a page, as text.
export function table(html) {
  const body = /<tbody>([\s\S]*?)<\/tbody>/.exec(html)?.[1] ?? '';
  return [...body.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map((row) => [...row[1].matchAll(/<t[dh][^>]*>([\s\S]*?)<\/t[dh]>/g)]
    .map((cell) => unescape(cell[1].replace(/<[^>]*>/g, '')).trim()));
}
