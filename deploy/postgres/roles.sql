-- The databases and roles of the three services, for psql. May run again: it makes what is missing and sets passwords.
-- Each service has a database, an owner who migrates it, and a role that serves: neither superuser nor owner, so that
-- row-level security binds it. Passwords come from the environment and so stand in no command line and no log.
\set ON_ERROR_STOP on
\getenv survey_owner KLANKBORD_SURVEY_OWNER_PASSWORD
\getenv survey KLANKBORD_SURVEY_PASSWORD
\getenv analytics_owner KLANKBORD_ANALYTICS_OWNER_PASSWORD
\getenv analytics KLANKBORD_ANALYTICS_PASSWORD
\getenv notification_owner KLANKBORD_NOTIFICATION_OWNER_PASSWORD
\getenv notification KLANKBORD_NOTIFICATION_PASSWORD

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', name || suffix)
FROM unnest(ARRAY['klankbord_survey', 'klankbord_analytics', 'klankbord_notification']) AS service(name),
     unnest(ARRAY['_owner', '']) AS kind(suffix)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name || suffix) \gexec

ALTER ROLE klankbord_survey_owner PASSWORD :'survey_owner';
ALTER ROLE klankbord_survey PASSWORD :'survey';
ALTER ROLE klankbord_analytics_owner PASSWORD :'analytics_owner';
ALTER ROLE klankbord_analytics PASSWORD :'analytics';
ALTER ROLE klankbord_notification_owner PASSWORD :'notification_owner';
ALTER ROLE klankbord_notification PASSWORD :'notification';

SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' TEMPLATE template0', name, name || '_owner')
FROM unnest(ARRAY['klankbord_survey', 'klankbord_analytics', 'klankbord_notification']) AS service(name)
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec

SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', name),
       format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', name, name)  -- imports are staged in temporary tables
FROM unnest(ARRAY['klankbord_survey', 'klankbord_analytics', 'klankbord_notification']) AS service(name) \gexec
