import { SERVICE_ANY } from '../../model/builtins.js';
import { type NamesById, namesById } from '../../model/ruleset-names.js';
import type { Needs } from '../resource.js';

/** The names of everything that rules name by id. Built-in ids are their own names. */
export async function loadNames({ list }: Pick<Needs, 'list'>): Promise<NamesById> {
  const [groups, zones, services] = await Promise.all([list('group'), list('zone'), list('service')]);
  return { groups: namesById(groups), zones: namesById(zones), services: namesById([...services, SERVICE_ANY]) };
}
