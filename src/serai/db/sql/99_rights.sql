-- Last: who may call what. A definer function belongs to serai_definer, which reads only what it must; nothing may be
-- called by PUBLIC. The backup role reads every table, and each one under row security by a policy of its own.
DO $$
  DECLARE f record;
  BEGIN
    FOR f IN SELECT oid::regprocedure AS signature, prosecdef, prokind FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'serai\_%' LOOP
      IF f.prosecdef THEN
        -- Where pg_temp is not named it is looked up first, and a temporary table would stand in for a real one.
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', f.signature);
        EXECUTE format('ALTER FUNCTION %s OWNER TO serai_definer', f.signature);
      ELSIF f.prokind = 'f' THEN
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO serai_web, serai_worker, serai_definer', f.signature);
      END IF;
      EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', f.signature);
    END LOOP;
    -- What the policies call in the asker's name, and what a page asks: readers, reasons, links.
    FOR f IN SELECT oid::regprocedure AS signature FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname = ANY (ARRAY[
      'serai_groups_of', 'serai_audiences_of', 'serai_sources_of',
      'serai_named_to', 'serai_shown_to', 'serai_link_rows', 'serai_open_link', 'serai_link_source', 'serai_link_groups', 'serai_link_shows',
      'serai_readers',
      'serai_intern', 'serai_contacts_of', 'serai_places', 'serai_taken', 'serai_may_open_account', 'serai_administers',
      'serai_runs_network', 'serai_runs_any_network', 'serai_passage_known']) LOOP
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO serai_web, serai_worker', f.signature);
    END LOOP;
  END
$$;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO serai_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO serai_backup;
