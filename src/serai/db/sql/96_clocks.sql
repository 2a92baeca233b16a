-- The clocks of product.md, "Safe to share" 13, as far as this house holds such records. Only the keeper may run
-- them, each is one function, and what it may touch is limited to the columns and rows named here.
-- Logistics data (30 days) and raw survey answers (12 months) are not kept yet, so there is no clock for them.

-- An exchange is followed up at 3, 6 and 12 months: the clocks start after the last of these.
CREATE OR REPLACE FUNCTION serai_last_follow_up(this uuid) RETURNS date LANGUAGE sql STABLE
  SET search_path = pg_catalog, public
  AS $$ SELECT (coalesce(ends_on, starts_on, (created_at AT TIME ZONE 'UTC')::date) + interval '12 months')::date
        FROM serai_exchange WHERE id = this $$;

-- Whether a note's time is over: 90 days for TLP:RED, 24 months for every other.
CREATE OR REPLACE FUNCTION serai_note_is_over(in_session uuid, for_audience integer) RETURNS boolean LANGUAGE sql STABLE
  SET search_path = pg_catalog, public
  AS $$ SELECT serai_last_follow_up(s.exchange_id)
          + CASE a.label WHEN 'TLP:RED' THEN interval '90 days' ELSE interval '24 months' END <= serai_today()
        FROM serai_session s, serai_audience a WHERE s.id = in_session AND a.id = for_audience $$;

DROP POLICY IF EXISTS definer_clock ON serai_exchange;
CREATE POLICY definer_clock ON serai_exchange FOR SELECT TO serai_definer USING (true);
GRANT SELECT (id, starts_on, ends_on, created_at) ON serai_exchange TO serai_definer;
DROP POLICY IF EXISTS definer_clock ON serai_session;
CREATE POLICY definer_clock ON serai_session FOR SELECT TO serai_definer USING (true);
GRANT SELECT (id, exchange_id) ON serai_session TO serai_definer;

-- Who took part: 12 months. How many, and from which sector, stays.
CREATE OR REPLACE FUNCTION serai_keep_attendance() RETURNS integer
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    WITH gone AS (
      UPDATE serai_participant SET person_id = NULL, in_words = ''
      WHERE (person_id IS NOT NULL OR in_words <> '')
        AND serai_last_follow_up(exchange_id) + interval '12 months' <= serai_today() RETURNING id)
    SELECT count(*)::integer FROM gone
  $$;
DROP POLICY IF EXISTS definer_clock ON serai_participant;
CREATE POLICY definer_clock ON serai_participant FOR UPDATE TO serai_definer
  USING (serai_last_follow_up(exchange_id) + interval '12 months' <= serai_today()) WITH CHECK (person_id IS NULL);
GRANT UPDATE (person_id, in_words) ON serai_participant TO serai_definer;

-- Notes: the content goes, that it went stays, as of the day.
CREATE OR REPLACE FUNCTION serai_keep_notes() RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    DECLARE over uuid[] := ARRAY(SELECT id FROM serai_note WHERE serai_note_is_over(session_id, audience_id));
    BEGIN
      DELETE FROM serai_noteauthor WHERE note_id = ANY (over);
      DELETE FROM serai_note WHERE id = ANY (over);
      INSERT INTO serai_purged (id, noun, record_id, why, purged_at)
        SELECT gen_random_uuid(), 'Note', note, 'clock', date_trunc('day', serai_now()) FROM unnest(over) AS note
        ON CONFLICT DO NOTHING;
      RETURN coalesce(array_length(over, 1), 0);
    END
  $$;
DROP POLICY IF EXISTS definer_clock ON serai_note;
CREATE POLICY definer_clock ON serai_note FOR SELECT TO serai_definer USING (serai_note_is_over(session_id, audience_id));
DROP POLICY IF EXISTS definer_clock_deletes ON serai_note;
CREATE POLICY definer_clock_deletes ON serai_note FOR DELETE TO serai_definer
  USING (serai_note_is_over(session_id, audience_id));
GRANT SELECT (id, session_id, audience_id), DELETE ON serai_note TO serai_definer;
DROP POLICY IF EXISTS definer_clock_deletes ON serai_noteauthor;
CREATE POLICY definer_clock_deletes ON serai_noteauthor FOR DELETE TO serai_definer
  USING (EXISTS (SELECT 1 FROM serai_note n WHERE n.id = note_id));
GRANT DELETE ON serai_noteauthor TO serai_definer;
GRANT INSERT ON serai_purged TO serai_definer;

-- Links: whom they were sent to is forgotten 30 days after they stopped working; that they were sent stays.
CREATE OR REPLACE FUNCTION serai_keep_links() RETURNS integer
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    WITH gone AS (
      UPDATE serai_invitation SET address = '' WHERE address <> ''
        AND greatest(expires_at, answered_at + interval '7 days') + interval '30 days' <= serai_now() RETURNING id)
    SELECT count(*)::integer FROM gone
  $$;
DROP POLICY IF EXISTS definer_clock ON serai_invitation;
CREATE POLICY definer_clock ON serai_invitation FOR UPDATE TO serai_definer
  USING (expires_at + interval '30 days' <= serai_now()) WITH CHECK (address = '');
GRANT UPDATE (address) ON serai_invitation TO serai_definer;

-- Mail: 30 days. Nothing of it is needed once it has arrived.
CREATE OR REPLACE FUNCTION serai_keep_mails() RETURNS integer
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    WITH gone AS (DELETE FROM serai_mail WHERE created_at + interval '30 days' <= serai_now() RETURNING id)
    SELECT count(*)::integer FROM gone
  $$;
DROP POLICY IF EXISTS definer_clock ON serai_mail;
CREATE POLICY definer_clock ON serai_mail FOR SELECT TO serai_definer
  USING (created_at + interval '30 days' <= serai_now());
DROP POLICY IF EXISTS definer_clock_deletes ON serai_mail;
CREATE POLICY definer_clock_deletes ON serai_mail FOR DELETE TO serai_definer
  USING (created_at + interval '30 days' <= serai_now());
GRANT SELECT (id, created_at), DELETE ON serai_mail TO serai_definer;

-- Sign-ins that ended, with the address and browser they came from. Sessions live by the server's own clock.
CREATE OR REPLACE FUNCTION serai_keep_signins() RETURNS integer
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    WITH ended AS (DELETE FROM django_session WHERE expire_date <= now() RETURNING session_key),
    gone AS (DELETE FROM usersessions_usersession u WHERE u.session_key IN (SELECT session_key FROM ended)
      OR NOT EXISTS (SELECT 1 FROM django_session s WHERE s.session_key = u.session_key) RETURNING u.id)
    SELECT (SELECT count(*) FROM ended)::integer + (SELECT count(*) FROM gone)::integer
  $$;
GRANT SELECT (session_key, expire_date), DELETE ON django_session TO serai_definer;
GRANT SELECT (id, session_key), DELETE ON usersessions_usersession TO serai_definer;

-- The cache and the throttles: what has expired.
GRANT SELECT (expires), DELETE ON serai_cache TO serai_keeper;

DO $$
  DECLARE name text;
  BEGIN
    FOREACH name IN ARRAY ARRAY['attendance', 'notes', 'links', 'mails', 'signins'] LOOP
      EXECUTE format('ALTER FUNCTION serai_keep_%s() OWNER TO serai_definer', name);
      EXECUTE format('REVOKE EXECUTE ON FUNCTION serai_keep_%s() FROM PUBLIC', name);
      EXECUTE format('GRANT EXECUTE ON FUNCTION serai_keep_%s() TO serai_keeper', name);
    END LOOP;
  END
$$;
