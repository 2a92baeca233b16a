-- Who would read: everybody in a set of groups today, and the one way an audience is made.

-- Everybody who is in one of the groups or speaks for the source today, once each, with the organisation through
-- which they are counted. For the functions below alone: it names people whom the asker may not see.
CREATE FUNCTION serai_everybody_in(wanted text[], source uuid)
  RETURNS TABLE (person_id uuid, organisation_id uuid, sector text, city_id integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
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
      WHERE m.started_on <= (SELECT serai_today()) AND (m.ended_on IS NULL OR m.ended_on > (SELECT serai_today()))
    ),
    reader AS (
      SELECT h.* FROM held h JOIN asked ON (kind = 'organisation' AND ref = h.organisation_id::text)
        OR (kind = 'city' AND ref = h.city_id::text) OR (kind = 'person' AND ref = h.person_id::text)
      UNION SELECT h.* FROM held h JOIN serai_networkcity c ON c.city_id = h.city_id JOIN network ON network.id = c.network_id
      UNION SELECT h.* FROM held h JOIN serai_networkorganisation o ON o.organisation_id = h.organisation_id
        JOIN network ON network.id = o.network_id
      UNION SELECT t.person_id, h.organisation_id, h.sector, h.city_id FROM serai_teammember t
        JOIN asked ON kind = 'team' AND ref = t.team_id::text LEFT JOIN held h USING (person_id)
        WHERE t.started_on <= (SELECT serai_today()) AND (t.ended_on IS NULL OR t.ended_on > (SELECT serai_today()))
      UNION SELECT p.person_id, h.organisation_id, h.sector, h.city_id FROM serai_participant p
        JOIN asked ON kind = 'exchange' AND ref = p.exchange_id::text LEFT JOIN held h USING (person_id)
        WHERE p.person_id IS NOT NULL
          AND p.started_on <= (SELECT serai_today()) AND (p.ended_on IS NULL OR p.ended_on > (SELECT serai_today()))
      UNION SELECT p.id, NULL, NULL, NULL FROM serai_person p JOIN asked ON kind = 'person' AND ref = p.id::text
        WHERE NOT EXISTS (SELECT 1 FROM held WHERE held.person_id = p.id)
    )
    SELECT DISTINCT ON (r.person_id) r.person_id, r.organisation_id, r.sector, r.city_id
    FROM reader r ORDER BY r.person_id, r.organisation_id
  $$;

-- The same for the asker: everybody is counted, but `person_id` is null where the asker may not read their card.
CREATE FUNCTION serai_readers(wanted text[], source uuid)
  RETURNS TABLE (person_id uuid, organisation_id uuid, sector text, city_id integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT p.id, r.organisation_id, r.sector, r.city_id FROM serai_everybody_in(wanted, source) r
    LEFT JOIN serai_person p ON p.id = r.person_id
      AND ((p.hidden_at IS NULL AND p.audience_id IN (SELECT unnest(serai_audiences())))
        OR p.source_id IN (SELECT unnest(serai_sources())) OR p.id IN (SELECT unnest(serai_named_to(serai_person()))))
      AND ((SELECT serai_also() IS NULL)
        OR (p.hidden_at IS NULL AND p.audience_id IN (SELECT unnest(serai_audiences_of(serai_also()))))
        OR p.source_id IN (SELECT unnest(serai_sources_of(serai_also())))
        OR p.id IN (SELECT unnest(serai_named_to(serai_also()))))
    WHERE serai_asker() IN ('person', 'link', 'visitor')
  $$;

-- The id of an audience: found, or made with the label that follows from its groups.
CREATE FUNCTION serai_intern(wanted text[]) RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE sorted text[] := ARRAY(SELECT DISTINCT name FROM unnest(wanted) AS name ORDER BY 1);
            found integer;
    BEGIN
      IF serai_label(sorted) IS NULL THEN
        RAISE EXCEPTION 'not an audience: %', wanted USING ERRCODE = 'check_violation';
      END IF;
      SELECT id INTO found FROM serai_audience WHERE groups = sorted;
      IF found IS NULL THEN
        IF serai_also() IS NOT NULL OR serai_asker() IS NULL OR serai_asker() NOT IN ('person', 'link') THEN
          PERFORM serai_refuse('serai_audience');
        END IF;
        INSERT INTO serai_audience (groups, label) VALUES (sorted, serai_label(sorted))
          ON CONFLICT (groups) DO NOTHING RETURNING id INTO found;
      END IF;
      IF found IS NULL THEN
        SELECT id INTO found FROM serai_audience WHERE groups = sorted;
      END IF;
      RETURN found;
    END
  $$;
