import { adminSocket } from '../config/admin-socket.js';
import { unknownReferences } from '../config/unknown-references.js';
import type { PolicyAdmin } from '../http/admin/policy-admin.js';
import type { Store } from '../store/store.js';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { loadInstalled } from './config-options.js';
import type { ConfigFlags } from './config-options.js';
import { withOpenStore } from './open-store.js';

/**
 * Asks the running server for its policy; when there is none, opens the store itself (`readOnly`: makes nothing in it).
 * @throws CommandFailure
 */
export async function withPolicy<T>(
  flags: ConfigFlags,
  io: CliIo,
  use: (policy: PolicyAdmin) => Promise<T>,
  options: { readonly readOnly: boolean },
): Promise<T> {
  const { config } = await loadInstalled(flags, io);
  const { policyAdminOverSocket } = await import('../http/admin/admin-client.js');
  const { NoServerError } = await import('../http/admin/socket-trouble.js');
  try {
    return await use(policyAdminOverSocket(adminSocket(config)));
  } catch (error) {
    if (!(error instanceof NoServerError)) throw asFailure(error);
  }
  const { policyAdminOnStore } = await import('../http/admin/policy-admin.js');
  const { wantedDialect } = await import('../server/opening/choose-dialect.js');
  const { guardBook } = await import('../plan/assertions/guard-book.js');
  const { storeForesight } = await import('../plan/foresight.js');
  const { guardSettings } = await import('../server/state/guard-settings.js');
  const work = async (store: Store): Promise<T> => {
    try {
      const { dialect, from } = await wantedDialect(config, store);
      // An installation that was never started and has nothing in it has not settled on one.
      const settled = from === 'new_installation' ? undefined : dialect;
      const foresight = storeForesight({
        store,
        dialect: () => dialect,
        generateUnset: config.generate_unset_tables,
        ipsetScope: config.ipset_scope,
        anyIsEveryone: () => unknownReferences(config, dialect) === 'accept',
        hostAddressesMax: config.intake.addresses_max,
        guards: guardBook(guardSettings(config), () => Date.now()),
      });
      return await use(
        policyAdminOnStore(store, { now: () => Date.now() }, () => settled, {
          author: 'local operator',
          foresight: () => foresight,
        }),
      );
    } catch (error) {
      throw asFailure(error);
    }
  };
  return withOpenStore(config, work, { ...options, make: !options.readOnly });
}

function asFailure(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CommandFailure(message, { cause: error });
}
