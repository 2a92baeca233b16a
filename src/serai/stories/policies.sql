CALL serai_protect('serai_story');
CALL serai_protect('serai_passage', fixed => '{story_id,waits,agreed_at}',
  adds => 'EXISTS (SELECT 1 FROM serai_story s WHERE s.id = story_id AND s.source_id IN (SELECT unnest(serai_sources())))');
CALL serai_holds_words('serai_passage', 'record_id');
-- Nobody says yes in the name of another: a naming is answered by the organisation or person named, or by their link.
CREATE FUNCTION serai_named_answers() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      IF NOT coalesce(OLD.organisation_id = ANY (serai_sources()), false) AND NOT coalesce(OLD.person_id = ANY (serai_sources()), false)
        AND serai_open_link() IS NULL THEN
        PERFORM serai_refuse(TG_TABLE_NAME);
      END IF;
      RETURN NEW;
    END
  $$;

-- Whoever writes the passage asks and says who reads; each one named answers for themselves, also by a link.
CALL serai_protect('serai_naming', definer => true, others => '{organisation_id,person_id}', fixed => '{passage_id,organisation_id,person_id}',
  adds => 'EXISTS (SELECT 1 FROM serai_passage p WHERE p.id = passage_id AND p.source_id IN (SELECT unnest(serai_sources())))',
  own => '(source_id IN (SELECT unnest(serai_sources())) OR (hidden_at IS NULL AND (organisation_id IN (SELECT unnest(serai_sources()))'
      ' OR person_id IN (SELECT unnest(serai_sources()))'
      ' OR ((SELECT serai_open_link() IS NOT NULL) AND id IN (SELECT unnest(serai_named()))'
      ' AND source_id = (SELECT serai_link_source())))))');
CREATE TRIGGER serai_named_answers BEFORE UPDATE ON serai_naming FOR EACH ROW
  WHEN (current_user IN ('serai_web', 'serai_worker') AND (NEW.answer IS DISTINCT FROM OLD.answer
    OR NEW.answered_at IS DISTINCT FROM OLD.answered_at)) EXECUTE FUNCTION serai_named_answers();

-- A passage keeps whether it waits for somebody named in it, and since when the last of them has said yes. Two who answer
-- at once take turns: each reckons with what the other said. Nobody takes a name out of a passage again.
CREATE FUNCTION serai_naming_tells() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      PERFORM 1 FROM serai_passage WHERE id = NEW.passage_id FOR NO KEY UPDATE;
      UPDATE serai_passage SET waits = told.waits, agreed_at = told.agreed_at FROM (
        SELECT bool_or(waits) AS waits, min(agreed_at) AS agreed_at FROM (
          SELECT bool_or(answer <> 'yes') AS waits, coalesce(max(answered_at) FILTER (WHERE answer = 'yes'), 'epoch') AS agreed_at
          FROM serai_naming WHERE passage_id = NEW.passage_id GROUP BY organisation_id, person_id) AS named) AS told
        WHERE id = NEW.passage_id;
      RETURN NULL;
    END
  $$;
CREATE TRIGGER serai_naming_tells AFTER INSERT OR UPDATE ON serai_naming FOR EACH ROW EXECUTE FUNCTION serai_naming_tells();
CREATE POLICY definer_finds_named ON serai_passage FOR SELECT TO serai_definer
  USING ((SELECT true FROM serai_naming n WHERE n.passage_id = serai_passage.id LIMIT 1));
CREATE POLICY definer_tells_named ON serai_passage FOR UPDATE TO serai_definer
  USING ((SELECT true FROM serai_naming n WHERE n.passage_id = serai_passage.id LIMIT 1));
GRANT UPDATE (waits, agreed_at) ON serai_passage TO serai_definer;
-- Also of what was asked before this was so.
UPDATE serai_naming SET passage_id = passage_id WHERE passage_id IN (SELECT id FROM serai_passage WHERE agreed_at IS NULL);

-- Whether the asker, and of "see as" both, are the source of a passage or named in it.
CREATE FUNCTION serai_passage_known(passage uuid, source uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
  PARALLEL RESTRICTED SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE mine uuid[] := serai_sources(serai_asker()); also uuid := serai_also();
      known boolean := source = ANY (mine) OR EXISTS (SELECT 1 FROM serai_naming WHERE passage_id = passage
        AND (organisation_id = ANY (mine) OR person_id = ANY (mine) OR id = ANY (serai_shown(serai_asker()))));
    BEGIN
      IF known AND also IS NOT NULL THEN
        mine := serai_sources_of(also);
        known := source = ANY (mine) OR EXISTS (SELECT 1 FROM serai_naming WHERE passage_id = passage
          AND (organisation_id = ANY (mine) OR person_id = ANY (mine) OR id = ANY (serai_shown_to(also))));
      END IF;
      RETURN known;
    END
  $$;
-- Until each one named said yes, a passage is read by its source and by those named alone.
CREATE POLICY agreed_alone ON serai_passage AS RESTRICTIVE FOR SELECT TO serai_web, serai_worker USING (
  NOT waits OR serai_passage_known(id, source_id));

-- A passage is read with its story: reported or withdrawn, the story takes it along. Whoever is named in it is asked about
-- it before that, and the contact looks at it where it was reported to them.
CREATE POLICY with_its_story ON serai_passage AS RESTRICTIVE FOR SELECT TO serai_web, serai_worker USING (
  (SELECT true FROM serai_story s WHERE s.id = story_id) OR serai_passage_known(id, source_id)
  OR id = ANY ((SELECT serai_looked_at())::uuid[]));

CALL serai_translates('serai_storytranslation', 'serai_story');
-- A yes was said to the words that were there: each one named in a passage must have said it since these were written.
CALL serai_translates('serai_passagetranslation', 'serai_passage', told => 'o.agreed_at IS NULL'
  ' OR o.agreed_at >= serai_passagetranslation.written_at OR serai_passage_known(o.id, serai_passagetranslation.source_id)');
