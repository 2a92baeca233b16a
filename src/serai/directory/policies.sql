-- Networks, cities and their places in a network are open to read: they name no person. Their secretariat writes.
CREATE OR REPLACE PROCEDURE serai_reference(tablename text, adds text, changes text)
  LANGUAGE plpgsql SET search_path = pg_catalog, public
  AS $$
    DECLARE old record;
    BEGIN
      FOR old IN SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND pg_policies.tablename = serai_reference.tablename LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, tablename);
      END LOOP;
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tablename);
      EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tablename);
      EXECUTE format('CREATE POLICY owner_all ON %I TO serai_owner USING (true) WITH CHECK (true)', tablename);
      EXECUTE format('CREATE POLICY all_read ON %I FOR SELECT USING (true)', tablename);
      EXECUTE format('CREATE POLICY adds ON %I FOR INSERT TO serai_web, serai_worker WITH CHECK ((SELECT serai_also() IS NULL) AND (%s))', tablename, adds);
      EXECUTE format('CREATE POLICY changes ON %I FOR UPDATE TO serai_web, serai_worker USING ((SELECT serai_also() IS NULL) AND (%s)) WITH CHECK (true)', tablename, changes);
      EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO serai_web, serai_worker', tablename);
      EXECUTE format('GRANT SELECT ON %I TO serai_backup, serai_definer, serai_keeper', tablename);
    END
  $$;
REVOKE EXECUTE ON PROCEDURE serai_reference(text, text, text) FROM PUBLIC;

-- Whether the asker belongs to the secretariat of this network, or of one it lies in.
CREATE OR REPLACE FUNCTION serai_runs_network(this uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    WITH RECURSIVE up AS (
      SELECT id, parent_id, secretariat_id FROM serai_network WHERE id = this
      UNION SELECT n.id, n.parent_id, n.secretariat_id FROM serai_network n JOIN up ON n.id = up.parent_id
    )
    SELECT EXISTS (SELECT 1 FROM up WHERE secretariat_id IN (SELECT unnest(serai_sources())))
  $$;
-- Whether the asker belongs to the secretariat of any network.
CREATE OR REPLACE FUNCTION serai_runs_any_network() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$ SELECT EXISTS (SELECT 1 FROM serai_network WHERE secretariat_id IN (SELECT unnest(serai_sources()))) $$;

CALL serai_reference('serai_network',
  'CASE WHEN parent_id IS NULL THEN serai_administers() ELSE serai_runs_network(parent_id) END',
  'serai_runs_network(id) OR (secretariat_id IS NULL AND (serai_administers() OR serai_runs_network(parent_id)))');
CALL serai_reference('serai_city', 'serai_administers() OR serai_runs_any_network()', 'serai_runs_any_network()');
CALL serai_reference('serai_networkcity', 'serai_runs_network(network_id)', 'serai_runs_network(network_id)');
CALL serai_reference('serai_networkorganisation', 'serai_runs_network(network_id)', 'serai_runs_network(network_id)');

CALL serai_protect('serai_organisation', definer => true);
CALL serai_protect('serai_person', definer => true,
  own => '(source_id IN (SELECT unnest(serai_sources())) OR id = (SELECT serai_person()))');
-- Being a member grants reading. So once an organisation has a member of its own, only its members add members.
CALL serai_protect('serai_membership', definer => true,
  own => '(source_id IN (SELECT unnest(serai_sources())) AND EXISTS (SELECT 1 FROM serai_organisation o WHERE o.id = organisation_id'
      ' AND (o.id IN (SELECT unnest(serai_sources()))'
      ' OR (o.source_id IN (SELECT unnest(serai_sources())) AND o.claimed_on IS NULL))))');
CALL serai_protect('serai_team');
CALL serai_protect('serai_teammember', definer => true,
  own => '(source_id IN (SELECT unnest(serai_sources())) AND EXISTS (SELECT 1 FROM serai_team t WHERE t.id = team_id'
      ' AND t.source_id IN (SELECT unnest(serai_sources()))))');

-- The first own member of an organisation takes it over from whoever wrote it down.
CREATE OR REPLACE FUNCTION serai_claim(this uuid) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$
    BEGIN
      IF serai_person() IS NULL OR serai_also() IS NOT NULL OR this NOT IN (SELECT serai_organisations_of(serai_person())) THEN
        RETURN false;
      END IF;
      UPDATE serai_organisation SET claimed_on = serai_today(), source_id = id WHERE id = this AND claimed_on IS NULL;
      IF NOT FOUND THEN RETURN false; END IF;
      UPDATE serai_membership SET source_id = this WHERE organisation_id = this;
      UPDATE serai_person SET source_id = this WHERE id IN (SELECT person_id FROM serai_membership WHERE organisation_id = this);
      RETURN true;
    END
  $$;
ALTER FUNCTION serai_claim(uuid) OWNER TO serai_definer;
ALTER FUNCTION serai_runs_network(uuid) OWNER TO serai_definer;
ALTER FUNCTION serai_runs_any_network() OWNER TO serai_definer;
REVOKE EXECUTE ON FUNCTION serai_claim(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION serai_claim(uuid) TO serai_web;
CREATE POLICY definer_claims ON serai_organisation FOR UPDATE TO serai_definer USING (true) WITH CHECK (true);
CREATE POLICY definer_claims ON serai_membership FOR UPDATE TO serai_definer USING (true) WITH CHECK (true);
CREATE POLICY definer_claims ON serai_person FOR UPDATE TO serai_definer USING (true) WITH CHECK (true);
GRANT UPDATE (claimed_on, source_id) ON serai_organisation TO serai_definer;
GRANT UPDATE (source_id) ON serai_membership, serai_person TO serai_definer;
