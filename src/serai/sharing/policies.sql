-- A link's own row is read by whoever follows it, and marked as answered by them.
CALL serai_protect('serai_invitation', definer => true, keeper => 'id, kind, person_id, created_at, expires_at, answered_at',
  own => '(source_id IN (SELECT unnest(serai_sources())) OR (serai_asker() = ''link'' AND id = (SELECT serai_asker_id())))');
CALL serai_protect('serai_report', definer => true,
  own => '(source_id IN (SELECT unnest(serai_sources())) OR contact_id = (SELECT serai_person()))');
CALL serai_open('serai_purged', 'SELECT');

-- The link with this digest and what became of it: open, expired or called back. Found before any asker is set.
CREATE OR REPLACE FUNCTION serai_link_of(wanted text) RETURNS TABLE (id uuid, person_id uuid, state text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    SELECT i.id, i.person_id, CASE WHEN called_back_at IS NOT NULL THEN 'called back' WHEN expires_at <= serai_now() THEN 'expired'
      ELSE 'open' END FROM serai_invitation i WHERE i.digest = wanted
  $$;
ALTER FUNCTION serai_link_of(text) OWNER TO serai_definer;
