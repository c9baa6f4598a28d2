#!/bin/sh
# Makes the server's policy what is in policy/, and looks whether all is as it should be then.
#
# Needs DOGTRAINER_URL, and DOGTRAINER_TOKEN or DOGTRAINER_TOKEN_FILE: a token with the scopes `read` and `write`.
# PLAN_ID: only if this plan comes of it, the one that was looked at. REASON: why; it is shown with the revisions.
set -eu
cd "$(dirname "$0")/.."
: "${DOGTRAINER_URL:?the base URL of the API of dog-trainer}"
dog_trainer=${DOGTRAINER_COMMAND:-dog-trainer}

# shellcheck disable=SC2086 # the command may have arguments
$dog_trainer apply policy --replace --yes ${PLAN_ID:+--plan-id "$PLAN_ID"} ${REASON:+--reason "$REASON"}
# shellcheck disable=SC2086
$dog_trainer assertions report
# shellcheck disable=SC2086
$dog_trainer assertions test tests.yaml
