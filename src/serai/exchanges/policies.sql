CALL serai_protect('serai_exchange');
-- Who takes part reads what is shared with the exchange. So the organiser names the parties, and each party its people.
CALL serai_protect('serai_party', fixed => '{exchange_id}',
  adds => 'EXISTS (SELECT 1 FROM serai_exchange e WHERE e.id = exchange_id AND e.source_id IN (SELECT unnest(serai_sources())))',
  own => '(source_id IN (SELECT unnest(serai_sources())) AND EXISTS (SELECT 1 FROM serai_exchange e WHERE e.id = exchange_id'
      ' AND e.source_id IN (SELECT unnest(serai_sources()))))');
CALL serai_protect('serai_participant', definer => true, keeper => 'id, exchange_id, created_at',
  fixed => '{exchange_id,party_id,person_id}',
  adds => 'EXISTS (SELECT 1 FROM serai_party p JOIN serai_exchange e ON e.id = p.exchange_id'
      ' WHERE p.id = party_id AND p.exchange_id = serai_participant.exchange_id'
      ' AND (p.speaker_id IN (SELECT unnest(serai_sources())) OR e.source_id IN (SELECT unnest(serai_sources()))))',
  own => '(source_id IN (SELECT unnest(serai_sources())) AND EXISTS (SELECT 1 FROM serai_party p JOIN serai_exchange e ON e.id = p.exchange_id'
      ' WHERE p.id = party_id AND p.exchange_id = serai_participant.exchange_id'
      ' AND (p.speaker_id IN (SELECT unnest(serai_sources())) OR e.source_id IN (SELECT unnest(serai_sources())))))');
CALL serai_protect('serai_goal');
CALL serai_protect('serai_task', fixed => '{exchange_id,party_id}',
  own => '(source_id IN (SELECT unnest(serai_sources())) OR (hidden_at IS NULL AND EXISTS (SELECT 1 FROM serai_party p'
      ' WHERE p.id = party_id AND p.speaker_id IN (SELECT unnest(serai_sources())))))');
CALL serai_protect('serai_site');
CALL serai_protect('serai_session', fixed => '{exchange_id}');
-- Whether it is safe is for those who take part to say: the organiser, who speaks for a party, who is named in one.
CALL serai_protect('serai_safetycheck', changes => false, within => 'exchange_id', adds => 'person_id = (SELECT serai_person()) AND ('
  ' EXISTS (SELECT 1 FROM serai_exchange e WHERE e.id = exchange_id AND e.source_id IN (SELECT unnest(serai_sources())))'
  ' OR EXISTS (SELECT 1 FROM serai_party p WHERE p.exchange_id = serai_safetycheck.exchange_id'
  ' AND p.speaker_id IN (SELECT unnest(serai_sources())))'
  ' OR ''exchange:'' || exchange_id = ANY (serai_groups_of((SELECT serai_person()))))');
-- What is released is the organiser's word; nobody else takes a number of it.
CALL serai_protect('serai_programmerelease', changes => false, within => 'exchange_id',
  adds => 'EXISTS (SELECT 1 FROM serai_exchange e WHERE e.id = exchange_id AND e.source_id IN (SELECT unnest(serai_sources())))');
CALL serai_protect('serai_takeaway', adds => 'person_id = (SELECT serai_person())', fixed => '{person_id,capture,exchange_id}');
-- A picture is added by whoever its takeaway comes from; it stays as it was drawn, only its readers and source change.
CALL serai_protect('serai_photo', within => 'takeaway_id',
  fixed => '{takeaway_id,kind,whole,width,height,small,small_width,small_height}',
  adds => 'EXISTS (SELECT 1 FROM serai_takeaway t WHERE t.id = takeaway_id AND t.source_id IN (SELECT unnest(serai_sources())))');
-- Why a takeaway was adopted or left is read with the takeaway.
CALL serai_protect('serai_weighing', changes => false, within => 'takeaway_id');
CALL serai_protect('serai_commitment', keeper => 'id, exchange_id, due_on, state, created_at, source_id');

-- Only its author reads who wrote a Chatham House note; only the database writes it down: see serai_note_author().
ALTER TABLE serai_noteauthor ENABLE ROW LEVEL SECURITY;
ALTER TABLE serai_noteauthor FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON serai_noteauthor TO serai_owner USING (true) WITH CHECK (true);
CREATE POLICY backup_reads ON serai_noteauthor FOR SELECT TO serai_backup USING (true);
CREATE POLICY definer_reads ON serai_noteauthor FOR SELECT TO serai_definer USING (true);
CREATE POLICY definer_adds ON serai_noteauthor FOR INSERT TO serai_definer WITH CHECK (person_id = serai_person());
CREATE POLICY author_reads ON serai_noteauthor FOR SELECT TO serai_web, serai_worker
  USING (person_id = (SELECT serai_person()) AND (SELECT serai_also() IS NULL));
GRANT SELECT ON serai_noteauthor TO serai_web, serai_worker;
GRANT SELECT, INSERT ON serai_noteauthor TO serai_definer;

-- A Chatham House note has no source, an id without time, and tells of time the day alone; only its author changes it.
CALL serai_protect('serai_note', notes => true, fixed => '{session_id,chatham}',
  own => '(CASE WHEN chatham THEN source_id IS NULL AND id IN (SELECT note_id FROM serai_noteauthor)'
      ' AND changed_at = date_trunc(''day'', changed_at, ''UTC'') ELSE source_id IN (SELECT unnest(serai_sources())) END)');
DROP POLICY source_adds ON serai_note;
CREATE POLICY source_adds ON serai_note FOR INSERT TO serai_web, serai_worker WITH CHECK (
  (SELECT serai_also() IS NULL AND serai_person() IS NOT NULL)
  AND CASE WHEN chatham THEN source_id IS NULL AND get_byte(uuid_send(id), 6) >> 4 = 4
      AND created_at = date_trunc('day', created_at, 'UTC') AND changed_at = date_trunc('day', changed_at, 'UTC')
    ELSE source_id IN (SELECT unnest(serai_sources())) END
  AND EXISTS (SELECT 1 FROM serai_session s WHERE s.id = session_id AND s.chatham = serai_note.chatham));
-- The author of a Chatham House note is written down by the database, so that nobody can claim a note afterwards.
CREATE FUNCTION serai_note_author() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $$
    BEGIN
      INSERT INTO serai_noteauthor (note_id, person_id) VALUES (NEW.id, serai_person());
      RETURN NULL;
    END
  $$;

CREATE TRIGGER serai_note_author AFTER INSERT ON serai_note FOR EACH ROW
  WHEN (current_user IN ('serai_web', 'serai_worker') AND NEW.chatham) EXECUTE FUNCTION serai_note_author();
