-- Views for people and reports: yuan and kWh instead of fen and watt-hours, names instead of numbers. Made
-- anew by each `voltillctl migrate`.
CREATE OR REPLACE VIEW v_meter AS
SELECT m.meter_id, m.number, m.name, mm.name AS model, g.name AS gateway, b.name AS bus, m.unit, m.box_position, m.phases,
       p.name AS place, m.credit_mode, m.is_protected = 1 AS is_protected, s.read_at,
       CAST(s.energy_wh / 1000 AS DECIMAL(18,3)) AS energy_kwh,
       CAST(s.credit_fen / 100 AS DECIMAL(18,2)) AS credit_yuan,
       s.purchase_count, CAST(s.power_w / 1000 AS DECIMAL(12,3)) AS power_kw, l.lost_since, m.installed_at, m.removed_at
  FROM meter m
  JOIN meter_model mm USING (meter_model_id)
  JOIN bus b USING (bus_id)
  JOIN gateway g USING (gateway_id)
  LEFT JOIN place p ON p.place_id = m.place_id
  LEFT JOIN meter_state s ON s.meter_id = m.meter_id
  LEFT JOIN meter_link l ON l.meter_id = m.meter_id;

CREATE OR REPLACE VIEW v_reading AS
SELECT r.meter_id, m.number, r.taken_at, r.read_at,
       CAST(r.energy_wh / 1000 AS DECIMAL(18,3)) AS energy_kwh,
       CAST(r.credit_fen / 100 AS DECIMAL(18,2)) AS credit_yuan,
       r.purchase_count, r.quality
  FROM reading r JOIN meter m USING (meter_id);

CREATE OR REPLACE VIEW v_energy_day AS
SELECT e.day, e.meter_id, m.number, CAST(e.used_wh / 1000 AS DECIMAL(18,3)) AS used_kwh,
       CAST(e.sharp_wh / 1000 AS DECIMAL(18,3)) AS sharp_kwh, CAST(e.peak_wh / 1000 AS DECIMAL(18,3)) AS peak_kwh,
       CAST(e.flat_wh / 1000 AS DECIMAL(18,3)) AS flat_kwh, CAST(e.valley_wh / 1000 AS DECIMAL(18,3)) AS valley_kwh,
       e.max_power_w, e.readings
  FROM energy_day e JOIN meter m USING (meter_id);

CREATE OR REPLACE VIEW v_partition AS
SELECT PARTITION_NAME AS name, PARTITION_DESCRIPTION AS ends_before, TABLE_ROWS AS about_rows
  FROM information_schema.PARTITIONS
 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'reading'
 ORDER BY PARTITION_ORDINAL_POSITION;
