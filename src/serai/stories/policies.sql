CALL serai_protect('serai_story');
CALL serai_protect('serai_passage');
-- Each one named answers for themselves.
CALL serai_protect('serai_naming',
  own => '(source_id IN (SELECT unnest(serai_sources())) OR organisation_id IN (SELECT unnest(serai_sources()))'
      ' OR person_id = (SELECT serai_person()) OR (serai_asker() = ''link'' AND id IN (SELECT unnest(serai_named()))))',
  readable => '(hidden_at IS NULL AND audience_id IN (SELECT unnest(serai_audiences())))'
      ' OR source_id IN (SELECT unnest(serai_sources())) OR organisation_id IN (SELECT unnest(serai_sources()))'
      ' OR person_id = (SELECT serai_person()) OR id IN (SELECT unnest(serai_named()))');
