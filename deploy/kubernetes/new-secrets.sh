#!/bin/sh
# Writes the secrets that an overlay names to its folder `secrets`, freshly generated, one file for each service: none
# can open what belongs to another. Never overwrites.
#   sh deploy/kubernetes/new-secrets.sh OVERLAY [ADMINISTRATOR_DATABASE_URL NATS_URL REDIS_URL]
# Without the URLs those of the servers in the standalone overlay are made.
set -eu
case $# in
  1 | 4) ;;
  *) sed -n 's/^#   //p' "$0" >&2 && exit 2 ;;
esac
overlay=$1
umask 077
if [ -e "$overlay/secrets" ]; then
  echo "$overlay/secrets exists already: nothing was changed" >&2
  exit 1
fi
# Letters only: nats.conf reads what begins with a digit as a number.
secret() { od -An -tx1 -N24 /dev/urandom | tr -d ' \n' | tr 0-9 g-p; }
postgres_password=$(secret)
nats_password=$(secret)
redis_password=$(secret)
administrator=${2:-postgres://tradewire:$postgres_password@postgres:5432/tradewire}
nats=${3:-nats://tradewire:$nats_password@nats:4222}
redis=${4:-redis://:$redis_password@valkey:6379}
# Everything after the login: host, port and database.
place=${administrator#*@}
mkdir "$overlay/secrets"
write() { printf '%s\n' "$2" >>"$overlay/secrets/$1.env"; }
write administrator "DATABASE_URL=$administrator"
write shared "NATS_URL=$nats"
write shared "REDIS_URL=$redis"
write operator "OPERATOR_PASSWORD=$(secret)"
: >"$overlay/secrets/gateway.env"
for name in identity signals orders brokers reporting webhooks billing; do
  upper=$(echo "$name" | tr '[:lower:]' '[:upper:]')
  write "$name" "${upper}_DATABASE_URL=postgres://tradewire_$name:$(secret)@$place"
done
for name in identity brokers; do
  upper=$(echo "$name" | tr '[:lower:]' '[:upper:]')
  write "$name" "${upper}_MASTER_KEY=v1:$(head -c 32 /dev/urandom | base64 | tr -d '\n')"
done
write paper "PAPER_CONTROL_TOKEN=$(secret)"
if [ $# -eq 1 ]; then
  write backends "POSTGRES_USER=tradewire"
  write backends "POSTGRES_PASSWORD=$postgres_password"
  write backends "POSTGRES_DB=tradewire"
  write backends "NATS_PASSWORD=$nats_password"
  write backends "REDIS_PASSWORD=$redis_password"
fi
echo "wrote $overlay/secrets; keep a copy: without the master keys what they seal is lost" >&2
