#!/bin/sh
# Run once, when the volume is new: a role and a database for each service, closed to the others.
set -eu
for name in registration scheduling notifications; do
	password=$(cat "/secrets/postgres/$name-password")
	psql -v ON_ERROR_STOP=1 -v name="$name" -v password="$password" -U "$POSTGRES_USER" -d postgres <<-'SQL'
		create role :"name" login password :'password';
		create database :"name" owner :"name" encoding 'UTF8' template template0;
		revoke connect, temporary on database :"name" from public;
	SQL
done
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres \
	-c 'revoke connect on database postgres from public' -c 'revoke connect on database template1 from public'
