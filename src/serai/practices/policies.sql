CALL serai_protect('serai_practice');
-- A version is never changed: a mend is a new version, by the source of the practice.
CALL serai_protect('serai_practiceversion', fixed => '{practice_id,number,title,summary,description,evidence,'
      'did_not_work,safeguards,core_elements,adaptable_elements,themes,target_groups,staff,cost,language,what_changed}',
  adds => 'EXISTS (SELECT 1 FROM serai_practice p WHERE p.id = practice_id AND p.source_id IN (SELECT unnest(serai_sources())))');
-- A version holds the words of its practice: reported, that takes all of them along, and what is written meanwhile.
CREATE POLICY definer_finds_reported ON serai_practiceversion FOR SELECT TO serai_definer
  USING (practice_id IN (SELECT r.record_id FROM serai_report r));
CREATE POLICY definer_hides_reported ON serai_practiceversion FOR UPDATE TO serai_definer
  USING (practice_id IN (SELECT r.record_id FROM serai_report r));
GRANT SELECT (practice_id) ON serai_practiceversion TO serai_definer;
CREATE FUNCTION serai_hidden_with_practice() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      NEW.hidden_at := coalesce(NEW.hidden_at, (SELECT p.hidden_at FROM serai_practice p WHERE p.id = NEW.practice_id));
      RETURN NEW;
    END
  $$;
CREATE TRIGGER serai_hidden_with BEFORE INSERT ON serai_practiceversion FOR EACH ROW
  WHEN (current_user IN ('serai_web', 'serai_worker')) EXECUTE FUNCTION serai_hidden_with_practice();
-- Also what was reported before this was so.
UPDATE serai_practiceversion SET hidden_at = now() WHERE hidden_at IS NULL
  AND practice_id IN (SELECT r.record_id FROM serai_report r WHERE r.settled_at IS NULL);
CALL serai_translates('serai_practicetranslation', 'serai_practiceversion');
