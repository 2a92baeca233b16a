CALL serai_protect('serai_plan');
CALL serai_protect('serai_objective');
CALL serai_protect('serai_activity');
-- Where an activity grew from is said by whoever plans it.
CALL serai_protect('serai_activitytakeaway', fixed => '{activity_id,takeaway_id}',
  adds => 'EXISTS (SELECT 1 FROM serai_activity a WHERE a.id = activity_id AND a.source_id IN (SELECT unnest(serai_sources())))');
CALL serai_protect('serai_support');
CALL serai_protect('serai_indicator');
CALL serai_protect('serai_measurement');
