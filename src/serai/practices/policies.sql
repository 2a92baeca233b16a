CALL serai_protect('serai_practice');
-- A version is never changed: a mend is a new version, by the source of the practice.
CALL serai_protect('serai_practiceversion', fixed => '{practice_id,number,title,summary,description,evidence,'
      'did_not_work,safeguards,core_elements,adaptable_elements,themes,target_groups,staff,cost,language,what_changed}',
  adds => 'EXISTS (SELECT 1 FROM serai_practice p WHERE p.id = practice_id AND p.source_id IN (SELECT unnest(serai_sources())))');
CALL serai_holds_words('serai_practiceversion', 'practice_id', 'serai_practice');
CALL serai_translates('serai_practicetranslation', 'serai_practiceversion');
