CALL serai_protect('serai_need');
CALL serai_protect('serai_offer');
CALL serai_protect('serai_match');
-- An answer is recorded by the asked city, by its link, or on its behalf by whoever asked.
CALL serai_protect('serai_matchanswer',
  own => '(source_id IN (SELECT unnest(serai_sources())) OR organisation_id IN (SELECT unnest(serai_sources()))'
      ' OR (serai_asker() = ''link'' AND id IN (SELECT unnest(serai_named()))))',
  readable => '(hidden_at IS NULL AND audience_id IN (SELECT unnest(serai_audiences())))'
      ' OR source_id IN (SELECT unnest(serai_sources())) OR organisation_id IN (SELECT unnest(serai_sources()))'
      ' OR id IN (SELECT unnest(serai_named()))');
