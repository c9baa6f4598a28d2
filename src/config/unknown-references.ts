/**
 * Whether a ruleset that names an id which does not exist is stored, with a warning (`accept`), or refused:
 * `api.unknown_references`, by default `accept` in dialect dog1, since clients of the Erlang server
 * send rules before what the rules name.
 */
export function unknownReferences(
  { api }: { readonly api: { readonly unknown_references: 'accept' | 'refuse' | undefined } },
  dialect: 'dog1' | 'dog2',
): 'accept' | 'refuse' {
  return api.unknown_references ?? (dialect === 'dog1' ? 'accept' : 'refuse');
}
