-- The short list of tables without row security that the web role may use. None holds a name or any content
-- beyond what signing in needs; docs/who-may-read.md lists them and a test compares.
CALL serai_open('serai_audience', 'SELECT');
GRANT SELECT, INSERT ON serai_audience TO serai_definer;
GRANT USAGE ON SEQUENCE serai_audience_id_seq TO serai_definer;
CALL serai_open('serai_cache', 'SELECT, INSERT, UPDATE, DELETE');
-- Written ahead like every table: a crash would else forget counted tries and waiting codes, and guessing begin anew.
ALTER TABLE serai_cache SET LOGGED;
CALL serai_open('django_session', 'SELECT, INSERT, UPDATE, DELETE');
CALL serai_open('django_content_type', 'SELECT');
CALL serai_open('django_migrations', 'SELECT');
CALL serai_open('account_emailaddress', 'SELECT');  -- stays empty; the sign-in package looks there first
CALL serai_open('mfa_authenticator', 'SELECT, INSERT, UPDATE, DELETE');
CALL serai_open('usersessions_usersession', 'SELECT, INSERT, UPDATE, DELETE');
GRANT USAGE ON SEQUENCE mfa_authenticator_id_seq, usersessions_usersession_id_seq TO serai_web;
