/** What stands in place of a secret, in the audit trail and in answers to those who may not see it. */
export const REDACTED = '[redacted]';
