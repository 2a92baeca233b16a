CALL serai_protect('serai_story');
CALL serai_protect('serai_passage', fixed => '{story_id}',
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

-- Whether each one named in a passage said yes.
CREATE FUNCTION serai_agreed(passage uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
  SET search_path = pg_catalog, public, pg_temp
  AS $$ BEGIN RETURN NOT EXISTS (SELECT 1 FROM serai_naming WHERE passage_id = passage AND answer <> 'yes'); END $$;
-- Whether the asker, and of "see as" both, are the source of a passage or named in it.
CREATE FUNCTION serai_passage_known(passage uuid, source uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
  PARALLEL RESTRICTED SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE known boolean;
    BEGIN
      SELECT source = ANY (mine) OR EXISTS (SELECT 1 FROM serai_naming WHERE passage_id = passage
          AND (organisation_id = ANY (mine) OR person_id = ANY (mine) OR id = ANY (serai_shown(serai_asker())))) INTO known
        FROM serai_sources() AS mine;
      IF known AND serai_also() IS NOT NULL THEN
        SELECT source = ANY (theirs) OR EXISTS (SELECT 1 FROM serai_naming WHERE passage_id = passage
            AND (organisation_id = ANY (theirs) OR person_id = ANY (theirs) OR id = ANY (serai_shown_to(serai_also())))) INTO known
          FROM serai_sources_of(serai_also()) AS theirs;
      END IF;
      RETURN known;
    END
  $$;
-- Until each one named said yes, a passage is read by its source and by those named alone.
CREATE POLICY agreed_alone ON serai_passage AS RESTRICTIVE FOR SELECT TO serai_web, serai_worker USING (
  serai_agreed(id) OR serai_passage_known(id, source_id));

-- A passage is read with its story: reported or withdrawn, the story takes it along. Whoever is named in it is asked about
-- it before that, and the contact looks at it where it was reported to them.
CREATE POLICY with_its_story ON serai_passage AS RESTRICTIVE FOR SELECT TO serai_web, serai_worker USING (
  (SELECT true FROM serai_story s WHERE s.id = story_id) OR serai_passage_known(id, source_id)
  OR id = ANY ((SELECT serai_looked_at())::uuid[]));

CALL serai_translates('serai_storytranslation', 'serai_story');
CALL serai_translates('serai_passagetranslation', 'serai_passage');
-- A yes was said to the words that were there: whether each one named in a passage said yes since these were written.
CREATE FUNCTION serai_agreed_since(passage uuid, written timestamptz) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
  AS $$ BEGIN RETURN NOT EXISTS (
    SELECT 1 FROM serai_naming WHERE passage_id = passage GROUP BY organisation_id, person_id
    HAVING coalesce(max(answered_at) FILTER (WHERE answer = 'yes'), '-infinity') < written);
  END $$;
CREATE POLICY agreed_in_these_words ON serai_passagetranslation AS RESTRICTIVE FOR SELECT TO serai_web, serai_worker USING (
  serai_agreed_since(original_id, written_at) OR serai_passage_known(original_id, source_id));
