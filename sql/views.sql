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

-- To which building, or else to which site, a place and a meter belong: what the scope of an operator names.
CREATE OR REPLACE ALGORITHM=MERGE VIEW v_place_scope AS
SELECT p0.place_id,
       COALESCE(CASE 'building' WHEN p0.kind THEN p0.place_id WHEN p1.kind THEN p1.place_id WHEN p2.kind THEN p2.place_id WHEN p3.kind THEN p3.place_id END,
         CASE 'site' WHEN p0.kind THEN p0.place_id WHEN p1.kind THEN p1.place_id WHEN p2.kind THEN p2.place_id WHEN p3.kind THEN p3.place_id END, 0) AS scope_id
  FROM place p0
  LEFT JOIN place p1 ON p1.place_id = p0.parent_id
  LEFT JOIN place p2 ON p2.place_id = p1.parent_id
  LEFT JOIN place p3 ON p3.place_id = p2.parent_id;

CREATE OR REPLACE ALGORITHM=MERGE VIEW v_meter_scope AS
SELECT m.meter_id, m.bus_id, m.credit_mode, m.removed_at, COALESCE(p.scope_id, 0) AS scope_id
  FROM meter m LEFT JOIN v_place_scope p ON p.place_id = m.place_id;

-- One row per meter: where, whose (a meter that only measures has no credit, whatever its register says), its newest values, and its state as a number (enum meter_status in
-- lib/model/meter.h, whose meter_status() says the same). No subquery in the select list, so that the
-- server can merge the view into the query around it.
CREATE OR REPLACE ALGORITHM=MERGE VIEW v_meter_now AS
SELECT m.meter_id, m.number, m.name, m.unit, m.box_position, m.phases, m.ct_ratio, m.pt_ratio,
       m.credit_mode, m.is_protected, m.removed_at,
       mm.name AS model, mm.maker, mm.has_credit, mm.has_relay,
       b.bus_id, b.name AS bus, b.status_period_s, b.reading_period_s, g.gateway_id, g.name AS gateway,
       p0.place_id, p0.initials AS place_initials,
       IF(p0.kind = 'room', p0.name, '') AS room, IF(p0.kind = 'room', p0.sort_order, -1) AS room_order,
       CASE 'floor' WHEN p0.kind THEN p0.place_id WHEN p1.kind THEN p1.place_id WHEN p2.kind THEN p2.place_id END AS floor_id,
       CASE 'floor' WHEN p0.kind THEN p0.name WHEN p1.kind THEN p1.name WHEN p2.kind THEN p2.name END AS floor,
       CASE 'floor' WHEN p0.kind THEN p0.sort_order WHEN p1.kind THEN p1.sort_order WHEN p2.kind THEN p2.sort_order END AS floor_order,
       CASE 'building' WHEN p0.kind THEN p0.place_id WHEN p1.kind THEN p1.place_id WHEN p2.kind THEN p2.place_id WHEN p3.kind THEN p3.place_id END AS building_id,
       CASE 'building' WHEN p0.kind THEN p0.name WHEN p1.kind THEN p1.name WHEN p2.kind THEN p2.name WHEN p3.kind THEN p3.name END AS building,
       CASE 'building' WHEN p0.kind THEN p0.sort_order WHEN p1.kind THEN p1.sort_order WHEN p2.kind THEN p2.sort_order WHEN p3.kind THEN p3.sort_order END AS building_order,
       CASE 'site' WHEN p0.kind THEN p0.place_id WHEN p1.kind THEN p1.place_id WHEN p2.kind THEN p2.place_id WHEN p3.kind THEN p3.place_id END AS site_id,
       CASE 'site' WHEN p0.kind THEN p0.name WHEN p1.kind THEN p1.name WHEN p2.kind THEN p2.name WHEN p3.kind THEN p3.name END AS site,
       CASE 'site' WHEN p0.kind THEN p0.sort_order WHEN p1.kind THEN p1.sort_order WHEN p2.kind THEN p2.sort_order WHEN p3.kind THEN p3.sort_order END AS site_order,
       COALESCE(CASE 'building' WHEN p0.kind THEN p0.place_id WHEN p1.kind THEN p1.place_id WHEN p2.kind THEN p2.place_id WHEN p3.kind THEN p3.place_id END,
         CASE 'site' WHEN p0.kind THEN p0.place_id WHEN p1.kind THEN p1.place_id WHEN p2.kind THEN p2.place_id WHEN p3.kind THEN p3.place_id END, 0) AS scope_id,
       a.account_id, a.number AS account_number, a.name AS tenant, a.initials AS tenant_initials, a.phone,
       COALESCE(m.alarm1_fen, IF(d3.value = 'percent', am.last_purchase_fen * CAST(d4.value AS SIGNED) DIV 100, NULL), CAST(d1.value AS SIGNED)) AS alarm1_fen,
       COALESCE(m.alarm2_fen, IF(d3.value = 'percent', am.last_purchase_fen * CAST(d5.value AS SIGNED) DIV 100, NULL), CAST(d2.value AS SIGNED)) AS alarm2_fen,
       s.read_at, s.quality, s.energy_wh, s.sharp_wh, s.peak_wh, s.flat_wh, s.valley_wh,
       IF(m.credit_mode = 'monitor', NULL, s.credit_fen) AS credit_fen,
       IF(m.credit_mode = 'monitor', NULL, s.purchase_count) AS purchase_count, s.overload_count, s.overload_max,
       s.relay_closed, s.fee_state, s.load_state, s.time_state, s.force_state, s.flags,
       s.voltage_a_dv, s.voltage_b_dv, s.voltage_c_dv, s.current_a_ma, s.current_b_ma, s.current_c_ma,
       s.power_w, s.power_a_w, s.power_b_w, s.power_c_w, s.reactive_var, s.power_factor,
       s.demand_w, s.base_wh, s.clock_at, l.lost_since,
       CASE
         WHEN s.meter_id IS NULL OR l.lost_since IS NOT NULL THEN 0
         WHEN (a.account_id IS NOT NULL OR m.credit_mode = 'monitor')
              AND s.relay_closed & IF(m.phases = 3, 7, 1) <> IF(m.phases = 3, 7, 1) THEN 1
         WHEN a.account_id IS NOT NULL AND m.credit_mode <> 'monitor'
              AND (s.flags & 4 <> 0 OR s.credit_fen < 0) THEN 2
         WHEN a.account_id IS NOT NULL AND m.credit_mode <> 'monitor'
              AND s.credit_fen <= COALESCE(m.alarm2_fen, IF(d3.value = 'percent', am.last_purchase_fen * CAST(d5.value AS SIGNED) DIV 100, NULL), CAST(d2.value AS SIGNED)) THEN 3
         WHEN a.account_id IS NOT NULL AND m.credit_mode <> 'monitor'
              AND s.credit_fen <= COALESCE(m.alarm1_fen, IF(d3.value = 'percent', am.last_purchase_fen * CAST(d4.value AS SIGNED) DIV 100, NULL), CAST(d1.value AS SIGNED)) THEN 4
         WHEN m.is_protected <> 0 OR s.force_state & (8 | IF(m.phases = 3, 7, 1)) = 8 | IF(m.phases = 3, 7, 1) THEN 5
         WHEN a.account_id IS NULL AND m.credit_mode <> 'monitor' THEN 6
         ELSE 7
       END AS status
FROM meter m
JOIN meter_model mm ON mm.meter_model_id = m.meter_model_id
JOIN bus b ON b.bus_id = m.bus_id
JOIN gateway g ON g.gateway_id = b.gateway_id
LEFT JOIN place p0 ON p0.place_id = m.place_id
LEFT JOIN place p1 ON p1.place_id = p0.parent_id
LEFT JOIN place p2 ON p2.place_id = p1.parent_id
LEFT JOIN place p3 ON p3.place_id = p2.parent_id
LEFT JOIN account_meter am ON am.active_meter = m.meter_id
LEFT JOIN account a ON a.account_id = am.account_id
LEFT JOIN meter_state s ON s.meter_id = m.meter_id
LEFT JOIN meter_link l ON l.meter_id = m.meter_id
LEFT JOIN setting d1 ON d1.name = 'alarm.credit1_fen'
LEFT JOIN setting d2 ON d2.name = 'alarm.credit2_fen'
LEFT JOIN setting d3 ON d3.name = 'alarm.credit_basis'
LEFT JOIN setting d4 ON d4.name = 'alarm.credit1_percent'
LEFT JOIN setting d5 ON d5.name = 'alarm.credit2_percent';
