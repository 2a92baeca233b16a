-- Everything the files below make is taken away first, so that nothing outlives the file that made it: rights,
-- policies, guards and functions. What no file names afterwards, nobody reads. All in one transaction.
DO $$
  DECLARE old record;
  BEGIN
    EXECUTE 'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, serai_web, serai_worker, serai_keeper, serai_backup, serai_definer';
    EXECUTE 'REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, serai_web, serai_worker, serai_keeper, serai_definer';
    EXECUTE 'GRANT USAGE ON SCHEMA public TO serai_web, serai_worker, serai_keeper, serai_backup, serai_definer';
    FOR old IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
      EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOR old IN SELECT tgname, tgrelid::regclass AS tablename FROM pg_trigger WHERE tgname LIKE 'serai\_%' AND NOT tgisinternal LOOP
      EXECUTE format('DROP TRIGGER %I ON %s', old.tgname, old.tablename);
    END LOOP;
    FOR old IN SELECT oid::regprocedure AS signature FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'serai\_%' LOOP
      EXECUTE format('DROP ROUTINE %s', old.signature);
    END LOOP;
  END
$$;
