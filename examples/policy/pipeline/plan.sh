#!/bin/sh
# Plans what is in policy/ against the server and shows it; nothing is written there.
#
# Needs DOGTRAINER_URL, and DOGTRAINER_TOKEN or DOGTRAINER_TOKEN_FILE: a token with the scope `read`.
# Leaves plan.txt, for people.
# Exit code: 0 nothing would change, 2 something would, any other: there is no plan (1 it is refused or breaks what is
# asserted, 64 the command line or the configuration is wrong).
set -u
cd "$(dirname "$0")/.." || exit 1
: "${DOGTRAINER_URL:?the base URL of the API of dog-trainer}"
dog_trainer=${DOGTRAINER_COMMAND:-dog-trainer}

# shellcheck disable=SC2086 # the command may have arguments
$dog_trainer plan policy --replace >plan.txt
code=$?
cat plan.txt
# What only warns ends in other words.
if grep -q '^asserted: .*-> \(broken\|unknown\)$' plan.txt; then
  echo 'This breaks what is asserted: applying it would be refused.' >&2
  exit 1
fi
exit "$code"
