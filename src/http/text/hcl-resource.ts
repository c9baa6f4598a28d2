import type { Json, JsonObject, Resource } from '../../model/document.js';
import { rulePeer } from '../../model/references.js';
import { isList, isObject } from '../../model/validate.js';
import { declarationOf } from '../../resources/resources.js';
import { HclExpression, HclJsonText, hclAttributes, type HclValue } from './hcl-value.js';
import { type HclNames, terraformName } from './hcl-names.js';

/** The attributes of a rule, all of them required by the provider, with the value used where the document has none. */
const RULE_DEFAULTS: JsonObject = {
  action: '',
  active: true,
  comment: '',
  environments: [],
  group: '',
  group_type: '',
  interface: '',
  log: false,
  log_prefix: '',
  service: '',
  states: [],
  type: 'BASIC',
};

/**
 * A Terraform resource for the document, as its provider takes it: ids as references where `names` has them, formatted
 * as by `terraform fmt`. Attributes that the document lacks are left out.
 */
export function hclResource(resource: Resource, doc: JsonObject, names: HclNames): string {
  const { terraform } = declarationOf(resource);
  if (!terraform) throw new TypeError(`${resource} has no form in Terraform`);
  const name = typeof doc['name'] === 'string' ? doc['name'] : '';
  const renamed = new Map(Object.entries(terraform.renamed ?? {}));
  const shown = Object.fromEntries(
    Object.entries(doc).map(([key, value]) => [renamed.get(key) ?? key, attributeOf(key, value, names)]),
  );
  // Clients expect every resource with the provider alias dog.qa.
  const fixed = { ...terraform.fixed, provider: new HclExpression('dog.qa') };
  const attributes = hclAttributes({ ...shown, ...fixed }, '  ', [...terraform.attributes, 'provider']);
  return `resource "dog_${resource}" "${terraformName(name)}" {\n${attributes}}\n`;
}

function attributeOf(key: string, value: Json, names: HclNames): HclValue {
  switch (key) {
    case 'vars':
      return isObject(value) ? new HclJsonText(value) : value;
    case 'profile_id':
      return reference('dog_profile', names.profiles, value);
    case 'rules':
      return isObject(value) ? rulesOf(value, names) : value;
    case 'groups':
      return isObject(value) ? factGroups(value) : value;
    default:
      return value;
  }
}

/** `dog_zone.office.id` for an id that is known by one name only; else the id. */
function reference(type: string, names: ReadonlyMap<string, string>, id: Json): HclValue {
  const name = typeof id === 'string' ? names.get(id) : undefined;
  return name === undefined ? id : new HclExpression(`${type}.${name}.id`);
}

function rulesOf(rules: JsonObject, names: HclNames): HclValue {
  const list = (value: Json | undefined): HclValue =>
    (isList(value) ? value : []).filter(isObject).map((rule) => ruleOf(rule, names));
  return { inbound: list(rules['inbound']), outbound: list(rules['outbound']) };
}

/** A rule has only these attributes; its place in the list is its order. */
function ruleOf(rule: JsonObject, names: HclNames): HclValue {
  const all = Object.fromEntries(
    Object.entries(RULE_DEFAULTS).map(([key, absent]) => [key, (rule[key] ?? absent) as HclValue]),
  );
  const peer = rulePeer(rule);
  const group = all['group'] as Json;
  if (peer === 'zone') all['group'] = reference('dog_zone', names.zones, group);
  if (peer === 'group') all['group'] = reference('dog_group', names.groups, group);
  all['service'] = reference('dog_service', names.services, all['service'] as Json);
  return all;
}

/** The provider takes `vars` and `hosts` of a fact's groups as JSON text. */
function factGroups(groups: JsonObject): HclValue {
  const group = (value: Json): HclValue => {
    if (!isObject(value)) return value;
    const { vars, hosts, children } = value;
    const text = (part: Json | undefined) => (part === undefined ? undefined : new HclJsonText(part));
    return { children: isList(children) ? children : [], hosts: text(hosts), vars: text(vars) };
  };
  return Object.fromEntries(Object.entries(groups).map(([key, value]) => [key, group(value)]));
}
