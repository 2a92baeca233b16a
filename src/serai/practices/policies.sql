CALL serai_protect('serai_practice');
-- A version is never changed: a mend is a new version.
CALL serai_protect('serai_practiceversion');
