#!/bin/sh
# Runs once, when PostgreSQL starts on an empty volume. Creates a database and its owner for each URL in the environment,
# postgres://role:password@host:port/database. The URL is the value of {SERVICE}_DATABASE_URL, or the content of the file in
# {SERVICE}_DATABASE_URL_FILE. Percent-encoding is not supported: use letters and digits.
set -eu

url_of() {
  eval "file=\${$1_DATABASE_URL_FILE:-} url=\${$1_DATABASE_URL:-}"
  if [ -n "$file" ]; then url=$(cat "$file"); fi
  case $url in postgres://*:*@*/*) printf '%s' "${url#postgres://}" ;; *) echo "no URL for $1" >&2; exit 1 ;; esac
}

for service in $(env | sed -n -E 's/^([A-Z0-9_]+)_DATABASE_URL(_FILE)?=.*/\1/p' | sort -u); do
  url=$(url_of "$service")
  login=${url%%@*}
  # psql reads the values from the environment: a password in its arguments would be visible in the process list.
  role=${login%%:*} password=${login#*:} database=${url##*/}
  export role password database
  psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv role role
\getenv password password
\getenv database database
create role :"role" login password :'password';
create database :"database" owner :"role";
revoke all on database :"database" from public;
SQL
done
