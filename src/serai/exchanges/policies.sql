CALL serai_protect('serai_exchange');
-- Who takes part reads what is shared with the exchange. So the organiser names the parties, and each party its people.
CALL serai_protect('serai_party',
  own => '(source_id IN (SELECT unnest(serai_sources())) AND EXISTS (SELECT 1 FROM serai_exchange e WHERE e.id = exchange_id'
      ' AND e.source_id IN (SELECT unnest(serai_sources()))))');
CALL serai_protect('serai_participant', definer => true, keeper => 'id, exchange_id, created_at',
  own => '(source_id IN (SELECT unnest(serai_sources())) AND EXISTS (SELECT 1 FROM serai_party p JOIN serai_exchange e ON e.id = p.exchange_id'
      ' WHERE p.id = party_id AND p.exchange_id = serai_participant.exchange_id'
      ' AND (p.speaker_id IN (SELECT unnest(serai_sources())) OR e.source_id IN (SELECT unnest(serai_sources())))))');
CALL serai_protect('serai_goal');
CALL serai_protect('serai_task',
  own => '(source_id IN (SELECT unnest(serai_sources())) OR EXISTS (SELECT 1 FROM serai_party p WHERE p.id = party_id'
      ' AND p.speaker_id IN (SELECT unnest(serai_sources()))))');
CALL serai_protect('serai_site');
CALL serai_protect('serai_session');
CALL serai_protect('serai_safetycheck', changes => false);
CALL serai_protect('serai_programmerelease', changes => false);
CALL serai_protect('serai_takeaway');
CALL serai_protect('serai_weighing', changes => false);
CALL serai_protect('serai_commitment', keeper => 'id, exchange_id, due_on, state, created_at, source_id');

-- Only its author reads who wrote a Chatham House note.
ALTER TABLE serai_noteauthor ENABLE ROW LEVEL SECURITY;
ALTER TABLE serai_noteauthor FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS owner_all ON serai_noteauthor;
CREATE POLICY owner_all ON serai_noteauthor TO serai_owner USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS backup_reads ON serai_noteauthor;
CREATE POLICY backup_reads ON serai_noteauthor FOR SELECT TO serai_backup USING (true);
DROP POLICY IF EXISTS definer_reads ON serai_noteauthor;
CREATE POLICY definer_reads ON serai_noteauthor FOR SELECT TO serai_definer USING (true);
DROP POLICY IF EXISTS author_reads ON serai_noteauthor;
CREATE POLICY author_reads ON serai_noteauthor FOR SELECT TO serai_web, serai_worker
  USING (person_id = (SELECT serai_person()) AND (SELECT serai_also() IS NULL));
DROP POLICY IF EXISTS author_adds ON serai_noteauthor;
CREATE POLICY author_adds ON serai_noteauthor FOR INSERT TO serai_web, serai_worker
  WITH CHECK (person_id = (SELECT serai_person()) AND (SELECT serai_also() IS NULL));
GRANT SELECT, INSERT ON serai_noteauthor TO serai_web, serai_worker;
GRANT SELECT ON serai_noteauthor TO serai_backup, serai_definer;

-- A Chatham House note has no source; once written, only its author changes it.
CALL serai_protect('serai_note',
  own => '(source_id IN (SELECT unnest(serai_sources())) OR id IN (SELECT note_id FROM serai_noteauthor))');
DROP POLICY source_adds ON serai_note;
CREATE POLICY source_adds ON serai_note FOR INSERT TO serai_web, serai_worker WITH CHECK (
  (SELECT serai_also() IS NULL) AND (SELECT serai_person()) IS NOT NULL
  AND CASE WHEN chatham THEN source_id IS NULL ELSE source_id IN (SELECT unnest(serai_sources())) END
  AND EXISTS (SELECT 1 FROM serai_session s WHERE s.id = session_id AND s.chatham = serai_note.chatham));
