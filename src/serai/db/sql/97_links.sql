-- Signed links: what became of one, asked by whoever holds its secret; and taking an answer back for seven days.

-- The link with this digest: before any asker is set, and also where it opens nothing any more, so that it can say so.
DROP FUNCTION IF EXISTS serai_link_state(text);
CREATE FUNCTION serai_link_state(wanted text)
  RETURNS TABLE (id uuid, kind text, person_id uuid, state text, answer text, answered_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT i.id, i.kind, i.person_id, CASE WHEN i.called_back_at IS NOT NULL THEN 'called back' WHEN serai_link_left(i.id) THEN 'left'
      WHEN i.answered_at IS NOT NULL THEN 'answered' WHEN i.expires_at <= serai_now() THEN 'expired' ELSE 'open' END,
      i.answer, i.answered_at
    FROM serai_invitation i WHERE i.digest = wanted
  $$;

-- Makes the asking link open again, within seven days of its answer; whoever undoes then takes the answer itself back.
DROP FUNCTION IF EXISTS serai_link_reopens();
CREATE FUNCTION serai_link_reopens() RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      UPDATE serai_invitation SET answered_at = NULL, answer = '', version = version + 1,
        expires_at = greatest(expires_at, answered_at + interval '7 days')
      WHERE id = (SELECT serai_asker_id()) AND serai_asker() = 'link' AND called_back_at IS NULL
        AND answered_at > serai_now() - interval '7 days' AND NOT serai_link_left(id);
      RETURN FOUND;
    END
  $$;
DROP POLICY IF EXISTS definer_reopens ON serai_invitation;
CREATE POLICY definer_reopens ON serai_invitation FOR UPDATE TO serai_definer
  USING (serai_asker() = 'link' AND id = serai_asker_id());
GRANT UPDATE (answered_at, answer, version, expires_at) ON serai_invitation TO serai_definer;

-- A link that came to the wrong person opens nothing any more; who made it sees that.
DROP FUNCTION IF EXISTS serai_link_not_mine();
CREATE FUNCTION serai_link_not_mine() RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      UPDATE serai_invitation SET called_back_at = serai_now(), answer = 'not mine', version = version + 1
      WHERE id = (SELECT serai_open_link());
      RETURN FOUND;
    END
  $$;
GRANT UPDATE (called_back_at) ON serai_invitation TO serai_definer;

DO $$
  DECLARE name text;
  BEGIN
    FOREACH name IN ARRAY ARRAY['serai_link_state(text)', 'serai_link_reopens()', 'serai_link_not_mine()'] LOOP
      EXECUTE format('ALTER FUNCTION %s OWNER TO serai_definer', name);
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', name);
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO serai_web', name);
    END LOOP;
  END
$$;
