-- Guards: what a policy cannot say, because it sees the old row or the new one, never both, and only its own table.
-- They hold for the web role and the worker. A refusal reads as row security's own, so that it tells nothing more.

CREATE FUNCTION serai_refuse(tablename text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
  AS $$
    BEGIN
      RAISE EXCEPTION 'new row violates row-level security policy for table "%"', tablename USING ERRCODE = 'insufficient_privilege';
    END
  $$;

-- The protected table of a kind of record; refuses what is none.
CREATE FUNCTION serai_table_of(noun text) RETURNS text LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE found text := (SELECT tablename FROM pg_policies
      WHERE schemaname = 'public' AND tablename = 'serai_' || lower(noun) AND policyname = 'asker_reads');
    BEGIN
      IF found IS NULL THEN
        PERFORM serai_refuse(left('serai_' || lower(noun), 60));
      END IF;
      RETURN found;
    END
  $$;

-- Readers and source are changed by the source alone (of a Chatham House note: by its author); a record moves only
-- from a person to an organisation of theirs; and it may only be moved to a parent that its writer reads.
-- Arguments: a column that leads to a protected parent, the parent's table, and so on.
CREATE FUNCTION serai_keeps() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE wanted uuid; readable boolean;
    BEGIN
      IF NOT coalesce(OLD.source_id = ANY (serai_sources()), false)
        AND (NEW.audience_id <> OLD.audience_id OR NEW.source_id IS DISTINCT FROM OLD.source_id)
        AND NOT (OLD.source_id IS NULL AND NEW.source_id IS NULL AND OLD.id = ANY (serai_named())) THEN
        PERFORM serai_refuse(TG_TABLE_NAME);
      END IF;
      IF NEW.source_id IS DISTINCT FROM OLD.source_id AND NOT coalesce(
        OLD.source_id = serai_person() AND NEW.source_id = ANY (serai_sources()), false) THEN
        PERFORM serai_refuse(TG_TABLE_NAME);
      END IF;
      FOR at IN 0 .. TG_NARGS - 1 BY 2 LOOP
        wanted := (to_jsonb(NEW) ->> TG_ARGV[at])::uuid;
        IF wanted IS NOT NULL AND wanted IS DISTINCT FROM (to_jsonb(OLD) ->> TG_ARGV[at])::uuid THEN
          EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE id = $1)', TG_ARGV[at + 1]) INTO readable USING wanted;
          IF NOT readable THEN
            PERFORM serai_refuse(TG_TABLE_NAME);
          END IF;
        END IF;
      END LOOP;
      RETURN NEW;
    END
  $$;

-- Whether this id already stands for a person or an organisation. Sources are both, so one id must never be two.
CREATE FUNCTION serai_taken(this uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT EXISTS (SELECT 1 FROM serai_person WHERE id = this) OR EXISTS (SELECT 1 FROM serai_organisation WHERE id = this)
      OR EXISTS (SELECT 1 FROM serai_account WHERE person_id = this)
  $$;
