-- serai_translates(table, originals, told): a table of translations; `original_id` leads to what is translated, `told` says
-- which of those who read that (o) read these words.
-- A translation is written by the source of its original, and read by nobody who may not read the original as well: what
-- is withheld, hidden or narrowed there is withheld here at once, without anybody doing anything.

-- Who wrote the words is who asks; new words are younger than the old ones and were checked by nobody; whoever checks
-- them asks, and has not written them.
CREATE FUNCTION serai_translation_keeps() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE about text[] := ARRAY['id', 'original_id', 'audience_id', 'source_id', 'hidden_at', 'created_at', 'changed_at',
      'version', 'illustrative', 'written_by_id', 'written_at', 'checked_by_id', 'checked_at'];
    BEGIN
      IF TG_OP = 'INSERT' OR (to_jsonb(NEW) - about) IS DISTINCT FROM (to_jsonb(OLD) - about) THEN
        IF NEW.written_by_id IS DISTINCT FROM serai_person() OR NEW.checked_by_id IS NOT NULL
          OR (TG_OP = 'UPDATE' AND NEW.written_at <= OLD.written_at) THEN
          PERFORM serai_refuse(TG_TABLE_NAME);
        END IF;
        RETURN NEW;
      END IF;
      IF NEW.written_by_id <> OLD.written_by_id OR NEW.written_at <> OLD.written_at
        OR (NEW.checked_by_id IS DISTINCT FROM OLD.checked_by_id
          AND NOT coalesce(NEW.checked_by_id = serai_person() AND NEW.checked_by_id <> NEW.written_by_id, false)) THEN
        PERFORM serai_refuse(TG_TABLE_NAME);
      END IF;
      RETURN NEW;
    END
  $$;

CREATE PROCEDURE serai_translates(tablename text, originals text, told text DEFAULT 'true')
  LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      CALL serai_protect(tablename, fixed => '{original_id,language}', adds => format(
        'EXISTS (SELECT 1 FROM %I o WHERE o.id = original_id AND o.source_id IN (SELECT unnest(serai_sources())))', originals));
      EXECUTE format('CREATE POLICY with_its_original ON %I AS RESTRICTIVE FOR SELECT TO serai_web, serai_worker'
        ' USING ((SELECT %s FROM %I o WHERE o.id = original_id))', tablename, told, originals);
      EXECUTE format('CREATE TRIGGER serai_translation_keeps BEFORE INSERT OR UPDATE ON %I FOR EACH ROW'
        ' WHEN (current_user IN (''serai_web'', ''serai_worker'')) EXECUTE FUNCTION serai_translation_keeps()', tablename);
    END
  $$;
