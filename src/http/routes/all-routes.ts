import type { Resource } from '../../model/document.js';
import type { ApiVersion } from '../../resources/resource.js';
import { RESOURCES } from '../../resources/resources.js';
import { serviceOf } from '../documents/services.js';
import type { Operations } from '../../operations/operations.js';
import type { Store } from '../../store/store.js';
import type { HttpConfig } from '../http-config.js';
import type { Route } from '../route.js';
import { actorRoutes } from './actor-routes.js';
import { assertionRoutes } from './assertion-routes.js';
import { analysisRoutes } from './analysis-routes.js';
import { consoleRoutes } from './console-routes.js';
import { auditRoutes } from './audit-routes.js';
import { configurationRoutes, type ConfigurationNeeds } from './configuration-routes.js';
import { documentRoutes } from './document-routes.js';
import { driftRoutes } from './drift-routes.js';
import { ec2Routes } from './ec2-routes.js';
import { eventRoutes, type EventNeeds } from './event-routes.js';
import { fileTransferRoutes } from './file-transfer-routes.js';
import { fleetPageRoutes } from './fleet-page-routes.js';
import { fleetRoutes } from './fleet-routes.js';
import { hostHistoryRoutes } from './host-history-routes.js';
import { hostOrderRoutes } from './host-order-routes.js';
import { hclRoutes } from './hcl-routes.js';
import { linkRoutes } from './link-routes.js';
import { listRoutes } from './list-routes.js';
import { nowRoutes } from './now-routes.js';
import { openapiRoutes } from './openapi-routes.js';
import { planRoutes } from './plan-routes.js';
import { refusedRoutes } from './refused-routes.js';
import { revisionRoutes } from './revision-routes.js';
import { rolloutRoutes } from './rollout-routes.js';
import { sessionRoutes } from './session-routes.js';
import { subResourceRoute } from './sub-resource-routes.js';
import { systemRoutes } from './system-routes.js';
import { tokenRoutes } from './token-routes.js';

/** What all routes together use. Each handler sees only what its own file declares. */
export interface RouteNeeds extends EventNeeds, ConfigurationNeeds {
  readonly store: Store;
  readonly config: HttpConfig;
  readonly clock: { now(): number };
  /** The current operations: a server may become or stop being the leader at any time. */
  readonly operations: () => Operations;
}

/** Every route of the API. Where two paths fit a request, the first one answers. */
export function allRoutes(): readonly Route<RouteNeeds>[] {
  const routes: readonly Route<RouteNeeds>[] = [
    ...consoleRoutes(),
    ...sessionRoutes,
    ...systemRoutes,
    ...actorRoutes,
    ...hclRoutes,
    ...auditRoutes,
    ...configurationRoutes,
    ...tokenRoutes,
    ...fileTransferRoutes,
    ...driftRoutes,
    ...refusedRoutes,
    ...ec2Routes,
    ...linkRoutes,
    ...fleetRoutes,
    ...nowRoutes,
    ...fleetPageRoutes,
    ...hostOrderRoutes,
    ...eventRoutes,
    ...planRoutes,
    ...assertionRoutes,
    ...revisionRoutes,
    ...rolloutRoutes,
    ...analysisRoutes,
    ...hostHistoryRoutes,
    ...(['v1', 'v2'] as const).flatMap((version) =>
      [...RESOURCES.values()]
        .filter(({ onlyInV2 }) => version === 'v2' || onlyInV2 !== true)
        .flatMap(({ name }) => resourceRoutes(name, version)),
    ),
  ];
  return [...routes, ...openapiRoutes(routes)];
}

function resourceRoutes(resource: Resource, version: ApiVersion): readonly Route<RouteNeeds>[] {
  const service = serviceOf(resource, version);
  return [
    ...documentRoutes(service, version),
    subResourceRoute(service, version),
    ...listRoutes(service.model, version),
  ];
}
