let names = [];

export function initialize(data) {
  names = data;
}

export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const name = names.find((each) => new RegExp(`/(src|dist)/${each}\\.(ts|js)$`).test(found.url));
  if (name === undefined) return found;
  const file = name.slice(name.lastIndexOf('/') + 1);
  return { url: new URL(`./replacements/${file}.mjs`, import.meta.url).href, format: 'module', shortCircuit: true };
}
