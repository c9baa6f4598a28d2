/** Where the demo can be asked. `data`: its data directory. */
export interface DemoPlace {
  readonly api: string;
  readonly metrics: string;
  readonly data: string;
}

/** Commands that work while the demo runs, one per line; `hosts`: of groups web and db; `more`: of the scenario, first. */
export function whatToTry(
  { api, metrics, data }: DemoPlace,
  hosts: { readonly web: string; readonly db: string },
  more: readonly (readonly [string, string])[] = [],
): string {
  const lines: readonly (readonly [string, string])[] = [
    ...more,
    [`dog-trainer status --url ${api}`, 'is all well?'],
    [`dog-trainer top --url ${api}`, 'watch it live; ? lists the keys'],
    [`dog-trainer hosts --url ${api}`, 'who is there'],
    [`dog-trainer host ${hosts.web} --url ${api}`, 'one host'],
    [`dog-trainer group web --rules --url ${api}`, 'the rules that its hosts run'],
    [`dog-trainer group db --history --url ${api}`, 'what was published, and who changed it'],
    [
      `dog-trainer explain --from host:${hosts.web} --to host:${hosts.db} --protocol tcp --port 5432 --url ${api}`,
      'may this one reach that one, and which rule says so',
    ],
    [`dog-trainer reach --to group:db --protocol tcp --port 5432 --url ${api}`, 'who can reach the databases'],
    [`dog-trainer events -f --url ${api}`, 'what happens, as it happens'],
    [`dog-trainer tree --url ${api}`, 'supervisors and actors'],
    [`dog-trainer console --data ${data}`, 'a prompt inside the server; help lists its verbs'],
    [`curl ${api}/api/docs`, 'the API, as a page'],
    [`curl ${metrics}/metrics`, 'figures for Prometheus'],
  ];
  return lines.map(([line, says]) => `  # ${says}\n  ${line}\n`).join('');
}
