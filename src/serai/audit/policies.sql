-- The trail is added to and read under the same rule as what it tells of; nobody changes it. It names as actor nobody
-- but the person asking, and nobody at all where the record has no source: a Chatham House note, told by the day.
CALL serai_protect('serai_auditentry', changes => false, hideable => false);
DROP POLICY source_adds ON serai_auditentry;
CREATE POLICY asker_adds ON serai_auditentry FOR INSERT TO serai_web, serai_worker WITH CHECK (
  (SELECT serai_also() IS NULL AND serai_asker() IN ('person', 'link'))
  AND CASE WHEN source_id IS NULL THEN actor_id IS NULL AND because = ''
      AND created_at = date_trunc('day', created_at, 'UTC') AND changed_at = date_trunc('day', changed_at, 'UTC')
    ELSE actor_id IS NOT DISTINCT FROM (SELECT serai_person()) END);
-- An entry of the trail tells of a record that its writer reads, and is read as that record is.
CREATE FUNCTION serai_entry_holds() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
  AS $$
    DECLARE holds boolean;
    BEGIN
      EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE id = $1 AND audience_id = $2 AND source_id IS NOT DISTINCT FROM $3)',
        serai_table_of(NEW.noun)) INTO holds USING NEW.record_id, NEW.audience_id, NEW.source_id;
      IF NOT holds THEN
        PERFORM serai_refuse(TG_TABLE_NAME);
      END IF;
      RETURN NEW;
    END
  $$;

CREATE TRIGGER serai_entry_holds BEFORE INSERT ON serai_auditentry FOR EACH ROW
  WHEN (current_user IN ('serai_web', 'serai_worker')) EXECUTE FUNCTION serai_entry_holds();
