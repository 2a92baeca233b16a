CALL serai_protect('serai_need');
CALL serai_protect('serai_offer');
CALL serai_protect('serai_match', adds => 'proposed_by_id = (SELECT serai_person())', fixed => '{proposed_by_id}');
-- A city is asked by whoever proposed the match; the answer is recorded by the asked organisation, by its link, or on
-- its behalf by whoever asked.
CALL serai_protect('serai_matchanswer', others => '{organisation_id}', fixed => '{match_id,city_id,organisation_id}',
  adds => 'EXISTS (SELECT 1 FROM serai_match m WHERE m.id = match_id AND m.source_id IN (SELECT unnest(serai_sources())))',
  own => '(source_id IN (SELECT unnest(serai_sources())) OR (hidden_at IS NULL AND organisation_id IN (SELECT unnest(serai_sources())))'
      ' OR ((SELECT serai_open_link() IS NOT NULL) AND hidden_at IS NULL AND id IN (SELECT unnest(serai_named()))'
      ' AND source_id = (SELECT serai_link_source())))');
-- In whose name a link asks: see serai_link_left().
CREATE POLICY definer_finds_asked ON serai_matchanswer FOR SELECT TO serai_definer USING (true);
GRANT SELECT (id, organisation_id) ON serai_matchanswer TO serai_definer;
