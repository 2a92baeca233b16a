-- Accounts are open to the sign-in pages (an address, nothing else). A mail is written by anyone and read by
-- its worker and by the person it goes to.
CALL serai_open('serai_account', 'SELECT, INSERT, UPDATE');
GRANT SELECT ON serai_account, serai_administrator TO serai_definer;
GRANT SELECT ON serai_administrator TO serai_backup;

ALTER TABLE serai_mail ENABLE ROW LEVEL SECURITY;
ALTER TABLE serai_mail FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS owner_all ON serai_mail;
CREATE POLICY owner_all ON serai_mail TO serai_owner USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS backup_reads ON serai_mail;
CREATE POLICY backup_reads ON serai_mail FOR SELECT TO serai_backup USING (true);
DROP POLICY IF EXISTS person_reads ON serai_mail;
CREATE POLICY person_reads ON serai_mail FOR SELECT TO serai_web USING (person_id = (SELECT serai_person()));
DROP POLICY IF EXISTS anyone_writes ON serai_mail;
CREATE POLICY anyone_writes ON serai_mail FOR INSERT TO serai_web, serai_worker WITH CHECK (sent_at IS NULL);
DROP POLICY IF EXISTS worker_sends ON serai_mail;
CREATE POLICY worker_sends ON serai_mail FOR SELECT TO serai_worker USING (true);
DROP POLICY IF EXISTS worker_marks ON serai_mail;
CREATE POLICY worker_marks ON serai_mail FOR UPDATE TO serai_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON serai_mail TO serai_web, serai_worker;
GRANT UPDATE (sent_at, failed) ON serai_mail TO serai_worker;
GRANT SELECT ON serai_mail TO serai_backup;

-- Whether the asker administers this site: they may found networks and make accounts, and read nobody's content.
CREATE OR REPLACE FUNCTION serai_administers() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$ SELECT EXISTS (SELECT 1 FROM serai_account a JOIN serai_administrator ON account_id = a.id
    WHERE a.person_id = serai_person() AND a.is_active) $$;
ALTER FUNCTION serai_administers() OWNER TO serai_definer;
