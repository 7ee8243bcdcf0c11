-- Rows every installation has: meter models with a profile, roles, settings.
INSERT INTO meter_model (code, name, maker, has_credit, has_relay) VALUES
  ('adf300',    'ADF300',    'Acrel', 1, 1),
  ('ddsy1352',  'DDSY1352',  'Acrel', 1, 1),
  ('dtsy1352',  'DTSY1352',  'Acrel', 1, 1),
  ('dtsy1946',  'DTSY1946',  'Sfere', 0, 1)
ON DUPLICATE KEY UPDATE code = VALUES(code);

INSERT INTO role (code) VALUES ('admin'), ('manager'), ('cashier'), ('finance'), ('installer'), ('auditor')
ON DUPLICATE KEY UPDATE code = VALUES(code);

INSERT IGNORE INTO role_permission (role_id, permission)
SELECT role_id, permission FROM role JOIN (
  SELECT 'admin' code, 'meter.view' permission UNION ALL SELECT 'admin', 'bus.view' UNION ALL SELECT 'admin', 'export'
  UNION ALL SELECT 'manager', 'meter.view' UNION ALL SELECT 'manager', 'bus.view' UNION ALL SELECT 'manager', 'export'
  UNION ALL SELECT 'cashier', 'meter.view'
  UNION ALL SELECT 'finance', 'meter.view' UNION ALL SELECT 'finance', 'export'
  UNION ALL SELECT 'installer', 'meter.view' UNION ALL SELECT 'installer', 'bus.view' UNION ALL SELECT 'installer', 'export'
  UNION ALL SELECT 'auditor', 'meter.view' UNION ALL SELECT 'auditor', 'bus.view' UNION ALL SELECT 'auditor', 'export'
) AS basics USING (code);

INSERT INTO setting (name, value) VALUES
  ('site.name', 'Voltill'),
  ('site.time_zone', 'Asia/Shanghai'),
  ('site.currency', 'CNY'),
  ('site.language', 'zh-CN'),
  ('alarm.credit1_fen', '5000'),
  ('alarm.credit2_fen', '2000'),
  ('session.idle_min', '60'),
  ('session.absolute_h', '12'),
  ('session.parallel_max', '3')
ON DUPLICATE KEY UPDATE name = VALUES(name);
