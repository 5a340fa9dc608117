#!/usr/bin/env bash
# Run by the database's image when its data folder is empty. The passwords are files, for roles.sql they are variables.
set -euo pipefail
for role in klankbord_{survey,analytics,notification}{_owner,}; do
  variable="${role^^}_PASSWORD"
  export "$variable=$(<"/run/secrets/${role}_password")"
done
psql --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres --file /klankbord/roles.sql
