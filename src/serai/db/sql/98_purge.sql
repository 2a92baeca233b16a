-- Destroying what was reported: the data-protection contact alone can. It returns what it took, for the list that a
-- restore replays: {"gone": {table: ids}, "blank": {table: {id: {column: what stands there now}}}}; never what stood there.

-- The columns of each protected table that hold what people typed. tests/sharing compares them with the models.
CREATE FUNCTION serai_content_of(tablename text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
  AS $$
    SELECT CASE tablename
      WHEN 'serai_activity' THEN ARRAY['title', 'what', 'chosen_why', 'changes', 'partners']
      WHEN 'serai_agreement' THEN ARRAY['purpose', 'signed']
      WHEN 'serai_auditentry' THEN ARRAY['because']
      WHEN 'serai_commitment' THEN ARRAY['text', 'owner_role', 'first_step', 'reason']
      WHEN 'serai_exchange' THEN ARRAY['title', 'when', 'summary']
      WHEN 'serai_goal' THEN ARRAY['text']
      WHEN 'serai_indicator' THEN ARRAY['name', 'unit', 'method']
      WHEN 'serai_invitation' THEN ARRAY['address']
      WHEN 'serai_match' THEN ARRAY['message']
      WHEN 'serai_matchanswer' THEN ARRAY['reason', 'said_by']
      WHEN 'serai_measurement' THEN ARRAY['how']
      WHEN 'serai_membership' THEN ARRAY['role']
      WHEN 'serai_need' THEN ARRAY['question']
      WHEN 'serai_note' THEN ARRAY['text']
      WHEN 'serai_objective' THEN ARRAY['text']
      WHEN 'serai_offer' THEN ARRAY['what']
      WHEN 'serai_organisation' THEN ARRAY['name', 'in_kind']
      WHEN 'serai_participant' THEN ARRAY['in_words']
      WHEN 'serai_partnership' THEN ARRAY['title', 'began']
      WHEN 'serai_party' THEN ARRAY['in_words']
      WHEN 'serai_passage' THEN ARRAY['text']
      WHEN 'serai_passagetranslation' THEN ARRAY['text']
      WHEN 'serai_person' THEN ARRAY['name', 'role']
      WHEN 'serai_plan' THEN ARRAY['title']
      WHEN 'serai_practice' THEN ARRAY['title', 'since']
      WHEN 'serai_practicetranslation' THEN ARRAY['title', 'summary', 'description', 'did_not_work', 'safeguards',
        'core_elements', 'adaptable_elements', 'staff', 'cost']
      WHEN 'serai_practiceversion' THEN ARRAY['title', 'summary', 'description', 'did_not_work', 'safeguards',
        'core_elements', 'adaptable_elements', 'staff', 'cost', 'what_changed']
      WHEN 'serai_programmerelease' THEN ARRAY['programme']
      WHEN 'serai_report' THEN ARRAY['reason']
      WHEN 'serai_safetycheck' THEN ARRAY['answers']
      WHEN 'serai_session' THEN ARRAY['title', 'where']
      WHEN 'serai_site' THEN ARRAY['name', 'photos', 'who_may_come', 'may_repeat']
      WHEN 'serai_story' THEN ARRAY['title', 'byline']
      WHEN 'serai_storytranslation' THEN ARRAY['title', 'byline']
      WHEN 'serai_support' THEN ARRAY['what']
      WHEN 'serai_takeaway' THEN ARRAY['text']
      WHEN 'serai_team' THEN ARRAY['name', 'tailoring']
      WHEN 'serai_weighing' THEN ARRAY['reason']
      ELSE '{}' END
  $$;

-- What was reported to the asker and waits for their decision: all that they may destroy.
CREATE FUNCTION serai_purging() RETURNS uuid[] LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT coalesce(array_agg(record_id), '{}') FROM serai_report
    WHERE contact_id = serai_person() AND settled_at IS NULL AND serai_also() IS NULL
  $$;

-- Whether a mail tells of this record: by its occasion, or by that of a link that names it.
CREATE FUNCTION serai_tells_of(occasion text, record uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT position(record::text IN occasion) > 0
      OR EXISTS (SELECT 1 FROM serai_invitation i WHERE record = ANY (i.record_ids) AND position(i.id::text IN occasion) > 0)
  $$;

-- The person asking, unless they see as someone else: whose own rows may go.
CREATE FUNCTION serai_erasing() RETURNS uuid LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
  AS $$ SELECT CASE WHEN serai_also() IS NULL THEN serai_person() END $$;

-- Empties rows; what stands there now, by id. The first column shows that something stood there.
CREATE FUNCTION serai_empty(tablename text, ids uuid[]) RETURNS jsonb
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE columns text; held jsonb; done jsonb;
    BEGIN
      SELECT string_agg(format('%I = %L', name, value), ', '), jsonb_object_agg(name, CASE value WHEN '{}' THEN
          CASE WHEN array_type THEN '[]'::jsonb ELSE to_jsonb(value) END ELSE to_jsonb(value) END)
        INTO columns, held FROM (
          SELECT c.name, t.typcategory = 'A' AS array_type, CASE WHEN t.typcategory = 'A' OR tablename = 'serai_safetycheck' THEN '{}'
            WHEN t.typname = 'jsonb' THEN '[]' WHEN c.place = 1 THEN '–' ELSE '' END AS value
          FROM unnest(serai_content_of(tablename)) WITH ORDINALITY AS c(name, place)
          JOIN pg_attribute a ON a.attrelid = tablename::regclass AND a.attname = c.name JOIN pg_type t ON t.oid = a.atttypid) AS every;
      EXECUTE format('WITH emptied AS (UPDATE %I SET %s WHERE id = ANY ($1) RETURNING id)'
        ' SELECT coalesce(jsonb_object_agg(id, $2), ''{}'') FROM emptied', tablename, columns) INTO done USING ids, held;
      RETURN done;
    END
  $$;

-- Deletes a row where nothing hangs on it, else empties it. True where it is gone. People, organisations and teams
-- stay as empty cards: rows point to them without a foreign key.
CREATE FUNCTION serai_destroy(tablename text, this uuid) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      IF tablename NOT IN ('serai_person', 'serai_organisation', 'serai_team') THEN
        BEGIN
          IF tablename = 'serai_note' THEN
            DELETE FROM serai_noteauthor WHERE note_id = this;
          END IF;
          EXECUTE format('DELETE FROM %I WHERE id = $1', tablename) USING this;
          SET CONSTRAINTS ALL IMMEDIATE;
          SET CONSTRAINTS ALL DEFERRED;
          RETURN true;
        EXCEPTION WHEN foreign_key_violation THEN
          NULL;  -- other records hang on it: it is emptied
        END;
      END IF;
      RETURN false;
    END
  $$;

-- Destroys what a report is about: the record, its versions, passages and translations, its photo, what a story told of
-- it, the reasons in its trail, mails about it. That it was, by whom, when and why stays. Null for everyone but the contact of an
-- open report.
CREATE FUNCTION serai_purge(this uuid, because text) RETURNS jsonb
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE
      gone jsonb := '{}'; blank jsonb := '{}'; what text; place text; record uuid; ids uuid[];
    BEGIN
      SELECT noun, record_id INTO what, record FROM serai_report WHERE id = this AND record_id = ANY (serai_purging());
      IF NOT FOUND THEN RETURN NULL; END IF;
      place := serai_table_of(what);
      IF place = 'serai_practice' THEN
        ids := ARRAY(SELECT id FROM serai_practiceversion WHERE practice_id = record);
        blank := blank || jsonb_build_object('serai_practiceversion', serai_empty('serai_practiceversion', ids));
      END IF;
      IF place = 'serai_takeaway' THEN
        ids := ARRAY(SELECT id FROM serai_photo WHERE takeaway_id = record);
        DELETE FROM serai_photo WHERE id = ANY (ids);
        gone := gone || jsonb_build_object('serai_photo', ids);
      END IF;
      IF place = 'serai_session' THEN
        ids := ARRAY(SELECT id FROM serai_session WHERE replaces = record);
        blank := blank || jsonb_build_object('serai_programmerelease', serai_untitle(record),
          'serai_session', serai_empty('serai_session', ids));
      END IF;
      -- What was put into another language goes with what it translates, of a practice in every version, of a story in
      -- every passage; and a story's passages go with it.
      ids := ARRAY(SELECT t.id FROM serai_practicetranslation t JOIN serai_practiceversion v ON v.id = t.original_id
        WHERE t.id <> record AND (v.id = record OR v.practice_id = record));
      blank := blank || jsonb_build_object('serai_practicetranslation', serai_empty('serai_practicetranslation', ids));
      ids := ARRAY(SELECT t.id FROM serai_storytranslation t WHERE t.original_id = record);
      blank := blank || jsonb_build_object('serai_storytranslation', serai_empty('serai_storytranslation', ids));
      ids := ARRAY(SELECT t.id FROM serai_passagetranslation t JOIN serai_passage p ON p.id = t.original_id
        WHERE t.id <> record AND record IN (p.id, p.record_id, p.story_id));
      blank := blank || jsonb_build_object('serai_passagetranslation', serai_empty('serai_passagetranslation', ids));
      ids := ARRAY(SELECT id FROM serai_passage WHERE record IN (record_id, story_id) AND id <> record);
      blank := blank || jsonb_build_object('serai_passage', serai_empty('serai_passage', ids));
      ids := ARRAY(SELECT a.id FROM serai_auditentry a WHERE a.record_id = record AND a.because <> '');
      blank := blank || jsonb_build_object('serai_auditentry', serai_empty('serai_auditentry', ids));
      ids := ARRAY(SELECT id FROM serai_mail WHERE serai_tells_of(occasion, record));
      DELETE FROM serai_mail WHERE id = ANY (ids);
      gone := gone || jsonb_build_object('serai_mail', ids);
      IF serai_destroy(place, record) THEN
        gone := gone || jsonb_build_object(place, ARRAY[record])
          || CASE place WHEN 'serai_note' THEN jsonb_build_object('serai_noteauthor.note_id', ARRAY[record]) ELSE '{}' END;
      ELSE
        IF serai_content_of(place) <> '{}' THEN
          blank := blank || jsonb_build_object(place, coalesce(blank -> place, '{}') || serai_empty(place, ARRAY[record]));
        END IF;
      END IF;
      INSERT INTO serai_purged (id, noun, record_id, actor_id, why, purged_at)
        VALUES (gen_random_uuid(), what, record, serai_person(), because, serai_now()) ON CONFLICT DO NOTHING;
      ids := ARRAY(SELECT id FROM serai_report WHERE record_id = record);
      blank := blank || jsonb_build_object('serai_report', serai_empty('serai_report', ids));
      UPDATE serai_report SET settled_at = serai_now(), settlement = 'purged', version = version + 1
        WHERE record_id = record AND settled_at IS NULL;
      PERFORM serai_show(place, record);  -- what stands there now is empty
      RETURN jsonb_build_object('gone', gone, 'blank', blank);
    END
  $$;

-- Takes a session's words out of every released programme; the list says only which session.
CREATE FUNCTION serai_untitle(this uuid) RETURNS jsonb
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE done jsonb;
    BEGIN
      WITH cleared AS (
        UPDATE serai_programmerelease r SET programme = (SELECT jsonb_agg(CASE WHEN line ->> 'id' = this::text
            THEN line || '{"title": "–", "where": ""}' ELSE line END) FROM jsonb_array_elements(r.programme) AS line)
        WHERE r.programme @> jsonb_build_array(jsonb_build_object('id', this)) RETURNING r.id)
      SELECT coalesce(jsonb_object_agg(id, jsonb_build_object('programme', jsonb_build_object('without', this))), '{}') INTO done FROM cleared;
      RETURN done;
    END
  $$;

-- The rights of the above: rows reported to the asker, and rows that are the asking person's alone (98_erasure.sql).
DO $$
  DECLARE place text; content text;
    ours text := '(id IN (SELECT unnest(serai_purging())) OR source_id = (SELECT serai_erasing()))';
  BEGIN
    FOR place IN SELECT tablename FROM pg_policies WHERE schemaname = 'public' AND policyname = 'definer_hides' LOOP
      IF place NOT IN ('serai_person', 'serai_organisation', 'serai_team') THEN
        EXECUTE format('CREATE POLICY definer_destroys ON %I FOR DELETE TO serai_definer USING (%s)', place, ours);
        EXECUTE format('GRANT DELETE ON %I TO serai_definer', place);
      END IF;
      EXECUTE format('CREATE POLICY definer_destroys_seen ON %I FOR SELECT TO serai_definer USING (%s)', place, ours);
      EXECUTE format('CREATE POLICY definer_empties ON %I FOR UPDATE TO serai_definer USING (%s)', place, ours);
      SELECT string_agg(quote_ident(name), ', ') INTO content FROM unnest(serai_content_of(place)) AS name;
      EXECUTE format('GRANT SELECT (id, source_id) ON %I TO serai_definer', place);
      IF content IS NOT NULL THEN
        EXECUTE format('GRANT UPDATE (%s) ON %I TO serai_definer', content, place);
      END IF;
    END LOOP;
  END
$$;
-- Copies of what is purged, found and emptied: table, what they are called, and which rows.
DO $$
  DECLARE copy text[];
  BEGIN
    FOREACH copy SLICE 1 IN ARRAY ARRAY[
      ['serai_practiceversion', 'versions', 'practice_id IN (SELECT unnest(serai_purging()))'],
      ['serai_passage', 'told', 'record_id IN (SELECT unnest(serai_purging())) OR story_id IN (SELECT unnest(serai_purging()))'],
      ['serai_practicetranslation', 'translations',
        'original_id IN (SELECT v.id FROM serai_practiceversion v WHERE ARRAY[v.id, v.practice_id] && serai_purging())'],
      ['serai_storytranslation', 'translations', 'original_id IN (SELECT unnest(serai_purging()))'],
      ['serai_passagetranslation', 'translations',
        'original_id IN (SELECT p.id FROM serai_passage p WHERE ARRAY[p.id, p.record_id, p.story_id] && serai_purging())'],
      ['serai_session', 'waiting', 'replaces IN (SELECT unnest(serai_purging()))'],
      ['serai_programmerelease', 'released',
        'exchange_id IN (SELECT s.exchange_id FROM serai_session s WHERE s.id IN (SELECT unnest(serai_purging())))'],
      ['serai_auditentry', 'trail', 'record_id IN (SELECT unnest(serai_purging()))']
    ] LOOP
      EXECUTE format('CREATE POLICY definer_empties_%s ON %I FOR UPDATE TO serai_definer USING (%s)', copy[2], copy[1], copy[3]);
      EXECUTE format('CREATE POLICY definer_finds_%s ON %I FOR SELECT TO serai_definer USING (%s)', copy[2], copy[1], copy[3]);
    END LOOP;
  END
$$;
GRANT SELECT (story_id) ON serai_passage TO serai_definer;
GRANT SELECT (original_id) ON serai_practicetranslation, serai_storytranslation, serai_passagetranslation TO serai_definer;
GRANT SELECT (replaces) ON serai_session TO serai_definer;
GRANT SELECT (exchange_id, programme) ON serai_programmerelease TO serai_definer;
GRANT SELECT (id, record_id, because), UPDATE (because) ON serai_auditentry TO serai_definer;
CREATE POLICY definer_destroys_photos ON serai_photo FOR DELETE TO serai_definer USING (takeaway_id IN (SELECT unnest(serai_purging())));
CREATE POLICY definer_finds_photos ON serai_photo FOR SELECT TO serai_definer USING (takeaway_id IN (SELECT unnest(serai_purging())));
GRANT SELECT (takeaway_id) ON serai_photo TO serai_definer;
CREATE POLICY definer_settles ON serai_report FOR UPDATE TO serai_definer USING (record_id IN (SELECT unnest(serai_purging()))) WITH CHECK (true);
GRANT UPDATE (reason, settled_at, settlement, version) ON serai_report TO serai_definer;
CREATE POLICY definer_purges_mail ON serai_mail FOR DELETE TO serai_definer
  USING (EXISTS (SELECT 1 FROM unnest(serai_purging()) AS record WHERE serai_tells_of(occasion, record)));
CREATE POLICY definer_finds_mail ON serai_mail FOR SELECT TO serai_definer
  USING (EXISTS (SELECT 1 FROM unnest(serai_purging()) AS record WHERE serai_tells_of(occasion, record)));
GRANT SELECT (id, occasion, person_id), DELETE ON serai_mail TO serai_definer;
CREATE POLICY definer_purges_author ON serai_noteauthor FOR DELETE TO serai_definer USING (note_id IN (SELECT unnest(serai_purging())));
GRANT SELECT, DELETE ON serai_noteauthor TO serai_definer;
GRANT EXECUTE ON FUNCTION serai_purge(uuid, text) TO serai_web;
