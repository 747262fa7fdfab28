#!/bin/sh
# Runs in the container `logins`: after `wiredesk migrate --roles`, each service's login in the role of that service, with the
# password of its secret. It may be run again at any time, and is with every start.
set -eu
OWNER=$(cat /run/secrets/owner_url)

for service in fetcher cleaner processor relay stories api alerts operator; do
    # psql asks the shell for the words, so that no password is an argument.
    psql -qXAt -v ON_ERROR_STOP=1 -v service="$service" "$OWNER" <<'SQL'
\setenv SERVICE :service
\set login `sed -n 's,^[a-z]*://\([^:]*\):.*$,\1,p' "/run/secrets/${SERVICE}_url"`
\set password `sed -n 's,^[a-z]*://[^:]*:\([^@]*\)@.*$,\1,p' "/run/secrets/${SERVICE}_url"`
SELECT format('CREATE ROLE %I LOGIN', :'login') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'login') \gexec
SELECT format('GRANT %I TO %I', 'wiredesk_' || :'service', :'login') \gexec
ALTER ROLE :"login" SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE :"login" PASSWORD :'password';
SQL
done
psql -qXAt -v ON_ERROR_STOP=1 "$OWNER" <<'SQL'
\set password `cat /run/secrets/dashboard_password`
ALTER ROLE wiredesk_dashboard PASSWORD :'password';
SQL
echo "every service has its login"
