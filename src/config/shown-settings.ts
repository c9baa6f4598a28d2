import type { Json } from '../model/document.js';
import type { Origin } from './config-error.js';
import type { LoadedConfig } from './load.js';
import { KEYS } from './schema.js';
import { showValue } from './show-value.js';

/** One key of the configuration with its value, and where that came from (docs/http-api.md#configuration). */
export interface ShownSetting {
  /** Dotted name, such as `api.port`. */
  readonly key: string;
  /** A secret is `(secret)`, a password in a URL `***`; null: unset. */
  readonly value: Json;
  /**
   * `default`: config/default.yaml. `file`: that of `--config`. `flag`: the command line. `derived`: unset, and so from
   * other keys or from what surrounds the service. Null: not known.
   */
  readonly origin: Origin['kind'] | null;
  /** File and line, variable or flag; null where that says no more than `origin` does. */
  readonly where: string | null;
}

/** The answer to `GET /api/V2/configuration`. */
export interface ConfigurationAnswer {
  readonly settings: readonly ShownSetting[];
}

/** Every key that has a meaning here, in the order of the schema, without secrets. */
export function shownSettings({ config, origins }: Pick<LoadedConfig, 'config' | 'origins'>): readonly ShownSetting[] {
  return [...KEYS].flatMap(([key, spec]) => {
    if (spec.ignored !== undefined) return [];
    const value = key.split('.').reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], config);
    const origin = origins.get(key);
    const named = origin !== undefined && origin.kind !== 'default' && origin.kind !== 'derived';
    return [
      {
        key,
        value: (showValue(spec, value) ?? null) as Json,
        origin: origin?.kind ?? null,
        where: named ? origin.text : null,
      },
    ];
  });
}
