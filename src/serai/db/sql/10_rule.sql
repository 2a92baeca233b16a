-- The audience rule: which groups, audiences and sources an asker has. Twin of core/audience.py.
-- Each function belongs to serai_definer, which may read only the tables of the directory that decide it.

CREATE OR REPLACE FUNCTION serai_asker() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog
  AS $$ SELECT nullif(current_setting('serai.asker', true), '') $$;

-- The clock: the database's own, unless the demo world tells another time.
CREATE OR REPLACE FUNCTION serai_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog
  AS $$ SELECT coalesce(nullif(current_setting('serai.now', true), '')::timestamptz, now()) $$;

CREATE OR REPLACE FUNCTION serai_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, public
  AS $$ SELECT (serai_now() AT TIME ZONE 'UTC')::date $$;

CREATE OR REPLACE FUNCTION serai_asker_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog
  AS $$ SELECT nullif(current_setting('serai.asker_id', true), '')::uuid $$;

-- The person asking, or null: a link, a visitor and a keeper are no person.
CREATE OR REPLACE FUNCTION serai_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, public
  AS $$ SELECT CASE WHEN serai_asker() = 'person' THEN serai_asker_id() END $$;

-- The second person of "see as", or null.
CREATE OR REPLACE FUNCTION serai_also() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog
  AS $$ SELECT nullif(current_setting('serai.also', true), '')::uuid $$;

-- The label that follows from a set of groups (FIRST TLP 2.0); the same table stands in core/audience.py.
CREATE OR REPLACE FUNCTION serai_label(groups text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog
  AS $$
    WITH kinds AS (SELECT split_part(name, ':', 1) AS kind FROM unnest(groups) AS name)
    SELECT CASE
      WHEN count(*) = 0 THEN NULL
      WHEN bool_or(kind NOT IN ('everyone','network','city','team','exchange','organisation','person')) THEN NULL
      WHEN bool_or(kind = 'everyone') THEN 'TLP:CLEAR'
      WHEN bool_or(kind = 'network') THEN 'TLP:GREEN'
      WHEN bool_and(kind = 'person') THEN 'TLP:RED'
      WHEN bool_and(kind IN ('organisation','person')) AND count(*) FILTER (WHERE kind = 'organisation') = 1
        THEN 'TLP:AMBER+STRICT'
      ELSE 'TLP:AMBER'
    END FROM kinds
  $$;

-- The organisations a person belongs to today.
CREATE OR REPLACE FUNCTION serai_organisations_of(someone uuid) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public
  AS $$
    SELECT organisation_id FROM serai_membership
    WHERE person_id = someone AND started_on <= serai_today() AND (ended_on IS NULL OR ended_on > serai_today())
  $$;

-- Every group a person is in today. A null person is the visitor.
CREATE OR REPLACE FUNCTION serai_groups_of(someone uuid) RETURNS text[]
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public
  AS $$
    WITH RECURSIVE org AS (SELECT serai_organisations_of(someone) AS id),
    city AS (SELECT DISTINCT o.city_id AS id FROM serai_organisation o JOIN org USING (id) WHERE o.city_id IS NOT NULL),
    network AS (
      SELECT network_id AS id FROM serai_networkcity WHERE city_id IN (SELECT id FROM city)
      UNION SELECT network_id FROM serai_networkorganisation WHERE organisation_id IN (SELECT id FROM org)
      UNION SELECT n.parent_id FROM serai_network n JOIN network ON network.id = n.id WHERE n.parent_id IS NOT NULL
    )
    SELECT array_agg(name) FROM (
      SELECT 'everyone' AS name
      UNION ALL SELECT 'person:' || someone WHERE someone IS NOT NULL
      UNION ALL SELECT 'organisation:' || id FROM org
      UNION ALL SELECT 'city:' || id FROM city
      UNION ALL SELECT 'network:' || id FROM network
      UNION ALL SELECT 'team:' || team_id FROM serai_teammember
        WHERE person_id = someone AND started_on <= serai_today() AND (ended_on IS NULL OR ended_on > serai_today())
      UNION ALL SELECT 'exchange:' || exchange_id FROM serai_participant
        WHERE person_id = someone AND started_on <= serai_today() AND (ended_on IS NULL OR ended_on > serai_today())
    ) AS every
  $$;

-- The audiences that hold one of a person's groups.
CREATE OR REPLACE FUNCTION serai_audiences_of(someone uuid) RETURNS integer[]
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public
  AS $$ SELECT coalesce(array_agg(id), '{}') FROM serai_audience WHERE groups && serai_groups_of(someone) $$;

-- The sources a person speaks for: themselves and their organisations.
CREATE OR REPLACE FUNCTION serai_sources_of(someone uuid) RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public
  AS $$
    SELECT CASE WHEN someone IS NULL THEN '{}'
      ELSE ARRAY(SELECT serai_organisations_of(someone)) || someone END
  $$;

-- Rows named to a person alone: their own card, their own Chatham House notes, and what was reported to them.
CREATE OR REPLACE FUNCTION serai_named_to(someone uuid) RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public
  AS $$
    SELECT CASE WHEN someone IS NULL THEN '{}' ELSE
      ARRAY(SELECT note_id FROM serai_noteauthor WHERE person_id = someone)
      || ARRAY(SELECT r.record_id FROM serai_report r WHERE r.contact_id = someone AND r.settled_at IS NULL)
      || someone END
  $$;

-- The rows one signed link names; none once it is used up, called back or past its day.
CREATE OR REPLACE FUNCTION serai_link_rows(this uuid) RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public
  AS $$
    SELECT coalesce((SELECT record_ids || id FROM serai_invitation
      WHERE id = this AND called_back_at IS NULL AND expires_at > serai_now()), '{}')
  $$;

-- What the present asker has. Each is evaluated once a statement: policies call them as IN (SELECT unnest(...)).
CREATE OR REPLACE FUNCTION serai_audiences() RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, public
  AS $$ SELECT CASE WHEN serai_asker() IN ('person', 'link', 'visitor') THEN serai_audiences_of(serai_person()) ELSE '{}' END $$;

CREATE OR REPLACE FUNCTION serai_sources() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, public
  AS $$ SELECT serai_sources_of(serai_person()) $$;

CREATE OR REPLACE FUNCTION serai_named() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog, public
  AS $$
    SELECT CASE serai_asker() WHEN 'person' THEN serai_named_to(serai_asker_id())
      WHEN 'link' THEN serai_link_rows(serai_asker_id()) ELSE '{}' END
  $$;

-- Everybody who is in one of the groups today, once each, with the organisation through which they are counted.
CREATE OR REPLACE FUNCTION serai_readers(wanted text[], source uuid)
  RETURNS TABLE (person_id uuid, organisation_id uuid, sector text, city_id integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    WITH RECURSIVE asked AS (
      SELECT split_part(name, ':', 1) AS kind, nullif(split_part(name, ':', 2), '') AS ref FROM unnest(wanted) AS name
      UNION SELECT 'organisation', source::text
      UNION SELECT 'person', source::text
    ),
    network AS (
      SELECT n.id FROM serai_network n JOIN asked ON kind = 'network' AND ref = n.id::text
      UNION SELECT n.id FROM serai_network n JOIN network ON n.parent_id = network.id
    ),
    held AS (
      SELECT m.person_id, m.organisation_id, o.sector, o.city_id FROM serai_membership m
      JOIN serai_organisation o ON o.id = m.organisation_id
      WHERE m.started_on <= serai_today() AND (m.ended_on IS NULL OR m.ended_on > serai_today())
    ),
    reader AS (
      SELECT h.* FROM held h JOIN asked ON (kind = 'organisation' AND ref = h.organisation_id::text)
        OR (kind = 'city' AND ref = h.city_id::text) OR (kind = 'person' AND ref = h.person_id::text)
      UNION SELECT h.* FROM held h JOIN serai_networkcity c ON c.city_id = h.city_id JOIN network ON network.id = c.network_id
      UNION SELECT h.* FROM held h JOIN serai_networkorganisation o ON o.organisation_id = h.organisation_id
        JOIN network ON network.id = o.network_id
      UNION SELECT t.person_id, h.organisation_id, h.sector, h.city_id FROM serai_teammember t
        JOIN asked ON kind = 'team' AND ref = t.team_id::text LEFT JOIN held h USING (person_id)
        WHERE t.started_on <= serai_today() AND (t.ended_on IS NULL OR t.ended_on > serai_today())
      UNION SELECT p.person_id, h.organisation_id, h.sector, h.city_id FROM serai_participant p
        JOIN asked ON kind = 'exchange' AND ref = p.exchange_id::text LEFT JOIN held h USING (person_id)
        WHERE p.person_id IS NOT NULL AND p.started_on <= serai_today() AND (p.ended_on IS NULL OR p.ended_on > serai_today())
      UNION SELECT p.id, NULL, NULL, NULL FROM serai_person p JOIN asked ON kind = 'person' AND ref = p.id::text
        WHERE NOT EXISTS (SELECT 1 FROM held WHERE held.person_id = p.id)
    )
    SELECT DISTINCT ON (r.person_id) r.person_id, r.organisation_id, r.sector, r.city_id
    FROM reader r ORDER BY r.person_id, r.organisation_id
  $$;

-- The id of an audience: found, or made with the label that follows from its groups.
CREATE OR REPLACE FUNCTION serai_intern(wanted text[]) RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    DECLARE sorted text[] := ARRAY(SELECT DISTINCT name FROM unnest(wanted) AS name ORDER BY 1);
            found integer;
    BEGIN
      IF serai_label(sorted) IS NULL THEN
        RAISE EXCEPTION 'not an audience: %', wanted USING ERRCODE = 'check_violation';
      END IF;
      SELECT id INTO found FROM serai_audience WHERE groups = sorted;
      IF found IS NULL THEN
        INSERT INTO serai_audience (groups, label) VALUES (sorted, serai_label(sorted))
          ON CONFLICT (groups) DO NOTHING RETURNING id INTO found;
      END IF;
      IF found IS NULL THEN
        SELECT id INTO found FROM serai_audience WHERE groups = sorted;
      END IF;
      RETURN found;
    END
  $$;

DO $$
  DECLARE name text;
  BEGIN
    FOREACH name IN ARRAY ARRAY[
      'serai_organisations_of(uuid)', 'serai_groups_of(uuid)', 'serai_audiences_of(uuid)', 'serai_sources_of(uuid)',
      'serai_named_to(uuid)', 'serai_link_rows(uuid)', 'serai_readers(text[], uuid)', 'serai_intern(text[])']
    LOOP
      EXECUTE format('ALTER FUNCTION %s OWNER TO serai_definer', name);
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', name);
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO serai_web, serai_worker, serai_owner', name);
    END LOOP;
  END
$$;
