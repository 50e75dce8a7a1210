#!/usr/bin/env bash
# Asks a running server whatever its OpenAPI document allows, and much that it does not, with schemathesis.
# Fails on any 5xx but 503 and 504, and on any answer that the document does not have.
#
#   bash packages/server/scripts/schemathesis.sh http://127.0.0.1:8080 [KEY] [OPTIONS OF schemathesis run]
set -euo pipefail
url=${1:?Give the address of a server, such as http://127.0.0.1:8080}
key=${2:-}
shift $(($# < 2 ? $# : 2))

# A conversation has the right form and still cannot be decided about if its last message is not the user's, a session if
# it was never opened: what the document allows may be refused.
uvx --from 'schemathesis>=4.32,<5' schemathesis \
  --config-file "$(dirname "$0")/schemathesis.toml" run "$url/openapi.json" \
  ${key:+--header "Authorization: Bearer $key"} \
  --checks all --exclude-checks positive_data_acceptance \
  --max-response-time 5 --continue-on-failure --max-examples 100 "$@"
