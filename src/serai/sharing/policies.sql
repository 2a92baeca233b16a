-- A link's own row is read by whoever follows it, and marked as answered by them. What a link names is fixed.
CALL serai_protect('serai_invitation', definer => true, keeper => 'id, kind, person_id, created_at, expires_at, answered_at',
  own => '(source_id IN (SELECT unnest(serai_sources())) OR id = (SELECT serai_open_link()))',
  fixed => '{kind,digest,person_id,address,record_ids,expires_at}', hideable => false);

-- The cards whose seats the asker takes over: they were here already when they were invited, unknown to the inviter, who
-- wrote a card for them; they followed the link and signed in. The source of a card could as well have opened an account
-- for it, so nobody is let in whom it could not let in. A card with an account of its own keeps what it has; one that is
-- reported waits until that is settled, and that of a data-protection contact until its network names another.
CREATE FUNCTION serai_cards_taken() RETURNS uuid[] LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT coalesce(array_agg(p.id), '{}') FROM serai_account mine
      JOIN serai_invitation i ON lower(i.address) = mine.email
      JOIN serai_person p ON p.id = i.person_id AND p.source_id = i.source_id
    WHERE mine.person_id = serai_person() AND serai_also() IS NULL AND mine.is_active
      AND i.kind = 'join' AND i.answer = 'begin' AND i.called_back_at IS NULL AND p.id <> mine.person_id
      AND p.hidden_at IS NULL AND p.erased_on IS NULL
      AND NOT EXISTS (SELECT 1 FROM serai_account theirs WHERE theirs.person_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM serai_network n WHERE n.data_protection_id = p.id)
  $$;

-- What was shared with one reader by name is shared with another instead; beside them where the same is shared already
-- with the other alone.
CREATE FUNCTION serai_swap_reader(before text, after text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE held record; wanted text[];
    BEGIN
      FOR held IN SELECT id, groups FROM serai_audience WHERE groups @> ARRAY[before] LOOP
        wanted := ARRAY(SELECT DISTINCT name FROM unnest(array_replace(held.groups, before, after)) AS name ORDER BY 1);
        IF EXISTS (SELECT 1 FROM serai_audience WHERE groups = wanted) THEN
          wanted := ARRAY(SELECT DISTINCT name FROM unnest(held.groups || after) AS name ORDER BY 1);
        END IF;
        UPDATE serai_audience SET groups = wanted
          WHERE id = held.id AND NOT EXISTS (SELECT 1 FROM serai_audience other WHERE other.groups = wanted);
      END LOOP;
    END
  $$;

-- Takes them over: the memberships that the inviter wrote down, and with a card of theirs whatever points to it. The card
-- goes, unless something else hangs on it.
CREATE FUNCTION serai_take_seats() RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE me uuid := serai_person(); seated boolean; cards uuid[]; card uuid; place text;
    BEGIN
      IF me IS NULL OR serai_also() IS NOT NULL THEN RETURN false; END IF;
      UPDATE serai_membership m SET person_id = me
        FROM serai_account mine JOIN serai_invitation i ON lower(i.address) = mine.email
        WHERE mine.person_id = me AND mine.is_active
          AND i.kind = 'join' AND i.answer = 'begin' AND i.called_back_at IS NULL AND i.person_id <> me
          AND m.person_id = i.person_id AND m.source_id = i.source_id AND m.organisation_id = ANY (i.record_ids)
          AND NOT EXISTS (SELECT 1 FROM serai_account theirs WHERE theirs.person_id = i.person_id);
      seated := FOUND;
      cards := serai_cards_taken();
      FOREACH card IN ARRAY cards LOOP
        FOREACH place IN ARRAY ARRAY['membership', 'teammember', 'participant', 'naming'] LOOP
          EXECUTE format('UPDATE serai_%s SET person_id = $1 WHERE person_id = $2', place) USING me, card;
        END LOOP;
        PERFORM serai_swap_reader('person:' || card, 'person:' || me);
        BEGIN
          DELETE FROM serai_person WHERE id = card;
          SET CONSTRAINTS ALL IMMEDIATE;
          SET CONSTRAINTS ALL DEFERRED;
        EXCEPTION WHEN foreign_key_violation THEN
          NULL;
        END;
        UPDATE serai_invitation SET person_id = me WHERE person_id = card AND kind = 'join';
      END LOOP;
      RETURN seated OR cards <> '{}';
    END
  $$;
REVOKE EXECUTE ON FUNCTION serai_take_seats() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION serai_take_seats() TO serai_web;
GRANT UPDATE (person_id) ON serai_membership, serai_teammember, serai_naming, serai_invitation TO serai_definer;
GRANT UPDATE (groups) ON serai_audience TO serai_definer;
GRANT DELETE ON serai_person TO serai_definer;
CREATE POLICY definer_takes ON serai_person FOR DELETE TO serai_definer USING (id = ANY ((SELECT serai_cards_taken())::uuid[]));
DO $$
  DECLARE place text;
  BEGIN
    FOREACH place IN ARRAY ARRAY['serai_teammember', 'serai_participant', 'serai_naming'] LOOP
      EXECUTE format('CREATE POLICY definer_takes ON %I FOR UPDATE TO serai_definer'
        ' USING (person_id = ANY ((SELECT serai_cards_taken())::uuid[])) WITH CHECK (person_id = serai_person())', place);
    END LOOP;
  END
$$;
-- See serai_claim().
CREATE POLICY definer_claims ON serai_invitation FOR UPDATE TO serai_definer
  USING (serai_asker() = 'person' AND kind = 'join') WITH CHECK (serai_asker() = 'person');
GRANT UPDATE (source_id) ON serai_invitation TO serai_definer;

-- The data-protection contacts of the networks of the asker and of a source.
CREATE FUNCTION serai_contacts_of(source uuid) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT data_protection_id FROM serai_network WHERE data_protection_id IS NOT NULL AND 'network:' || id = ANY (
      (SELECT serai_groups_of(serai_person()) || serai_groups_of(source)
        || ARRAY(SELECT serai_groups_of_organisations(ARRAY(SELECT o.id FROM serai_organisation o WHERE o.id = source))))::text[])
  $$;

-- A report is about a record its writer reads, and goes to the data-protection contact of a network of the writer's
-- or of the record's source. Without this, a report to oneself would be a key to any record.
CREATE FUNCTION serai_report_holds() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE found integer; from_whom uuid;
    BEGIN
      EXECUTE format('SELECT source_id FROM %I WHERE id = $1', serai_table_of(NEW.noun)) INTO from_whom USING NEW.record_id;
      GET DIAGNOSTICS found = ROW_COUNT;
      IF found = 0 OR NEW.settled_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM pg_policies
          WHERE schemaname = 'public' AND tablename = serai_table_of(NEW.noun) AND policyname = 'definer_hides')
        OR NOT EXISTS (SELECT 1 FROM serai_contacts_of(from_whom) AS contact WHERE contact = NEW.contact_id) THEN
        PERFORM serai_refuse(TG_TABLE_NAME);
      END IF;
      RETURN NEW;
    END
  $$;

-- Whether an open report stands on one of these records.
CREATE FUNCTION serai_reported(these uuid[]) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp
  AS $$ SELECT EXISTS (SELECT 1 FROM serai_report WHERE settled_at IS NULL AND record_id = ANY (these)) $$;

-- The tables that hold words of a record, each with the column that leads to it: read off what serai_holds_words made.
CREATE FUNCTION serai_word_holders() RETURNS TABLE (holder text, leads text) LANGUAGE sql STABLE
  SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT tgrelid::regclass::text, split_part(encode(tgargs, 'escape'), '\000', 1) FROM pg_trigger
    WHERE tgname = 'serai_hidden_with' ORDER BY 1
  $$;

-- Hides a record with the rows that hold its words and have readers of their own; what is part of another row by a policy
-- (translations, photos, weighings) goes with that. What is a record of its own stays.
CREATE FUNCTION serai_hide(tablename text, record uuid) RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE place text; leads text;
    BEGIN
      FOR place, leads IN SELECT tablename, 'id' UNION ALL SELECT * FROM serai_word_holders() LOOP
        EXECUTE format('UPDATE %I SET hidden_at = serai_now() WHERE %I = $1 AND hidden_at IS NULL', place, leads) USING record;
      END LOOP;
    END
  $$;

-- Shows them again, but for those on which a report of their own, or on what they hold words of, still stands.
CREATE FUNCTION serai_show(tablename text, record uuid) RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE place text; leads text; whole text;
    BEGIN
      FOR place, leads, whole IN
        SELECT tablename, 'id', coalesce((SELECT w.leads FROM serai_word_holders() w WHERE w.holder = tablename), 'id')
        UNION ALL SELECT w.holder, w.leads, w.leads FROM serai_word_holders() w
      LOOP
        EXECUTE format('UPDATE %I SET hidden_at = NULL WHERE %I = $1 AND NOT serai_reported(ARRAY[id, %I])', place, leads, whole)
          USING record;
      END LOOP;
    END
  $$;

-- serai_holds_words(table, leads, parent): the rows of a table hold words of the record to which the column `leads` leads
-- (in the table `parent`, else in that of the row's noun). Reported, that takes them along, also what its source writes
-- meanwhile, as far as its writer may read it: whether anything else was reported is not told.
CREATE FUNCTION serai_hidden_with() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE hidden timestamptz; parent text := coalesce(TG_ARGV[1], 'serai_' || lower(to_jsonb(NEW) ->> 'noun'));
    BEGIN
      IF EXISTS (SELECT 1 FROM pg_policies WHERE schemaname = 'public' AND tablename = parent AND policyname = 'asker_reads') THEN
        EXECUTE format('SELECT hidden_at FROM %I WHERE id = $1', parent) INTO hidden USING (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
      END IF;
      NEW.hidden_at := coalesce(NEW.hidden_at, hidden);
      RETURN NEW;
    END
  $$;

CREATE PROCEDURE serai_holds_words(tablename text, leads text, parent text DEFAULT NULL)
  LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE reported text := format('%I IN (SELECT r.record_id FROM serai_report r)', leads);
    BEGIN
      EXECUTE format('CREATE POLICY definer_finds_reported ON %I FOR SELECT TO serai_definer USING (%s)', tablename, reported);
      EXECUTE format('CREATE POLICY definer_hides_reported ON %I FOR UPDATE TO serai_definer USING (%s)', tablename, reported);
      EXECUTE format('GRANT SELECT (%I) ON %I TO serai_definer', leads, tablename);
      EXECUTE format('CREATE TRIGGER serai_hidden_with BEFORE INSERT ON %1$I FOR EACH ROW'
        ' WHEN (current_user IN (''serai_web'', ''serai_worker'') AND NEW.%2$I IS NOT NULL)'
        ' EXECUTE FUNCTION serai_hidden_with(%2$L%3$s)', tablename, leads, ', ' || quote_literal(parent));
      -- Also what was reported before this was so.
      EXECUTE format('UPDATE %I SET hidden_at = now() WHERE hidden_at IS NULL'
        ' AND %I IN (SELECT r.record_id FROM serai_report r WHERE r.settled_at IS NULL)', tablename, leads);
    END
  $$;

-- What was reported is hidden at once; settled as released, it is shown again unless another report stands.
CREATE FUNCTION serai_report_marks() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        PERFORM serai_hide(serai_table_of(NEW.noun), NEW.record_id);
      ELSIF OLD.settled_at IS NOT NULL THEN
        PERFORM serai_refuse(TG_TABLE_NAME);
      ELSIF NEW.settled_at IS NOT NULL AND NEW.settlement = 'released' THEN
        PERFORM serai_show(serai_table_of(NEW.noun), NEW.record_id);
      END IF;
      RETURN NULL;
    END
  $$;

-- A report is read by who wrote it, if they let themselves, and by the contact, who alone settles it, once.
CALL serai_protect('serai_report', definer => true, others => '{contact_id}', own => 'contact_id = (SELECT serai_person())',
  fixed => '{noun,record_id,contact_id,reason}', hideable => false);
CREATE TRIGGER serai_report_holds BEFORE INSERT ON serai_report FOR EACH ROW
  WHEN (current_user IN ('serai_web', 'serai_worker')) EXECUTE FUNCTION serai_report_holds();
CREATE TRIGGER serai_report_hides AFTER INSERT ON serai_report FOR EACH ROW
  WHEN (current_user IN ('serai_web', 'serai_worker')) EXECUTE FUNCTION serai_report_marks();
CREATE TRIGGER serai_report_settles AFTER UPDATE ON serai_report FOR EACH ROW
  WHEN (current_user IN ('serai_web', 'serai_worker') AND OLD.settled_at IS DISTINCT FROM NEW.settled_at)
  EXECUTE FUNCTION serai_report_marks();

-- That a record was purged is read by who purged it and by whoever may read its trail.
ALTER TABLE serai_purged ENABLE ROW LEVEL SECURITY;
ALTER TABLE serai_purged FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON serai_purged TO serai_owner USING (true) WITH CHECK (true);
CREATE POLICY backup_reads ON serai_purged FOR SELECT TO serai_backup USING (true);
CREATE POLICY asker_reads ON serai_purged FOR SELECT TO serai_web, serai_worker USING (
  actor_id = (SELECT serai_person())
  OR EXISTS (SELECT 1 FROM serai_auditentry entry WHERE entry.record_id = serai_purged.record_id));
CREATE POLICY definer_writes ON serai_purged FOR INSERT TO serai_definer WITH CHECK (true);
GRANT SELECT ON serai_purged TO serai_web, serai_worker;
GRANT INSERT ON serai_purged TO serai_definer;
