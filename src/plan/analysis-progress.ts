import type { JsonObject } from '../model/document.js';

/** How far an analysis of all groups has come. It begins anew, from 0, when policy changes meanwhile. */
export interface AnalysisProgress extends JsonObject {
  /** Groups looked at. */
  readonly groups: number;
  /** Groups that there are. */
  readonly of: number;
  /** Rules found so far. */
  readonly found: number;
}
