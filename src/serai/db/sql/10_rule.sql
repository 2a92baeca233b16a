-- The audience rule: which groups, audiences and sources an asker has. Twin of core/audience.py.
-- SECURITY DEFINER functions are given to serai_definer by 99_rights.sql; it reads only what the directory decides by.
-- A definer function's search_path ends in pg_temp: otherwise a temporary table would be looked up first. The small
-- functions fix none, so that PostgreSQL writes them out in place.
-- What every statement calls is PL/pgSQL, which keeps its plans for the session; SQL functions plan anew each time.

CREATE FUNCTION serai_asker() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(pg_catalog.current_setting('serai.asker', true), '') $$;

-- The clock: the database's own, unless the demo world tells another time.
CREATE FUNCTION serai_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(nullif(pg_catalog.current_setting('serai.now', true), '')::timestamptz, now()) $$;

CREATE FUNCTION serai_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT (serai_now() AT TIME ZONE 'UTC')::date $$;

CREATE FUNCTION serai_asker_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(pg_catalog.current_setting('serai.asker_id', true), '')::uuid $$;

-- The person asking, or null: a link, a visitor and a keeper are no person.
CREATE FUNCTION serai_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT CASE WHEN serai_asker() = 'person' THEN serai_asker_id() END $$;

-- The second person of "see as", or null.
CREATE FUNCTION serai_also() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(pg_catalog.current_setting('serai.also', true), '')::uuid $$;

-- The label that follows from a set of groups (FIRST TLP 2.0); the same table stands in core/audience.py.
CREATE FUNCTION serai_label(groups text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
  AS $$
    WITH kinds AS (
      SELECT split_part(name, ':', 1) AS kind,
        name = 'everyone' OR name ~ '^(network|city|team|exchange|organisation|person):(.|\n)' AS good
      FROM unnest(groups) AS name
    )
    SELECT CASE
      WHEN count(*) = 0 OR NOT bool_and(coalesce(good, false)) THEN NULL
      WHEN bool_or(kind = 'everyone') THEN 'TLP:CLEAR'
      WHEN bool_or(kind = 'network') THEN 'TLP:GREEN'
      WHEN bool_and(kind = 'person') THEN 'TLP:RED'
      WHEN bool_and(kind IN ('organisation','person')) AND count(*) FILTER (WHERE kind = 'organisation') = 1
        THEN 'TLP:AMBER+STRICT'
      ELSE 'TLP:AMBER'
    END FROM kinds
  $$;

-- These functions keep one plan: planned anew at each call, as PostgreSQL chooses by itself, they cost twice as much.

-- The organisations a person belongs to today.
CREATE FUNCTION serai_organisations_of(someone uuid) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  SET plan_cache_mode = force_generic_plan
  AS $$ DECLARE today date := serai_today(); BEGIN RETURN QUERY
    SELECT organisation_id FROM serai_membership
    WHERE person_id = someone AND started_on <= today AND (ended_on IS NULL OR ended_on > today);
  END $$;

-- The groups that come with belonging to these organisations: they, their cities, their networks and those around.
CREATE FUNCTION serai_groups_of_organisations(organisations uuid[]) RETURNS SETOF text
  LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  SET plan_cache_mode = force_generic_plan
  AS $$ BEGIN RETURN QUERY
    WITH RECURSIVE org AS (SELECT unnest(organisations) AS id),
    city AS (SELECT DISTINCT o.city_id AS id FROM serai_organisation o JOIN org USING (id) WHERE o.city_id IS NOT NULL),
    network AS (
      SELECT network_id AS id FROM serai_networkcity WHERE city_id IN (SELECT id FROM city)
      UNION SELECT network_id FROM serai_networkorganisation WHERE organisation_id IN (SELECT id FROM org)
      UNION SELECT n.parent_id FROM serai_network n JOIN network ON network.id = n.id WHERE n.parent_id IS NOT NULL
    )
    SELECT 'organisation:' || id FROM org
    UNION ALL SELECT 'city:' || id FROM city
    UNION ALL SELECT 'network:' || id FROM network;
  END $$;

-- Every group a person is in today. A null person is the visitor.
CREATE FUNCTION serai_groups_of(someone uuid) RETURNS text[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  SET plan_cache_mode = force_generic_plan
  AS $$ DECLARE today date := serai_today(); BEGIN RETURN (
    SELECT array_agg(name) FROM (
      SELECT 'everyone' AS name
      UNION ALL SELECT 'person:' || someone WHERE someone IS NOT NULL
      UNION ALL SELECT serai_groups_of_organisations(ARRAY(SELECT serai_organisations_of(someone)))
      UNION ALL SELECT 'team:' || team_id FROM serai_teammember
        WHERE person_id = someone AND started_on <= today AND (ended_on IS NULL OR ended_on > today)
      UNION ALL SELECT 'exchange:' || exchange_id FROM serai_participant
        WHERE person_id = someone AND started_on <= today AND (ended_on IS NULL OR ended_on > today)
    ) AS every);
  END $$;

-- Whether this is who asks, or whom they see as: what somebody reads by is worked out for no one else.
CREATE FUNCTION serai_is_asking(someone uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(someone = serai_person() OR someone = serai_also(), false) $$;

-- The audiences that hold one of a person's groups.
CREATE FUNCTION serai_audiences_of(someone uuid) RETURNS integer[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  SET plan_cache_mode = force_generic_plan
  AS $$ BEGIN RETURN (
    SELECT coalesce(array_agg(id), '{}') FROM serai_audience
      WHERE groups && (SELECT serai_groups_of(CASE WHEN serai_is_asking(someone) THEN someone END)));
  END $$;

-- The sources a person speaks for: themselves and their organisations.
CREATE FUNCTION serai_sources_of(someone uuid) RETURNS uuid[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  SET plan_cache_mode = force_generic_plan
  AS $$ BEGIN RETURN (
    SELECT CASE WHEN NOT serai_is_asking(someone) THEN '{}'
      ELSE ARRAY(SELECT serai_organisations_of(someone)) || someone END);
  END $$;

-- Rows named to a person alone that are nobody's notes: their own card, and what was reported to them, a practice with
-- its versions. A few.
CREATE FUNCTION serai_shown_to(someone uuid) RETURNS uuid[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  SET plan_cache_mode = force_generic_plan
  AS $$
    DECLARE reported uuid[];
    BEGIN
      IF NOT serai_is_asking(someone) THEN RETURN '{}'; END IF;
      reported := ARRAY(SELECT r.record_id FROM serai_report r WHERE r.contact_id = someone AND r.settled_at IS NULL);
      IF reported <> '{}' THEN
        reported := reported || ARRAY(SELECT v.id FROM serai_practiceversion v WHERE v.practice_id = ANY (reported));
      END IF;
      RETURN reported || someone;
    END
  $$;

-- All rows named to a person alone: these, and their own Chatham House notes, perhaps hundreds. Who wrote a note is told
-- to its author alone: not to someone who sees as them, nor to whoever calls this with another's id.
CREATE FUNCTION serai_named_to(someone uuid) RETURNS uuid[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  SET plan_cache_mode = force_generic_plan
  AS $$ BEGIN RETURN (
    SELECT CASE WHEN NOT serai_is_asking(someone) THEN '{}' ELSE
      ARRAY(SELECT note_id FROM serai_noteauthor WHERE person_id = someone AND person_id = serai_person())
      || serai_shown_to(someone) END);
  END $$;

-- Whether whom this link was made for has left the organisation in whose name it asks: then it opens nothing any more.
CREATE FUNCTION serai_link_left(this uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT EXISTS (SELECT 1 FROM serai_invitation i CROSS JOIN LATERAL (
        SELECT organisation_id FROM serai_matchanswer WHERE id = ANY (i.record_ids)
        UNION ALL SELECT organisation_id FROM serai_naming WHERE id = ANY (i.record_ids)) AS asked
      WHERE i.id = this AND i.person_id IS NOT NULL
        AND asked.organisation_id <> ALL (ARRAY(SELECT serai_organisations_of(i.person_id))))
  $$;

-- The rows that the link that asks names, and itself. Answered, it names only itself, to explain what became of it;
-- called back, past its day, or once its person has left who is asked, nothing.
CREATE FUNCTION serai_link_rows() RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT coalesce((SELECT CASE WHEN answered_at IS NULL THEN record_ids ELSE '{}' END || id FROM serai_invitation
      WHERE id = (SELECT serai_asker_id() WHERE serai_asker() = 'link')
        AND called_back_at IS NULL AND expires_at > serai_now() AND NOT serai_link_left(id)), '{}')
  $$;

-- The link that asks, while it is still to be answered; else null.
CREATE FUNCTION serai_open_link() RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT id FROM serai_invitation WHERE id = (SELECT serai_asker_id() WHERE serai_asker() = 'link')
      AND called_back_at IS NULL AND answered_at IS NULL AND expires_at > serai_now() AND NOT serai_link_left(id)
  $$;

-- Whoever made the link that asks. A link shows of the rows it names those that come from its maker, and those its
-- maker may read today that are at most TLP:GREEN: nobody widens by a link what is not theirs.
CREATE FUNCTION serai_link_source() RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  AS $$ SELECT source_id FROM serai_invitation WHERE id = (SELECT serai_asker_id() WHERE serai_asker() = 'link') $$;

CREATE FUNCTION serai_link_groups() RETURNS text[]
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT serai_groups_of(id) || ARRAY(SELECT serai_groups_of_organisations(
      ARRAY(SELECT o.id FROM serai_organisation o WHERE o.id = maker.id))) FROM (SELECT serai_link_source()) AS maker(id)
  $$;

CREATE FUNCTION serai_link_shows(hidden_at timestamptz, source uuid, audience integer) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT hidden_at IS NULL AND (source = (SELECT serai_link_source()) OR EXISTS (SELECT 1 FROM serai_audience
      WHERE id = audience AND label IN ('TLP:CLEAR', 'TLP:GREEN') AND groups && (SELECT serai_link_groups())))
  $$;

-- What the present asker has is worked out once and kept until the transaction ends, in settings that begin with who
-- asks, the hour told, and when the transaction began: under another asker or later nothing kept fits. What is written
-- to the tables that decide it forgets it (serai_forgets). See docs/decisions/0018-kept-for-the-transaction.md.
CREATE FUNCTION serai_stamp() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$
    SELECT pg_catalog.concat_ws(' ', pg_catalog.current_setting('serai.asker', true),
      pg_catalog.current_setting('serai.asker_id', true), pg_catalog.current_setting('serai.now', true), pg_catalog.now(), '')
  $$;

-- Policies call these as IN (SELECT unnest(f((SELECT serai_asker())))): evaluated once a statement, and because the
-- planner cannot see through the inner SELECT, not once more while planning. A parallel worker could keep nothing. Their
-- search_path is fixed because definer functions call them too: PL/pgSQL plans anew whenever it finds another.
DO $$
  DECLARE kept text[];
  BEGIN
    FOREACH kept SLICE 1 IN ARRAY ARRAY[
      -- name, what it is a list of, and how it is worked out
      ['audiences', 'integer[]', $f$CASE WHEN told IN ('person', 'link', 'visitor') THEN serai_audiences_of(serai_person()) ELSE '{}' END$f$],
      ['sources', 'uuid[]', $f$CASE told WHEN 'person' THEN serai_sources_of(serai_asker_id()) ELSE '{}' END$f$],
      ['named', 'uuid[]', $f$CASE told WHEN 'person' THEN serai_named_to(serai_asker_id())
        WHEN 'link' THEN serai_link_rows() ELSE '{}' END$f$],
      ['shown', 'uuid[]', $f$CASE told WHEN 'person' THEN serai_shown_to(serai_asker_id())
        WHEN 'link' THEN serai_link_rows() ELSE '{}' END$f$]
    ] LOOP
      EXECUTE format($f$
        CREATE FUNCTION serai_%1$s(told text) RETURNS %2$s LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
          SET search_path = pg_catalog, public, pg_temp AS $body$
          DECLARE stamp text := serai_stamp(); kept text := pg_catalog.current_setting('serai.%1$s', true); found %2$s;
          BEGIN
            IF pg_catalog.starts_with(kept, stamp) THEN
              RETURN pg_catalog.substr(kept, pg_catalog.length(stamp) + 1);
            END IF;
            found := %3$s;
            PERFORM pg_catalog.set_config('serai.%1$s', stamp || found::text, true);
            RETURN found;
          END
        $body$ $f$, kept[1], kept[2], kept[3]);
    END LOOP;
  END
$$;

-- Forgets what is kept: after each statement that writes to a table by which it is worked out.
CREATE FUNCTION serai_forgets() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      PERFORM set_config('serai.audiences', '', true), set_config('serai.sources', '', true),
        set_config('serai.named', '', true), set_config('serai.shown', '', true);
      RETURN NULL;
    END
  $$;

DO $$
  DECLARE tablename text;
  BEGIN
    FOREACH tablename IN ARRAY ARRAY['membership', 'organisation', 'networkcity', 'networkorganisation', 'network', 'teammember',
      'participant', 'audience', 'noteauthor', 'report', 'practiceversion', 'invitation', 'matchanswer', 'naming'] LOOP
      EXECUTE format('CREATE TRIGGER serai_forgets AFTER INSERT OR UPDATE OR DELETE ON serai_%s EXECUTE FUNCTION serai_forgets()',
        tablename);
    END LOOP;
  END
$$;

-- The same, said shortly: for what is written, and for pages.
CREATE FUNCTION serai_audiences() RETURNS integer[] LANGUAGE sql STABLE PARALLEL RESTRICTED
  AS $$ SELECT serai_audiences(serai_asker()) $$;

CREATE FUNCTION serai_sources() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL RESTRICTED
  AS $$ SELECT serai_sources(serai_asker()) $$;

CREATE FUNCTION serai_named() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL RESTRICTED
  AS $$ SELECT serai_named(serai_asker()) $$;

-- What was reported to the person asking, to be looked at also where they do not read what it is part of; not by who sees
-- as them, nor by a link.
CREATE FUNCTION serai_looked_at() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL RESTRICTED
  AS $$ SELECT CASE WHEN serai_also() IS NULL AND serai_person() IS NOT NULL THEN serai_shown(serai_asker()) END $$;
