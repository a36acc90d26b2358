#!/bin/sh
# Writes the secrets that docker-compose.yml requires to .env, freshly generated. Never overwrites an existing file.
#   sh deploy/new-env.sh
set -eu
cd "$(dirname "$0")/.."
umask 077
if [ -e .env ]; then
  echo '.env exists already: nothing was changed' >&2
  exit 1
fi
# Letters only: nats.conf reads what begins with a digit as a number.
secret() { od -An -tx1 -N24 /dev/urandom | tr -d ' \n' | tr 0-9 g-p; }
{
  echo '# Generated secrets of this installation. Keep a copy: without the master keys what they seal is lost.'
  for name in POSTGRES NATS REDIS IDENTITY_DATABASE SIGNALS_DATABASE ORDERS_DATABASE BROKERS_DATABASE \
    REPORTING_DATABASE WEBHOOKS_DATABASE BILLING_DATABASE OPERATOR; do
    echo "${name}_PASSWORD=$(secret)"
  done
  echo "PAPER_CONTROL_TOKEN=$(secret)"
  for name in IDENTITY BROKERS; do
    echo "${name}_MASTER_KEY=v1:$(head -c 32 /dev/urandom | base64 | tr -d '\n')"
  done
} >.env
echo 'wrote .env' >&2
