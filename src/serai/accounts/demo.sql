-- Only in the demo's database: every mail, and everybody one may look around as. `serai up` refuses to start with it.
CREATE OR REPLACE FUNCTION serai_outbox()
  RETURNS TABLE (id uuid, address text, subject text, body text, created_at timestamptz, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT m.id, m.address, m.subject, m.body, m.created_at, p.name FROM serai_mail m
    LEFT JOIN serai_person p ON p.id = m.person_id ORDER BY m.created_at DESC, m.id DESC LIMIT 200
  $$;
CREATE OR REPLACE FUNCTION serai_everybody()
  RETURNS TABLE (account_id uuid, name text, role text, organisation text, city text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT DISTINCT ON (coalesce(c.name, ''), p.name, a.id) a.id, p.name, coalesce(nullif(m.role, ''), p.role), o.name, c.name
    FROM serai_account a JOIN serai_person p ON p.id = a.person_id
    LEFT JOIN serai_membership m ON m.person_id = p.id AND m.started_on <= serai_today()
      AND (m.ended_on IS NULL OR m.ended_on > serai_today())
    LEFT JOIN serai_organisation o ON o.id = m.organisation_id
    LEFT JOIN serai_city c ON c.id = o.city_id
    WHERE a.is_active ORDER BY coalesce(c.name, ''), p.name, a.id, m.coordinates DESC
  $$;
ALTER FUNCTION serai_outbox() OWNER TO serai_definer;
ALTER FUNCTION serai_everybody() OWNER TO serai_definer;
REVOKE EXECUTE ON FUNCTION serai_outbox(), serai_everybody() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION serai_outbox(), serai_everybody() TO serai_web;
DROP POLICY IF EXISTS definer_shows_outbox ON serai_mail;
CREATE POLICY definer_shows_outbox ON serai_mail FOR SELECT TO serai_definer USING (true);
GRANT SELECT (id, person_id, address, subject, body, created_at) ON serai_mail TO serai_definer;
