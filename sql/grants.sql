-- One account per program with the least it needs. An account is born locked and without a usable password;
-- `voltillctl db-password ACCOUNT` opens it. The rights are taken away and given anew each time.
CREATE USER IF NOT EXISTS voltill_login@localhost     IDENTIFIED VIA mysql_native_password USING 'invalid' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS voltill_accounts@localhost  IDENTIFIED VIA mysql_native_password USING 'invalid' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS voltill_settings@localhost  IDENTIFIED VIA mysql_native_password USING 'invalid' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS voltill_collector@localhost IDENTIFIED VIA mysql_native_password USING 'invalid' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS voltill_sealer@localhost    IDENTIFIED VIA mysql_native_password USING 'invalid' ACCOUNT LOCK;
REVOKE ALL PRIVILEGES, GRANT OPTION FROM voltill_sealer@localhost;
REVOKE ALL PRIVILEGES, GRANT OPTION FROM voltill_login@localhost;
REVOKE ALL PRIVILEGES, GRANT OPTION FROM voltill_accounts@localhost;
REVOKE ALL PRIVILEGES, GRANT OPTION FROM voltill_settings@localhost;
REVOKE ALL PRIVILEGES, GRANT OPTION FROM voltill_collector@localhost;

-- login: who signs in. Only this program reads and writes password hashes.
GRANT SELECT ON schema_version                 TO voltill_login@localhost;
GRANT SELECT ON setting                        TO voltill_login@localhost;
GRANT SELECT ON role                           TO voltill_login@localhost;
GRANT SELECT ON role_permission                TO voltill_login@localhost;
GRANT SELECT, UPDATE (password_hash, password_changed_at, must_change, language, theme, totp_secret, totp_since,
  totp_step, revision) ON operator             TO voltill_login@localhost;
GRANT SELECT, INSERT, UPDATE (used_at), DELETE ON operator_recovery TO voltill_login@localhost;
GRANT SELECT, INSERT, DELETE ON sign_in_step   TO voltill_login@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON operator_password TO voltill_login@localhost;
GRANT SELECT ON site_image                     TO voltill_login@localhost;
GRANT SELECT ON operator_scope                 TO voltill_login@localhost;
GRANT SELECT ON place                          TO voltill_login@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON session       TO voltill_login@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON login_attempt TO voltill_login@localhost;
GRANT SELECT, INSERT ON audit                  TO voltill_login@localhost;

-- accounts: shows, and writes only that somebody was here.
GRANT SELECT ON schema_version                 TO voltill_accounts@localhost;
GRANT SELECT ON setting                        TO voltill_accounts@localhost;
GRANT SELECT ON role                           TO voltill_accounts@localhost;
GRANT SELECT ON role_permission                TO voltill_accounts@localhost;
GRANT SELECT (operator_id, username, display_name, role_id, password_changed_at, must_change, language, theme,
  created_at, disabled_at, totp_since) ON operator TO voltill_accounts@localhost;
GRANT SELECT ON operator_scope                 TO voltill_accounts@localhost;
GRANT SELECT, UPDATE (seen_at, ended_at, end_reason) ON session TO voltill_accounts@localhost;
GRANT SELECT, INSERT ON audit                  TO voltill_accounts@localhost;
GRANT SELECT ON place                          TO voltill_accounts@localhost;
GRANT SELECT ON gateway                        TO voltill_accounts@localhost;
GRANT SELECT ON bus                            TO voltill_accounts@localhost;
GRANT SELECT ON bus_state                      TO voltill_accounts@localhost;
GRANT SELECT ON bus_lease                      TO voltill_accounts@localhost;
GRANT SELECT ON collector                      TO voltill_accounts@localhost;
GRANT SELECT ON meter_model                    TO voltill_accounts@localhost;
GRANT SELECT ON meter                          TO voltill_accounts@localhost;
GRANT SELECT ON meter_state                    TO voltill_accounts@localhost;
GRANT SELECT ON meter_link                     TO voltill_accounts@localhost;
GRANT SELECT ON account                        TO voltill_accounts@localhost;
GRANT SELECT ON account_meter                  TO voltill_accounts@localhost;
GRANT SELECT ON reading                        TO voltill_accounts@localhost;
GRANT SELECT ON energy_day                     TO voltill_accounts@localhost;
GRANT SELECT ON poll_hour                      TO voltill_accounts@localhost;
GRANT SELECT ON alarm                          TO voltill_accounts@localhost;
GRANT SELECT ON tariff                         TO voltill_accounts@localhost;
GRANT SELECT ON tariff_version                 TO voltill_accounts@localhost;
GRANT SELECT ON tariff_season                  TO voltill_accounts@localhost;
GRANT SELECT ON tariff_slot                    TO voltill_accounts@localhost;
GRANT SELECT ON tariff_price                   TO voltill_accounts@localhost;
GRANT SELECT ON tariff_tier                    TO voltill_accounts@localhost;
GRANT SELECT ON holiday                        TO voltill_accounts@localhost;
GRANT SELECT ON meter_tariff                   TO voltill_accounts@localhost;
GRANT SELECT ON v_meter_now                    TO voltill_accounts@localhost;
GRANT SELECT ON meter_config                   TO voltill_accounts@localhost;
GRANT SELECT ON command                        TO voltill_accounts@localhost;
GRANT SELECT ON command_batch                  TO voltill_accounts@localhost;
GRANT SELECT ON v_place_scope                  TO voltill_accounts@localhost;
GRANT SELECT ON v_meter_scope                  TO voltill_accounts@localhost;

-- settings: what the building is and who works with it. It reads no password hash and writes no reading.
GRANT SELECT ON schema_version                 TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE ON setting        TO voltill_settings@localhost;
GRANT SELECT (kind), INSERT, DELETE ON site_image TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON role   TO voltill_settings@localhost;
GRANT SELECT, INSERT, DELETE ON role_permission TO voltill_settings@localhost;
-- It makes people and gives them one-time passwords, but it reads neither a hash nor a secret.
GRANT SELECT (operator_id, username, display_name, role_id, password_changed_at, must_change, language, theme,
  created_at, disabled_at, totp_since, phone, revision),
  INSERT (username, display_name, role_id, phone, password_hash, password_changed_at, must_change, created_at),
  UPDATE (display_name, role_id, phone, password_hash, password_changed_at, must_change, disabled_at, totp_secret,
  totp_since, revision) ON operator            TO voltill_settings@localhost;
GRANT SELECT (operator_id), DELETE ON operator_recovery TO voltill_settings@localhost;
GRANT SELECT, DELETE ON login_attempt          TO voltill_settings@localhost;
GRANT SELECT (operator_id, changed_at), INSERT, UPDATE, DELETE ON operator_password TO voltill_settings@localhost;
GRANT SELECT, INSERT, DELETE ON operator_scope TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON place   TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON bus     TO voltill_settings@localhost;
GRANT SELECT, DELETE ON bus_state              TO voltill_settings@localhost;
GRANT SELECT, DELETE ON bus_lease              TO voltill_settings@localhost;
GRANT SELECT, UPDATE (fence) ON collector      TO voltill_settings@localhost;
GRANT SELECT ON meter_model                    TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON meter   TO voltill_settings@localhost;
GRANT SELECT, INSERT ON meter_place            TO voltill_settings@localhost;
GRANT SELECT ON meter_state                    TO voltill_settings@localhost;
GRANT SELECT ON meter_link                     TO voltill_settings@localhost;
GRANT SELECT ON poll_hour                      TO voltill_settings@localhost;
GRANT SELECT ON v_meter_now                    TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON tariff TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON tariff_version TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON tariff_season TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON tariff_slot TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON tariff_price TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON tariff_tier TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON holiday TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON meter_tariff TO voltill_settings@localhost;
GRANT SELECT ON reading                        TO voltill_settings@localhost;
GRANT SELECT ON energy_day                     TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON account TO voltill_settings@localhost;
GRANT SELECT, INSERT, DELETE ON account_meter  TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE ON import         TO voltill_settings@localhost;
GRANT SELECT, INSERT, DELETE ON import_file    TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON import_job TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON import_row TO voltill_settings@localhost;
GRANT SELECT ON v_place_scope                  TO voltill_settings@localhost;
GRANT SELECT ON v_meter_scope                  TO voltill_settings@localhost;
GRANT SELECT, UPDATE (seen_at, ended_at, end_reason, view_role_id, view_until) ON session TO voltill_settings@localhost;
GRANT SELECT, INSERT ON audit                  TO voltill_settings@localhost;
GRANT SELECT ON audit_seal                     TO voltill_settings@localhost;
-- Orders: written here, carried out by the collector; of what was ordered only the state may change.
GRANT SELECT, INSERT ON command_batch          TO voltill_settings@localhost;
GRANT SELECT, INSERT, UPDATE (state, cancel_at, ended_at, result) ON command TO voltill_settings@localhost;
GRANT SELECT ON command_attempt                TO voltill_settings@localhost;
GRANT SELECT ON meter_config                   TO voltill_settings@localhost;
GRANT SELECT ON bus_scan                       TO voltill_settings@localhost;
GRANT SELECT ON v_meter_now                    TO voltill_settings@localhost;

-- sealer: chains what others wrote into the audit. It can only add a link.
GRANT SELECT ON schema_version                 TO voltill_sealer@localhost;
GRANT SELECT ON setting                        TO voltill_sealer@localhost;
GRANT SELECT ON audit                          TO voltill_sealer@localhost;
GRANT SELECT, INSERT ON audit_seal             TO voltill_sealer@localhost;

-- collector: reads what to ask, writes what was answered. It can neither change nor delete a reading.
GRANT SELECT ON schema_version                 TO voltill_collector@localhost;
GRANT SELECT ON setting                        TO voltill_collector@localhost;
GRANT SELECT ON gateway                        TO voltill_collector@localhost;
GRANT SELECT ON bus                            TO voltill_collector@localhost;
GRANT SELECT ON meter_model                    TO voltill_collector@localhost;
GRANT SELECT ON meter                          TO voltill_collector@localhost;
GRANT SELECT ON tariff                         TO voltill_collector@localhost;
GRANT SELECT ON tariff_version                 TO voltill_collector@localhost;
GRANT SELECT ON tariff_season                  TO voltill_collector@localhost;
GRANT SELECT ON tariff_slot                    TO voltill_collector@localhost;
GRANT SELECT ON tariff_price                   TO voltill_collector@localhost;
GRANT SELECT ON tariff_tier                    TO voltill_collector@localhost;
GRANT SELECT ON holiday                        TO voltill_collector@localhost;
GRANT SELECT ON meter_tariff                   TO voltill_collector@localhost;
GRANT SELECT, INSERT, UPDATE ON collector      TO voltill_collector@localhost;
GRANT SELECT, INSERT, UPDATE ON bus_lease      TO voltill_collector@localhost;
GRANT SELECT, INSERT, UPDATE ON bus_state      TO voltill_collector@localhost;
GRANT SELECT, INSERT         ON reading        TO voltill_collector@localhost;
GRANT SELECT, INSERT, UPDATE ON meter_state    TO voltill_collector@localhost;
GRANT SELECT, INSERT, UPDATE ON meter_link     TO voltill_collector@localhost;
GRANT SELECT, INSERT, UPDATE ON energy_day     TO voltill_collector@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON poll_hour TO voltill_collector@localhost;
GRANT SELECT, INSERT, UPDATE ON alarm          TO voltill_collector@localhost;
GRANT SELECT, INSERT         ON command_batch  TO voltill_collector@localhost;
GRANT SELECT, INSERT, UPDATE ON command        TO voltill_collector@localhost;
GRANT SELECT, INSERT         ON command_attempt TO voltill_collector@localhost;
GRANT SELECT, INSERT, UPDATE ON meter_config   TO voltill_collector@localhost;
GRANT SELECT, INSERT, UPDATE ON bus_scan       TO voltill_collector@localhost;
