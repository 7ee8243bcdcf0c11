// Alarms of every kind in the building of building.mjs: running, over, answered, muted, planned, folded.
export const KINDS = ['meter_lost', 'bus_lost', 'implausible', 'model_mismatch', 'bus_noise', 'identity_mismatch', 'count_mismatch', 'balance_drift', 'delivery_held',
  'metering_difference', 'check_failed', 'low_credit1', 'low_credit2', 'arrears', 'overload', 'clock_drift', 'relay_disorder', 'gateway_lost', 'spool_growing', 'disk_low'];
export const CRITICAL = ['bus_lost', 'identity_mismatch', 'count_mismatch', 'balance_drift', 'delivery_held', 'check_failed', 'relay_disorder', 'gateway_lost', 'disk_low'];

// Ids: 1001 the lost gateway, its buses 1002 1003 and thirty meters 1100 … folded under it; 1010 … of single meters.
export function alarmRows(maria, by = 1) {
  maria.sql(`SET time_zone='+00:00'; SET @now=UTC_TIMESTAMP(3); DELETE FROM alarm;
INSERT INTO maintenance(maintenance_id,request_key,place_id,begins_at,ends_at,reason,created_at,created_by) VALUES(1,REPEAT('k',16),3,@now - INTERVAL 1 HOUR,@now + INTERVAL 3 HOUR,'2号楼配电房检修 <b>',@now - INTERVAL 1 DAY,${by}),
 (2,REPEAT('l',16),11,@now + INTERVAL 1 DAY,@now + INTERVAL 2 DAY,'换表',@now,${by}),(3,REPEAT('m',16),2,@now - INTERVAL 3 DAY,@now - INTERVAL 2 DAY,'停电试验',@now - INTERVAL 4 DAY,${by});
INSERT INTO alarm(alarm_id,kind,gateway_id,began_at) VALUES(1001,'gateway_lost',1,@now - INTERVAL 50 MINUTE);
INSERT INTO alarm(alarm_id,kind,bus_id,began_at,detail,parent_id) VALUES(1002,'bus_lost',1,@now - INTERVAL 50 MINUTE,'open',1001),(1003,'bus_lost',2,@now - INTERVAL 49 MINUTE,'timeout',1001);
INSERT INTO alarm(alarm_id,kind,meter_id,account_id,began_at,detail,parent_id) SELECT 1100+seq,'meter_lost',100+seq,100+seq,@now - INTERVAL 50 MINUTE,'timeout',1001 FROM seq_1_to_30;
INSERT INTO alarm(alarm_id,kind,meter_id,account_id,began_at,detail,value,threshold) VALUES
 (1010,'low_credit1',22,22,@now - INTERVAL 26 HOUR,'',4000,5000),(1011,'low_credit2',34,34,@now - INTERVAL 3 HOUR,'',1500,2000),(1012,'arrears',29,29,@now - INTERVAL 2 HOUR,'',-1240,0),
 (1013,'overload',40,40,@now - INTERVAL 4 MINUTE,'tripped 2 5',7350,6000),(1014,'clock_drift',41,41,@now - INTERVAL 9 DAY,'',-412,300),(1015,'relay_disorder',42,42,@now - INTERVAL 12 MINUTE,'Against',NULL,NULL),
 (1016,'implausible',43,43,@now - INTERVAL 1 HOUR,'jump 9999990',NULL,NULL),(1017,'identity_mismatch',44,44,@now - INTERVAL 1 HOUR,'other_meter 202600001234',NULL,NULL),
 (1018,'count_mismatch',45,45,@now - INTERVAL 1 HOUR,'count 6 5',NULL,NULL),(1019,'balance_drift',46,46,@now - INTERVAL 1 HOUR,'fall 30.00 1.20',NULL,NULL),(1020,'model_mismatch',47,47,@now - INTERVAL 1 HOUR,'',NULL,NULL),
 (1021,'metering_difference',48,48,@now - INTERVAL 10 HOUR,'difference 2026-11-30 3.20 100.00',NULL,NULL),(1022,'delivery_held',49,49,@now - INTERVAL 1 HOUR,'count_over 6 5',NULL,NULL);
INSERT INTO alarm(alarm_id,kind,bus_id,began_at,detail) VALUES(1030,'bus_noise',3,@now - INTERVAL 5 MINUTE,'noise');
INSERT INTO alarm(alarm_id,kind,collector_id,began_at,detail,value,threshold) VALUES(1031,'spool_growing',1,@now - INTERVAL 8 MINUTE,'',1234,NULL),(1032,'disk_low',1,@now - INTERVAL 8 MINUTE,'',83,100);
INSERT INTO alarm(alarm_id,kind,began_at,detail) VALUES(1033,'check_failed',@now - INTERVAL 9 HOUR,'check 3 17');
INSERT INTO alarm(alarm_id,kind,meter_id,account_id,began_at,detail,acknowledged_at,acknowledged_by,note) VALUES(1040,'meter_lost',63,63,@now - INTERVAL 2 HOUR,'timeout',@now - INTERVAL 1 HOUR,${by},'已派人到现场 <i>');
INSERT INTO alarm(alarm_id,kind,meter_id,account_id,began_at,detail,muted_until) VALUES(1041,'meter_lost',150,150,@now - INTERVAL 2 HOUR,'timeout',@now + INTERVAL 3 HOUR);
INSERT INTO alarm(alarm_id,kind,meter_id,account_id,began_at,detail,maintenance_id) VALUES(1042,'meter_lost',190,190,@now - INTERVAL 20 MINUTE,'timeout',1);
INSERT INTO alarm_note(alarm_id,at,operator_id,deed,note) VALUES(1040,@now - INTERVAL 1 HOUR,${by},'acknowledge','已派人到现场 <i>'),(1040,@now - INTERVAL 30 MINUTE,${by},'comment','等待换表');
INSERT INTO alarm(alarm_id,kind,meter_id,account_id,began_at,ended_at,detail,value,threshold) SELECT 2000+seq,IF(seq%3=0,'low_credit1',IF(seq%3=1,'meter_lost','arrears')),seq,seq,@now - INTERVAL seq*3 HOUR - INTERVAL 2 HOUR,@now - INTERVAL seq*3 HOUR,IF(seq%3=1,'timeout',''),IF(seq%3=1,NULL,IF(seq%3=0,4990,-20)),IF(seq%3=1,NULL,IF(seq%3=0,5000,0)) FROM seq_1_to_120;`);
}
