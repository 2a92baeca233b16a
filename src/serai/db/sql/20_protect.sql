-- serai_protect(table): row security, policies, rights and guard of a protected table, written once.
--   definer  the definer functions read it whole
--   keeper   the columns the keeper may read
--   changes  false: what is written stays as it is
--   others   columns with an organisation or person that also reads and changes the row: the asked, the named
--   adds     what must hold besides for a new row: who may let someone in, which parent it may hang on
--   own      who may change a row, instead of its source and the others
--   fixed    columns that nobody changes, besides id, created_at and hidden_at
--   hideable whether it can be reported, and is then hidden
--   within   the column that leads to what a row is part of: who does not read that, reads nothing of this
--   notes    rows are read by whoever wrote them without being their source: Chatham House notes
-- A row is never deleted by the web role. Readers and source are changed by the source alone: see serai_keeps().

-- The columns that lead to a protected parent, with its table.
CREATE FUNCTION serai_parents(tablename text) RETURNS TABLE (child text, parent text) LANGUAGE sql STABLE
  SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT col.attname, target.relname FROM pg_constraint con
    JOIN pg_class target ON target.oid = con.confrelid
    JOIN pg_attribute col ON col.attrelid = con.conrelid AND col.attnum = con.conkey[1]
    WHERE con.contype = 'f' AND con.conrelid = tablename::regclass
      AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = con.confrelid AND a.attname = 'audience_id')
    ORDER BY 1
  $$;

-- A child may only hang on a parent its writer reads: foreign keys do not ask the policies. The answer is the same
-- for a parent that is not there. Empty for a table without protected parents.
CREATE FUNCTION serai_reads_parents(tablename text) RETURNS text LANGUAGE sql STABLE
  SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT coalesce(string_agg(format(
      ' AND (%1$I IS NULL OR EXISTS (SELECT 1 FROM %2$I AS parent WHERE parent.id = %3$I.%1$I))', child, parent, tablename), ''), '')
    FROM serai_parents(tablename)
  $$;

CREATE PROCEDURE serai_protect(
    tablename text, definer boolean DEFAULT false, keeper text DEFAULT NULL, changes boolean DEFAULT true,
    others text[] DEFAULT '{}', adds text DEFAULT 'true', own text DEFAULT NULL, fixed text[] DEFAULT '{}',
    hideable boolean DEFAULT true, notes boolean DEFAULT false, within text DEFAULT NULL)
  LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE
      -- Audiences and one's own notes may be hundreds and are hashed; sources and what else is named to one are a few. What
      -- is asked for a link or for "see as" alone is worked out for them alone. Each sub-select costs every statement some
      -- microseconds to set up, one that is hashed twice as many.
      by_source text := 'source_id = ANY ((SELECT serai_sources%s)::uuid[])';
      by_other text := coalesce((SELECT string_agg(
        format(' OR (hidden_at IS NULL AND %I = ANY ((SELECT serai_sources%%1$s)::uuid[]))', name), '') FROM unnest(others) AS name), '');
      asker text := '(serai_asker())';
      other text := '_of(serai_also())';
      reads text := '(hidden_at IS NULL AND audience_id IN (SELECT unnest(serai_audiences((SELECT serai_asker()))))) OR '
        || format(by_source, asker) || format(by_other, asker)
        || CASE WHEN notes THEN ' OR (id IN (SELECT unnest(serai_named((SELECT serai_asker()))))'
          ELSE ' OR (id = ANY ((SELECT serai_shown(serai_asker()))::uuid[])' END
        || ' AND ((SELECT serai_person() IS NOT NULL) OR serai_link_shows(hidden_at, source_id, audience_id)))';
      by_both text := '(SELECT serai_also() IS NULL) OR (hidden_at IS NULL AND audience_id = ANY ((SELECT serai_audiences_of(serai_also()))::integer[]))'
        || ' OR ' || format(by_source, other) || format(by_other, other) || ' OR id = ANY ((SELECT serai_named_to(serai_also()))::uuid[])';
      alone text := '(SELECT serai_also() IS NULL) AND ';
      reported text := 'id IN (SELECT r.record_id FROM serai_report r)';
      owns text := alone || coalesce(own, '(' || format(by_source, asker) || format(by_other, asker) || ')');
      columns text := (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = tablename::regclass AND attnum > 0 AND NOT attisdropped
          AND NOT attname::text = ANY (ARRAY['id', 'created_at', 'hidden_at'] || fixed));
    BEGIN
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tablename);
      EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tablename);
      EXECUTE format('CREATE POLICY owner_all ON %I TO serai_owner USING (true) WITH CHECK (true)', tablename);
      EXECUTE format('CREATE POLICY backup_reads ON %I FOR SELECT TO serai_backup USING (true)', tablename);
      EXECUTE format('CREATE POLICY asker_reads ON %I FOR SELECT TO serai_web, serai_worker USING (%s)', tablename, reads);
      EXECUTE format('CREATE POLICY both_read ON %I AS RESTRICTIVE FOR SELECT TO serai_web, serai_worker USING (%s)', tablename, by_both);
      EXECUTE format('CREATE POLICY source_adds ON %I FOR INSERT TO serai_web, serai_worker WITH CHECK (%s%s AND (%s)%s)',
        tablename, alone, format(by_source, asker), adds, serai_reads_parents(tablename));
      EXECUTE format('GRANT SELECT, INSERT ON %I TO serai_web, serai_worker', tablename);
      -- What is hidden or narrowed there is out of sight here at once. Reported on its own, it is looked at by whom it was
      -- reported to, also where they do not read the other; not by who sees as them, nor by a link.
      -- A value, not EXISTS: that PostgreSQL would answer from a list of every whole there is.
      IF within IS NOT NULL THEN
        EXECUTE format('CREATE POLICY with_its_whole ON %I AS RESTRICTIVE FOR SELECT TO serai_web, serai_worker USING ('
          '(SELECT true FROM %I AS whole WHERE whole.id = %I.%I)'
          ' OR id = ANY ((SELECT serai_looked_at())::uuid[]))',
          tablename, (SELECT parent FROM serai_parents(tablename) WHERE child = within), tablename, within);
      END IF;
      IF changes THEN
        EXECUTE format('CREATE POLICY source_changes ON %I FOR UPDATE TO serai_web, serai_worker USING (%s)', tablename, owns);
        EXECUTE format('GRANT UPDATE (%s) ON %I TO serai_web, serai_worker', columns, tablename);
        CALL serai_guard(tablename);
      END IF;
      IF definer THEN
        EXECUTE format('CREATE POLICY definer_reads ON %I FOR SELECT TO serai_definer USING (true)', tablename);
        EXECUTE format('GRANT SELECT ON %I TO serai_definer', tablename);
      END IF;
      -- What is reported is hidden and released by the definer alone: see 30_guards.sql.
      IF hideable THEN
        IF NOT definer THEN
          EXECUTE format('CREATE POLICY definer_finds ON %I FOR SELECT TO serai_definer USING (%s)', tablename, reported);
        END IF;
        EXECUTE format('CREATE POLICY definer_hides ON %I FOR UPDATE TO serai_definer USING (%s)', tablename, reported);
        EXECUTE format('GRANT SELECT (id, hidden_at), UPDATE (hidden_at) ON %I TO serai_definer', tablename);
      END IF;
      IF keeper IS NOT NULL THEN
        EXECUTE format('CREATE POLICY keeper_reads ON %I FOR SELECT TO serai_keeper USING (true)', tablename);
        EXECUTE format('GRANT SELECT (%s) ON %I TO serai_keeper', keeper, tablename);
      END IF;
    END
  $$;

-- The guard of a protected table: it looks only at changes of readers, source or parents.
CREATE PROCEDURE serai_guard(tablename text) LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE watched text; parents text;
    BEGIN
      SELECT string_agg(format('OLD.%1$I IS DISTINCT FROM NEW.%1$I', name), ' OR ') INTO watched
        FROM (SELECT unnest(ARRAY['audience_id', 'source_id']) UNION SELECT child FROM serai_parents(tablename)) AS t(name);
      SELECT string_agg(format('%L, %L', child, parent), ', ') INTO parents FROM serai_parents(tablename);
      EXECUTE format('CREATE TRIGGER serai_keeps BEFORE UPDATE ON %I FOR EACH ROW'
        ' WHEN (current_user IN (''serai_web'', ''serai_worker'') AND (%s)) EXECUTE FUNCTION serai_keeps(%s)', tablename, watched, parents);
    END
  $$;

-- serai_open(table, rights): a table without row security that the web role may use; see docs/who-may-read.md.
CREATE PROCEDURE serai_open(tablename text, rights text) LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', tablename);
      EXECUTE format('GRANT %s ON %I TO serai_web, serai_worker', rights, tablename);
    END
  $$;

-- serai_reference(table): open to read for everyone, because it names no person. `adds` says who adds a row, `changes`
-- who changes it, if anyone; the columns by which it grants reading are `fixed`: nobody changes them.
CREATE PROCEDURE serai_reference(tablename text, adds text, changes text, fixed text[], keeper text)
  LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE
      alone text := '(SELECT serai_also() IS NULL) AND ';
      parents text := serai_reads_parents(tablename);
      columns text := (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = tablename::regclass AND attnum > 0 AND NOT attisdropped AND NOT attname::text = ANY ('{id}' || fixed));
    BEGIN
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tablename);
      EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tablename);
      EXECUTE format('CREATE POLICY owner_all ON %I TO serai_owner USING (true) WITH CHECK (true)', tablename);
      EXECUTE format('CREATE POLICY all_read ON %I FOR SELECT TO serai_web, serai_worker, serai_keeper, serai_backup, serai_definer USING (true)', tablename);
      EXECUTE format('CREATE POLICY adds ON %I FOR INSERT TO serai_web, serai_worker WITH CHECK (%s(%s)%s)', tablename, alone, adds, parents);
      EXECUTE format('GRANT SELECT, INSERT ON %I TO serai_web, serai_worker', tablename);
      IF changes IS NOT NULL THEN
        EXECUTE format('CREATE POLICY changes ON %I FOR UPDATE TO serai_web, serai_worker USING (%s(%s)) WITH CHECK (%strue%s)',
          tablename, alone, changes, alone, parents);
        EXECUTE format('GRANT UPDATE (%s) ON %I TO serai_web, serai_worker', columns, tablename);
      END IF;
      EXECUTE format('GRANT SELECT ON %I TO serai_definer', tablename);
      EXECUTE format('GRANT SELECT (%s) ON %I TO serai_keeper', keeper, tablename);
    END
  $$;
