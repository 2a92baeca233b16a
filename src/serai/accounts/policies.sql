-- Accounts are open to the sign-in pages (an address, nothing else). A mail is written by anyone and read by
-- its worker and by the person it goes to.
CALL serai_open('serai_account', 'SELECT, INSERT, UPDATE');
-- An account opens the door to a person's records: made by the source of their card, or by themselves through a link
-- that this source sent to that address; or it is the account of somebody who has no card yet.
CREATE FUNCTION serai_may_open_account(person uuid, address text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT serai_also() IS NULL AND (EXISTS (SELECT 1 FROM serai_person p
        WHERE p.id = person AND p.source_id IN (SELECT unnest(serai_sources())))
      OR EXISTS (SELECT 1 FROM serai_invitation i JOIN serai_person p ON p.id = i.person_id AND p.source_id = i.source_id
        WHERE i.id = (SELECT serai_open_link()) AND p.id = person AND lower(i.address) = lower(address)))
  $$;

CREATE FUNCTION serai_account_holds() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      IF NEW.person_id IS NOT NULL AND (OLD.person_id IS NOT NULL
        OR NOT (serai_may_open_account(NEW.person_id, NEW.email) OR NOT serai_taken(NEW.person_id))) THEN
        PERFORM serai_refuse(TG_TABLE_NAME);
      END IF;
      RETURN NEW;
    END
  $$;

CREATE TRIGGER serai_account_opens BEFORE INSERT ON serai_account FOR EACH ROW
  WHEN (current_user IN ('serai_web', 'serai_worker')) EXECUTE FUNCTION serai_account_holds();
CREATE TRIGGER serai_account_stays BEFORE UPDATE ON serai_account FOR EACH ROW
  WHEN (current_user IN ('serai_web', 'serai_worker') AND NEW.person_id IS DISTINCT FROM OLD.person_id)
  EXECUTE FUNCTION serai_account_holds();
GRANT SELECT ON serai_account, serai_administrator TO serai_definer;
GRANT SELECT ON serai_administrator TO serai_backup;

ALTER TABLE serai_mail ENABLE ROW LEVEL SECURITY;
ALTER TABLE serai_mail FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS owner_all ON serai_mail;
CREATE POLICY owner_all ON serai_mail TO serai_owner USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS backup_reads ON serai_mail;
CREATE POLICY backup_reads ON serai_mail FOR SELECT TO serai_backup USING (true);
DROP POLICY IF EXISTS person_reads ON serai_mail;
CREATE POLICY person_reads ON serai_mail FOR SELECT TO serai_web USING (person_id = (SELECT serai_person()) AND (SELECT serai_also() IS NULL));
DROP POLICY IF EXISTS anyone_writes ON serai_mail;
CREATE POLICY anyone_writes ON serai_mail FOR INSERT TO serai_web, serai_worker
  WITH CHECK ((SELECT serai_also() IS NULL) AND sent_at IS NULL AND posted_by IS NOT DISTINCT FROM (SELECT serai_person()));
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

-- What did not arrive of the mail my acts caused: to whom and why, never what stood in it. The address is told where I
-- typed it, to invite someone or to sign in, or where it is my own: where others sign in, no page tells.
CREATE OR REPLACE FUNCTION serai_mail_failed()
  RETURNS TABLE (id uuid, occasion text, person_id uuid, address text, failed text, created_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    SELECT id, occasion, person_id, CASE WHEN occasion ~ '^(invitation:|account/)' OR person_id = posted_by THEN address ELSE '' END,
      failed, created_at FROM serai_mail
    WHERE posted_by = serai_person() AND serai_also() IS NULL AND failed <> '' AND sent_at IS NULL ORDER BY created_at DESC LIMIT 50
  $$;
ALTER FUNCTION serai_mail_failed() OWNER TO serai_definer;
REVOKE EXECUTE ON FUNCTION serai_mail_failed() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION serai_mail_failed() TO serai_web;
DROP POLICY IF EXISTS definer_tells_poster ON serai_mail;
CREATE POLICY definer_tells_poster ON serai_mail FOR SELECT TO serai_definer USING (posted_by = serai_person());
GRANT SELECT (id, occasion, person_id, address, failed, created_at, sent_at, posted_by) ON serai_mail TO serai_definer;

-- The first administrator makes themselves, from a link that only this machine prints, while there is none.
CREATE OR REPLACE FUNCTION serai_no_administrator() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$ SELECT NOT EXISTS (SELECT 1 FROM serai_administrator) $$;
CREATE OR REPLACE FUNCTION serai_first_administrator() RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtext('serai first administrator'));
      INSERT INTO serai_administrator (account_id)
        SELECT id FROM serai_account WHERE person_id = serai_person() AND serai_also() IS NULL
          AND NOT EXISTS (SELECT 1 FROM serai_administrator);
      RETURN FOUND;
    END
  $$;
ALTER FUNCTION serai_no_administrator() OWNER TO serai_definer;
ALTER FUNCTION serai_first_administrator() OWNER TO serai_definer;
REVOKE EXECUTE ON FUNCTION serai_no_administrator(), serai_first_administrator() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION serai_no_administrator(), serai_first_administrator() TO serai_web;
GRANT INSERT ON serai_administrator TO serai_definer;
