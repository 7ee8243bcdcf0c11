-- Run once by root before `voltillctl migrate`:  mariadb < sql/bootstrap.sql
-- It makes the empty database and the account of voltillctl. The account has no password until
-- `voltillctl db-password voltill_admin` gives it one: do that first wherever other people can reach the
-- server's socket, and put the same password into <credentials>/voltill_admin.
-- A server with the binary log on also needs log_bin_trust_function_creators = 1 (our triggers only refuse) and
-- sync_binlog = 1.
CREATE DATABASE IF NOT EXISTS voltill CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
CREATE USER IF NOT EXISTS voltill_admin@localhost;
GRANT ALL PRIVILEGES ON voltill.* TO voltill_admin@localhost WITH GRANT OPTION;
-- It creates the accounts of the programs and sets their passwords.
GRANT CREATE USER ON *.* TO voltill_admin@localhost;
