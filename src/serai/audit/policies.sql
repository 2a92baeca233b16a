-- The trail is added to and read under the same rule as what it tells of; nobody changes it.
CALL serai_protect('serai_auditentry', changes => false,
  own => '(source_id IN (SELECT unnest(serai_sources())) OR (source_id IS NULL AND actor_id IS NULL))');
