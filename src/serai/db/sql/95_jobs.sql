-- Jobs: nobody but the worker touches the queue. Everyone else enqueues through one function that stamps who asks.

-- Puts a job into the queue, in the caller's transaction. `args` holds ids and numbers only: never names or content.
CREATE OR REPLACE FUNCTION serai_enqueue(task text, args jsonb) RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    DECLARE name text; value jsonb; stamped jsonb;
    BEGIN
      IF serai_also() IS NOT NULL THEN
        RAISE EXCEPTION 'seeing as someone else changes nothing' USING ERRCODE = 'insufficient_privilege';
      END IF;
      FOR name, value IN SELECT * FROM jsonb_each(args) LOOP
        IF name = 'asker' OR NOT (jsonb_typeof(value) = 'number'
            OR (jsonb_typeof(value) = 'string' AND value #>> '{}' ~ '^[0-9a-f-]{36}$')) THEN
          RAISE EXCEPTION 'a job takes ids and numbers only, not %', name USING ERRCODE = 'check_violation';
        END IF;
      END LOOP;
      stamped := args || jsonb_build_object('asker', jsonb_build_object(
        'kind', coalesce(serai_asker(), 'visitor'), 'id', serai_asker_id()));
      RETURN (procrastinate_defer_jobs_v1(ARRAY[
        ROW('default', task, 0, NULL, NULL, stamped, NULL)::procrastinate_job_to_defer_v1]))[1];
    END
  $$;
ALTER FUNCTION serai_enqueue(text, jsonb) OWNER TO serai_definer;
REVOKE EXECUTE ON FUNCTION serai_enqueue(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION serai_enqueue(text, jsonb) TO serai_web, serai_worker, serai_keeper;
GRANT EXECUTE ON FUNCTION procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[]) TO serai_definer;
DO $$
  DECLARE f record;
  BEGIN
    FOR f IN SELECT oid::regprocedure AS signature FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate\_%' LOOP
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO serai_worker', f.signature);
    END LOOP;
  END
$$;

-- RETURNING wants to read the id it gives back; nothing else of the queue is read by the definer.
GRANT INSERT, SELECT (id) ON procrastinate_jobs TO serai_definer;
GRANT INSERT ON procrastinate_events TO serai_definer;
GRANT USAGE ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq TO serai_definer, serai_worker;

GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events, procrastinate_workers,
  procrastinate_periodic_defers TO serai_worker;
GRANT USAGE ON SEQUENCE procrastinate_workers_id_seq, procrastinate_periodic_defers_id_seq TO serai_worker;
GRANT SELECT ON procrastinate_jobs, procrastinate_events, procrastinate_workers, procrastinate_periodic_defers
  TO serai_backup;
