// What the settings no longer keep goes away at night; everything else stays.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ctl, startMaria, writeConf } from '../harness/harness.mjs';

const maria = await startMaria();
const conf = await writeConf(maria);
const months = () => maria.sql("SELECT PARTITION_NAME p FROM information_schema.PARTITIONS WHERE TABLE_NAME='reading' AND PARTITION_NAME<>'pmax' ORDER BY 1").map((row) => row.p);
const count = (table) => Number(maria.one(`SELECT COUNT(*) FROM ${table}`));

// Two readings a month for 20 months before any partition, a record of polling each day for 500 days.
maria.sql(`ALTER TABLE reading REMOVE PARTITIONING; ALTER TABLE reading PARTITION BY RANGE COLUMNS (taken_at) (PARTITION pmax VALUES LESS THAN (MAXVALUE));
INSERT INTO place(place_id,kind,name) VALUES(1,'site','x'); INSERT INTO gateway(gateway_id,name) VALUES(1,'x'); INSERT INTO bus(bus_id,gateway_id,name,transport) VALUES(1,1,'x','tcp');
INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit) VALUES(1,'1',1,1,1);
INSERT INTO reading(meter_id,taken_at,read_at,energy_wh) SELECT 1, m, m, 1 FROM (SELECT DATE_FORMAT(UTC_TIMESTAMP() - INTERVAL seq MONTH, '%Y-%m-15') m FROM seq_0_to_19 UNION SELECT DATE_FORMAT(UTC_TIMESTAMP() - INTERVAL seq MONTH, '%Y-%m-01') FROM seq_0_to_19) t;
INSERT INTO poll_hour SELECT 1, UTC_TIMESTAMP() - INTERVAL seq DAY, 1, 1, 0, 0, 0, 0 FROM seq_1_to_500;
INSERT INTO energy_day(day,meter_id,first_at,first_wh,last_at,last_wh,used_wh,readings) SELECT CURDATE() - INTERVAL seq DAY,1,UTC_TIMESTAMP(),0,UTC_TIMESTAMP(),1,1,48 FROM seq_1_to_700;`);

test('by default ten years of half hours and 400 days of polling stay', () => {
  ctl(conf, ['partitions']);
  assert.equal(months().length, 23, '20 months of data, three ahead');
  assert.equal(count('reading'), 40);
  assert.equal(count('poll_hour'), 399);
});

test('what is older than the settings goes, whole months at a time; days of use and the audit stay', () => {
  maria.sql("INSERT INTO setting(name,value) VALUES('keep.reading_months','13'),('keep.poll_days','31') ON DUPLICATE KEY UPDATE value=VALUES(value)");
  const audit = count('audit');
  const said = ctl(conf, ['partitions']);
  assert.equal(said.match(/dropped partition/g).length, 6);
  assert.equal(count('reading'), 28, 'this month and the 13 before it');
  assert.equal(count('poll_hour'), 30);
  assert.equal(count('energy_day'), 700);
  assert.equal(count('audit'), audit);
  assert.doesNotMatch(ctl(conf, ['partitions']), /dropped|deleted/);
});

test('a number that no page would take loses nothing', () => {
  maria.sql("UPDATE setting SET value='0' WHERE name LIKE 'keep.%'");
  ctl(conf, ['partitions']);
  maria.sql("UPDATE setting SET value='one' WHERE name LIKE 'keep.%'");
  ctl(conf, ['partitions']);
  assert.deepEqual([count('reading'), count('poll_hour')], [28, 30]);
});
