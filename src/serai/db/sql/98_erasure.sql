-- Erasing oneself: "former member" stands in one's place, what was one's own alone is destroyed, the account goes.
-- Acts on the asking person and nobody else. What it took is returned as serai_purge() does it.

-- The card, and the end of every membership, seat and participation.
CREATE FUNCTION serai_part_with(me uuid) RETURNS jsonb
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE place text; part jsonb; more jsonb; blank jsonb; today date := serai_today();
    BEGIN
      UPDATE serai_person SET name = 'former member', role = '', languages = '{}', erased_on = today, version = version + 1 WHERE id = me;
      blank := jsonb_build_object('serai_person', jsonb_build_object(me,
        jsonb_build_object('name', 'former member', 'role', '', 'languages', '[]'::jsonb, 'erased_on', today)));
      FOREACH place IN ARRAY ARRAY['serai_membership', 'serai_teammember', 'serai_participant'] LOOP
        more := CASE place WHEN 'serai_membership' THEN '{"role": ""}' ELSE '{}' END;
        EXECUTE format('WITH ended AS (UPDATE %I SET %s ended_on = least(coalesce(ended_on, $2), $2) WHERE person_id = $1 RETURNING id, ended_on)'
          ' SELECT jsonb_object_agg(id, jsonb_build_object(''ended_on'', ended_on) || $3) FROM ended', place,
          CASE place WHEN 'serai_membership' THEN 'role = '''',' ELSE '' END) INTO part USING me, today, more;
        blank := blank || CASE WHEN part IS NULL THEN '{}' ELSE jsonb_build_object(place, part) END;
      END LOOP;
      WITH withdrawn AS (UPDATE serai_naming SET answer = 'withdrawn', answered_at = serai_now()
        WHERE person_id = me AND answer <> 'withdrawn' RETURNING id)
      SELECT jsonb_object_agg(id, '{"answer": "withdrawn"}'::jsonb) INTO part FROM withdrawn;
      blank := blank || CASE WHEN part IS NULL THEN '{}' ELSE jsonb_build_object('serai_naming', part) END;
      WITH called AS (UPDATE serai_invitation SET address = '', called_back_at = coalesce(called_back_at, serai_now())
        WHERE person_id = me RETURNING id, called_back_at)
      SELECT jsonb_object_agg(id, jsonb_build_object('address', '', 'called_back_at', called_back_at)) INTO part FROM called;
      RETURN blank || CASE WHEN part IS NULL THEN '{}' ELSE jsonb_build_object('serai_invitation', part) END;
    END
  $$;

-- The account with its addresses, steps, sign-ins and mails.
CREATE FUNCTION serai_close_account(me uuid) RETURNS jsonb
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE gone jsonb := '{}'; part jsonb; place text; mine uuid := (SELECT id FROM serai_account WHERE person_id = me);
    BEGIN
      WITH went AS (DELETE FROM serai_noteauthor WHERE person_id = me RETURNING note_id) SELECT jsonb_agg(note_id) INTO part FROM went;
      gone := gone || jsonb_build_object('serai_noteauthor.note_id', coalesce(part, '[]'));
      WITH went AS (DELETE FROM serai_mail WHERE person_id = me RETURNING id) SELECT jsonb_agg(id) INTO part FROM went;
      gone := gone || jsonb_build_object('serai_mail', coalesce(part, '[]'));
      WITH went AS (DELETE FROM django_session WHERE session_key IN
        (SELECT session_key FROM usersessions_usersession WHERE user_id = mine) RETURNING session_key)
      SELECT jsonb_agg(session_key) INTO part FROM went;
      gone := gone || jsonb_build_object('django_session.session_key', coalesce(part, '[]'));
      WITH went AS (DELETE FROM account_emailconfirmation WHERE email_address_id IN
        (SELECT id FROM account_emailaddress WHERE user_id = mine) RETURNING id)
      SELECT jsonb_agg(id) INTO part FROM went;
      gone := gone || jsonb_build_object('account_emailconfirmation', coalesce(part, '[]'));
      FOREACH place IN ARRAY ARRAY['usersessions_usersession', 'mfa_authenticator', 'account_emailaddress'] LOOP
        EXECUTE format('WITH went AS (DELETE FROM %I WHERE user_id = $1 RETURNING id) SELECT jsonb_agg(id) FROM went', place) INTO part USING mine;
        gone := gone || jsonb_build_object(place, coalesce(part, '[]'));
      END LOOP;
      WITH went AS (DELETE FROM serai_administrator WHERE account_id = mine RETURNING account_id) SELECT jsonb_agg(account_id) INTO part FROM went;
      gone := gone || jsonb_build_object('serai_administrator.account_id', coalesce(part, '[]'));
      DELETE FROM serai_account WHERE id = mine;
      RETURN gone || jsonb_build_object('serai_account', CASE WHEN mine IS NULL THEN '[]' ELSE jsonb_build_array(mine) END);
    END
  $$;

-- Says {"refused": …} to the last administrator and to a data-protection contact; null to whoever is no person.
CREATE FUNCTION serai_erase_me() RETURNS jsonb
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE me uuid := serai_person(); place text; row_id uuid; ids uuid[]; gone jsonb := '{}'; blank jsonb := '{}';
    BEGIN
      IF me IS NULL OR serai_also() IS NOT NULL THEN RETURN NULL; END IF;
      IF EXISTS (SELECT 1 FROM serai_network WHERE data_protection_id = me) THEN RETURN '{"refused": "contact"}'; END IF;
      IF serai_administers() AND NOT EXISTS (SELECT 1 FROM serai_administrator JOIN serai_account a ON a.id = account_id
          WHERE a.is_active AND a.person_id IS DISTINCT FROM me) THEN RETURN '{"refused": "administrator"}'; END IF;
      FOR place IN SELECT tablename FROM pg_policies WHERE schemaname = 'public' AND policyname = 'definer_empties'
          AND tablename <> 'serai_person' ORDER BY 1 LOOP
        EXECUTE format('SELECT array_agg(id) FROM %I WHERE source_id = $1', place) INTO ids USING me;
        FOREACH row_id IN ARRAY coalesce(ids, '{}') LOOP
          IF serai_destroy(place, row_id) THEN
            gone := gone || jsonb_build_object(place, coalesce(gone -> place, '[]') || to_jsonb(row_id));
          ELSIF serai_content_of(place) <> '{}' THEN
            blank := blank || jsonb_build_object(place, coalesce(blank -> place, '{}') || serai_empty(place, ARRAY[row_id]));
          END IF;
        END LOOP;
      END LOOP;
      blank := blank || serai_part_with(me);
      RETURN jsonb_build_object('gone', gone || serai_close_account(me), 'blank', blank);
    END
  $$;
GRANT EXECUTE ON FUNCTION serai_erase_me() TO serai_web;

-- Its rights: the asking person's own rows.
CREATE POLICY definer_erases ON serai_person FOR UPDATE TO serai_definer USING (id = (SELECT serai_person()));
GRANT UPDATE (name, role, languages, erased_on, version) ON serai_person TO serai_definer;
CREATE POLICY definer_erases ON serai_membership FOR UPDATE TO serai_definer USING (person_id = (SELECT serai_person()));
GRANT UPDATE (role, ended_on) ON serai_membership TO serai_definer;
CREATE POLICY definer_erases ON serai_teammember FOR UPDATE TO serai_definer USING (person_id = (SELECT serai_person()));
GRANT UPDATE (ended_on) ON serai_teammember TO serai_definer;
CREATE POLICY definer_erases ON serai_participant FOR UPDATE TO serai_definer USING (person_id = (SELECT serai_person())) WITH CHECK (true);
GRANT UPDATE (ended_on) ON serai_participant TO serai_definer;
CREATE POLICY definer_erases ON serai_naming FOR UPDATE TO serai_definer USING (person_id = (SELECT serai_person()));
GRANT UPDATE (answer, answered_at) ON serai_naming TO serai_definer;
CREATE POLICY definer_erases ON serai_invitation FOR UPDATE TO serai_definer USING (person_id = (SELECT serai_person())) WITH CHECK (true);
CREATE POLICY definer_erases ON serai_mail FOR DELETE TO serai_definer USING (person_id = (SELECT serai_person()));
CREATE POLICY definer_erases_seen ON serai_mail FOR SELECT TO serai_definer USING (person_id = (SELECT serai_person()));
CREATE POLICY definer_erases ON serai_noteauthor FOR DELETE TO serai_definer USING (person_id = (SELECT serai_person()));
GRANT SELECT (id, user_id), DELETE ON usersessions_usersession, mfa_authenticator, account_emailaddress TO serai_definer;
GRANT SELECT (session_key) ON usersessions_usersession TO serai_definer;
GRANT SELECT (id, email_address_id), DELETE ON account_emailconfirmation TO serai_definer;
GRANT SELECT (session_key), DELETE ON django_session TO serai_definer;
GRANT SELECT, DELETE ON serai_administrator, serai_account TO serai_definer;
