-- serai_protect(table): the standard policies of a protected table, written once.
-- `definer` lets the definer functions read it; `keeper` names the columns the keeper may read;
-- `named_only` leaves out the source: only rows named to the asker may be changed (Chatham House notes).

CREATE OR REPLACE PROCEDURE serai_protect(
    tablename text, definer boolean DEFAULT false, keeper text DEFAULT NULL, changes boolean DEFAULT true,
    readable text DEFAULT NULL, own text DEFAULT NULL)
  LANGUAGE plpgsql SET search_path = pg_catalog, public
  AS $$
    DECLARE
      reads text := coalesce(readable,
        '(hidden_at IS NULL AND audience_id IN (SELECT unnest(serai_audiences())))'
        ' OR source_id IN (SELECT unnest(serai_sources())) OR id IN (SELECT unnest(serai_named()))');
      also text := '(SELECT serai_also() IS NULL)'
        ' OR (hidden_at IS NULL AND audience_id IN (SELECT unnest(serai_audiences_of(serai_also()))))'
        ' OR source_id IN (SELECT unnest(serai_sources_of(serai_also())))'
        ' OR id IN (SELECT unnest(serai_named_to(serai_also())))';
      owns text := '(SELECT serai_also() IS NULL) AND ' || coalesce(own, 'source_id IN (SELECT unnest(serai_sources()))');
      parents text;
      old record;
    BEGIN
      FOR old IN SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND pg_policies.tablename = serai_protect.tablename LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, tablename);
      END LOOP;
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tablename);
      EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tablename);

      -- A child may only hang on a parent its writer can read: foreign keys do not ask the policies.
      SELECT coalesce(string_agg(format(' AND (%1$I IS NULL OR EXISTS (SELECT 1 FROM %2$I AS parent WHERE parent.id = %3$I.%1$I))',
               col.attname, target.relname, tablename), ''), '')
        INTO parents
        FROM pg_constraint con
        JOIN pg_class target ON target.oid = con.confrelid
        JOIN pg_attribute col ON col.attrelid = con.conrelid AND col.attnum = con.conkey[1]
        WHERE con.contype = 'f' AND con.conrelid = tablename::regclass AND con.confrelid <> con.conrelid
          AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = con.confrelid AND a.attname = 'audience_id');

      EXECUTE format('CREATE POLICY owner_all ON %I TO serai_owner USING (true) WITH CHECK (true)', tablename);
      EXECUTE format('CREATE POLICY backup_reads ON %I FOR SELECT TO serai_backup USING (true)', tablename);
      EXECUTE format('CREATE POLICY asker_reads ON %I FOR SELECT TO serai_web, serai_worker USING (%s)', tablename, reads);
      EXECUTE format('CREATE POLICY both_read ON %I AS RESTRICTIVE FOR SELECT TO serai_web, serai_worker USING (%s)', tablename, also);
      EXECUTE format('CREATE POLICY source_adds ON %I FOR INSERT TO serai_web, serai_worker WITH CHECK (%s%s)', tablename, owns, parents);
      EXECUTE format('GRANT SELECT, INSERT ON %I TO serai_web, serai_worker', tablename);
      EXECUTE format('GRANT SELECT ON %I TO serai_backup', tablename);
      IF changes THEN
        EXECUTE format('CREATE POLICY source_changes ON %I FOR UPDATE TO serai_web, serai_worker USING (%s) WITH CHECK (%s%s)',
          tablename, owns, owns, parents);
        EXECUTE format('GRANT UPDATE ON %I TO serai_web, serai_worker', tablename);
      END IF;
      IF definer THEN
        EXECUTE format('CREATE POLICY definer_reads ON %I FOR SELECT TO serai_definer USING (true)', tablename);
        EXECUTE format('GRANT SELECT ON %I TO serai_definer', tablename);
      END IF;
      IF keeper IS NOT NULL THEN
        EXECUTE format('CREATE POLICY keeper_reads ON %I FOR SELECT TO serai_keeper USING (true)', tablename);
        EXECUTE format('GRANT SELECT (%s) ON %I TO serai_keeper', keeper, tablename);
      END IF;
    END
  $$;

-- serai_open(table, rights): a table without row security that the web role may use; see docs/who-may-read.md.
CREATE OR REPLACE PROCEDURE serai_open(tablename text, rights text)
  LANGUAGE plpgsql SET search_path = pg_catalog, public
  AS $$
    BEGIN
      EXECUTE format('GRANT %s ON %I TO serai_web, serai_worker', rights, tablename);
      EXECUTE format('GRANT SELECT ON %I TO serai_backup', tablename);
    END
  $$;
REVOKE EXECUTE ON PROCEDURE serai_protect(text, boolean, text, boolean, text, text), serai_open(text, text) FROM PUBLIC;
