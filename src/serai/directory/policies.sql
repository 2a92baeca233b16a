-- Networks, cities and their places in a network are open to read: they name no person. Their secretariat writes.
-- Whether the asker belongs to the secretariat of this network, or of one it lies in.
CREATE FUNCTION serai_runs_network(this uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    WITH RECURSIVE up AS (
      SELECT id, parent_id, secretariat_id FROM serai_network WHERE id = this
      UNION SELECT n.id, n.parent_id, n.secretariat_id FROM serai_network n JOIN up ON n.id = up.parent_id
    )
    SELECT EXISTS (SELECT 1 FROM up WHERE secretariat_id IN (SELECT unnest(serai_sources())))
  $$;
-- Whether the asker belongs to the secretariat of any network.
CREATE FUNCTION serai_runs_any_network() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$ SELECT EXISTS (SELECT 1 FROM serai_network WHERE secretariat_id IN (SELECT unnest(serai_sources()))) $$;

-- A network's place among networks, and a city's or body's in a network, decide who reads: they are set once.
CALL serai_reference('serai_network',
  'CASE WHEN parent_id IS NULL THEN serai_administers() ELSE serai_runs_network(parent_id) END',
  'serai_runs_network(id) OR (secretariat_id IS NULL AND (SELECT serai_administers()))',
  '{parent_id}', 'id, parent_id, data_protection_id');
CALL serai_reference('serai_city', '(SELECT serai_administers() OR serai_runs_any_network())',
  '(SELECT serai_runs_any_network())', '{}', 'id, time_zone');
CALL serai_reference('serai_networkcity', 'serai_runs_network(network_id)', 'serai_runs_network(network_id)',
  '{network_id,city_id}', 'id, network_id, city_id, coordinator_id');
-- A network's own office is a body of it from the start, also where an administrator founds the network.
CALL serai_reference('serai_networkorganisation', 'serai_runs_network(network_id) OR ((SELECT serai_administers())'
  ' AND EXISTS (SELECT 1 FROM serai_network n WHERE n.id = network_id AND n.secretariat_id = organisation_id))', NULL, '{}', 'id, network_id, organisation_id');

-- Who may say that an organisation is of this city: whoever is of it; while no organisation there has members of its
-- own, also the city's coordinator and the secretariat of its network; while it is in none, any secretariat.
CREATE FUNCTION serai_places(this integer) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    SELECT EXISTS (SELECT 1 FROM serai_organisation o WHERE o.city_id = this AND o.id IN (SELECT unnest(serai_sources())))
      OR (NOT EXISTS (SELECT 1 FROM serai_organisation o WHERE o.city_id = this AND o.claimed_on IS NOT NULL)
        AND (EXISTS (SELECT 1 FROM serai_networkcity c WHERE c.city_id = this
            AND (c.coordinator_id IN (SELECT unnest(serai_sources())) OR serai_runs_network(c.network_id)))
          OR (NOT EXISTS (SELECT 1 FROM serai_networkcity c WHERE c.city_id = this)
            AND (serai_runs_any_network() OR serai_administers()))))
  $$;

-- Being of a city is reading what is shared with it and with its networks: nobody writes themselves into one.
CREATE FUNCTION serai_city_holds() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      IF NOT serai_places(NEW.city_id) THEN
        PERFORM serai_refuse(TG_TABLE_NAME);
      END IF;
      RETURN NEW;
    END
  $$;

-- Sources are persons and organisations, so one id never stands for two of them.
CALL serai_protect('serai_organisation', definer => true, fixed => '{claimed_on}', adds => 'claimed_on IS NULL AND NOT serai_taken(id)');
CREATE TRIGGER serai_city_holds BEFORE INSERT ON serai_organisation FOR EACH ROW
  WHEN (current_user IN ('serai_web', 'serai_worker') AND NEW.city_id IS NOT NULL) EXECUTE FUNCTION serai_city_holds();
CREATE TRIGGER serai_city_stays BEFORE UPDATE ON serai_organisation FOR EACH ROW
  WHEN (current_user IN ('serai_web', 'serai_worker') AND NEW.city_id IS NOT NULL AND NEW.city_id IS DISTINCT FROM OLD.city_id)
  EXECUTE FUNCTION serai_city_holds();
CALL serai_protect('serai_person', definer => true, adds => '(id = (SELECT serai_person()) OR NOT serai_taken(id))',
  own => '(source_id IN (SELECT unnest(serai_sources())) OR (hidden_at IS NULL AND id = (SELECT serai_person())))');
-- Being a member grants reading. So once an organisation has a member of its own, only its members add members.
CALL serai_protect('serai_membership', definer => true, fixed => '{person_id,organisation_id}',
  adds => 'EXISTS (SELECT 1 FROM serai_organisation o WHERE o.id = organisation_id'
      ' AND (o.id IN (SELECT unnest(serai_sources()))'
      ' OR (o.source_id IN (SELECT unnest(serai_sources())) AND o.claimed_on IS NULL)))',
  own => '(source_id IN (SELECT unnest(serai_sources())) AND EXISTS (SELECT 1 FROM serai_organisation o WHERE o.id = organisation_id'
      ' AND (o.id IN (SELECT unnest(serai_sources()))'
      ' OR (o.source_id IN (SELECT unnest(serai_sources())) AND o.claimed_on IS NULL))))');
CALL serai_protect('serai_team');
CALL serai_protect('serai_teammember', definer => true, fixed => '{person_id,team_id}',
  adds => 'EXISTS (SELECT 1 FROM serai_team t WHERE t.id = team_id AND t.source_id IN (SELECT unnest(serai_sources())))',
  own => '(source_id IN (SELECT unnest(serai_sources())) AND EXISTS (SELECT 1 FROM serai_team t WHERE t.id = team_id'
      ' AND t.source_id IN (SELECT unnest(serai_sources()))))');

-- The first own member of an organisation takes it over from whoever wrote it down, with the cards of those who were
-- written down with it and the invitations into it. A card that its person or another organisation looks after stays there.
CREATE FUNCTION serai_claim(this uuid) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE before uuid;
    BEGIN
      IF serai_person() IS NULL OR serai_also() IS NOT NULL OR this NOT IN (SELECT serai_organisations_of(serai_person())) THEN
        RETURN false;
      END IF;
      SELECT source_id INTO before FROM serai_organisation WHERE id = this AND claimed_on IS NULL FOR UPDATE;
      IF NOT FOUND THEN RETURN false; END IF;
      UPDATE serai_organisation SET claimed_on = serai_today(), source_id = id WHERE id = this;
      UPDATE serai_membership SET source_id = this WHERE organisation_id = this;
      UPDATE serai_invitation SET source_id = this WHERE kind = 'join' AND source_id = before AND this = ANY (record_ids);
      UPDATE serai_person p SET source_id = this WHERE p.source_id = before AND p.id <> before
        AND EXISTS (SELECT 1 FROM serai_membership m WHERE m.person_id = p.id AND m.organisation_id = this)
        AND NOT EXISTS (SELECT 1 FROM serai_membership m WHERE m.person_id = p.id AND m.organisation_id = before);
      RETURN true;
    END
  $$;
REVOKE EXECUTE ON FUNCTION serai_claim(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION serai_claim(uuid) TO serai_web;
CREATE POLICY definer_claims ON serai_organisation FOR UPDATE TO serai_definer USING (true) WITH CHECK (true);
CREATE POLICY definer_claims ON serai_membership FOR UPDATE TO serai_definer USING (true) WITH CHECK (true);
CREATE POLICY definer_claims ON serai_person FOR UPDATE TO serai_definer USING (true) WITH CHECK (true);
GRANT UPDATE (claimed_on, source_id) ON serai_organisation TO serai_definer;
GRANT UPDATE (source_id) ON serai_membership, serai_person TO serai_definer;
